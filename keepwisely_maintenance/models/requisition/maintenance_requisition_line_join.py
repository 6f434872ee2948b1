from odoo import api, fields, models


class MaintenanceRequisitionLineJoin(models.Model):
    """Parts that join what was asked for anyway, or ordered beyond what its job needs."""

    _inherit = "maintenance.requisition.line"

    join_ids = fields.One2many("maintenance.part.join", "requisition_line_id", "Joined by")
    is_shared = fields.Boolean(compute="_compute_is_shared", store=True, compute_sudo=True)

    _shared_idx = models.Index("(id) WHERE is_shared")

    @api.depends("maintenance_request_id", "part_move_ids.maintenance_request_id")
    def _compute_is_shared(self):
        """Whether parts of several jobs take of a line, as when a buyer gives some of it to another job."""
        for line in self:
            line.is_shared = bool(line.part_move_ids.maintenance_request_id - line.maintenance_request_id)

    def write(self, vals):
        if "product_qty" not in vals:
            return super().write(vals)
        # sudo: whoever changes the line changes what others wait for
        with self.sudo().join_ids.part_id._telling_if_lost():
            return super().write(vals)

    def unlink(self):
        # sudo: as above
        self.sudo().join_ids._end()
        return super().unlink()

    # -- Quantities ---------------------------------------------------------------------------------

    def _get_joined_qty(self, uom):
        """What joined parts want of this line, in ``uom``."""
        return self.join_ids._get_wanted_qty(uom)

    def _get_qty_for_joined(self, uom):
        """What comes of this line and is not needed for what it was asked for, in ``uom``."""
        self.ensure_one()
        asked = self._get_open_qty(uom) + self._get_qty_being_put_away(uom)
        needed = asked if self._is_for_others() else min(self._get_own_parts()._get_total_missing_qty(uom), asked)
        return max(asked - needed, 0.0) + self._get_surplus_qty(uom)

    def _get_free_qty(self, part):
        """What ``part`` can join, in its unit."""
        self.ensure_one()
        unit, own = part.product_uom, self._get_own_parts()
        needed = own._get_total_missing_qty(unit)
        others = self._get_joined_qty(unit) + (self._get_open_parts() - own)._get_total_missing_qty(unit)
        free = self._get_qty_for_joined(unit) - others
        if self.maintenance_request_id == part.maintenance_request_id and not self.part_move_ids:
            # asked for by hand, for the job of the part
            free = self._get_open_qty(unit) + self._get_qty_being_put_away(unit) - others
        elif needed:
            # of what a job still needs only what is on an order is sure to come beyond its need
            ordered = self.product_uom_id._compute_quantity(self.qty_ordered - self.qty_received, unit, round=False)
            free = min(free, ordered + self._get_qty_being_put_away(unit) - needed - others)
        return max(free, 0.0)

    def _is_for_others(self):
        """Whether all that was asked for is for somebody whose need no part of a work order shows."""
        by_hand = (self.maintenance_request_id or self.equipment_id) and not self.part_move_ids
        return bool(by_hand or self.move_dest_ids.filtered(lambda move: move.state not in ("done", "cancel")))

    # -- Joining ------------------------------------------------------------------------------------

    def _can_be_joined_by(self, part):
        """Whether what comes of this line comes to where the part is taken from, and nobody else waits for it."""
        self.ensure_one()
        if self.requisition_id.source == "manual" and self.requisition_id.state == "draft":
            return False  # nobody has asked for it yet
        warehouses = self._get_live_purchase_lines().order_id.picking_type_id.warehouse_id
        return self._get_place()._child_of(part.location_id) and warehouses <= part.warehouse_id

    def _get_place(self):
        """Where the goods are put."""
        return self.location_id or self.rule_id.location_dest_id or self._get_release_rule().location_dest_id

    def _maintenance_add_join(self, part, quantity):
        """Note that ``part`` waits for ``quantity``, in its unit."""
        if self.maintenance_request_id == part.maintenance_request_id:
            # asked for by hand for the same job: now it is clear for which part
            self._write_by_system({"part_move_ids": [fields.Command.link(part.id)]})
        else:
            self._make_room(part, quantity)
            part._maintenance_add_join("requisition_line_id", self, quantity)
        self._log_change(part._describe_join(quantity))

    def _make_room(self, part, quantity):
        """What joins is no longer asked for the job of this line, which may need more again later."""
        own = self._get_own_parts()
        if not self.maintenance_request_id:
            return
        if self.part_move_ids and not own._get_total_missing_qty(part.product_uom):
            self._set_job(self.env["maintenance.request"], self._get_open_parts() - own)
            return
        unit = self.product_uom_id
        joining = self._get_joined_qty(unit) + part.product_uom._compute_quantity(quantity, unit, round=False)
        lacking = unit.round(joining - self._get_surplus_qty(unit))
        if unit.compare(lacking, 0) > 0:
            self._lower(self.product_qty - min(lacking, self._get_open_qty(unit)))

    def _leave_to_joined(self):
        """The job of this line needs nothing any more; what others joined comes all the same.

        :returns: whether somebody joined.
        """
        joined = self.product_uom_id.round(self._get_joined_qty(self.product_uom_id))
        if self.product_uom_id.compare(joined, 0) <= 0:
            return False
        self._set_job(self.env["maintenance.request"], self._get_open_parts() - self._get_own_parts())
        self._write_by_system({"product_qty": joined})
        return True

    # -- Showing --------------------------------------------------------------------------------------

    def _get_join_date(self):
        """The day the rest is expected; what is only to be put away is here today."""
        return self.date_expected if self.is_open else self.company_id._get_plant_day()

    def _is_on_order(self):
        return bool(self._get_live_purchase_lines().filtered(lambda purchase: purchase.order_id.state == "purchase"))

    def _describe_source(self):
        """“MR/00012” or, once it is on an order, “P00031”."""
        return ", ".join(self._get_live_purchase_lines().order_id.mapped("name")) or self.requisition_id.name

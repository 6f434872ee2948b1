from odoo import fields, models


class PurchaseOrderLineJoin(models.Model):
    """Parts that join what was bought by hand for stock.

    Purchase lines that serve a requisition line are joined through that.
    """

    _inherit = "purchase.order.line"

    join_ids = fields.One2many("maintenance.part.join", "purchase_line_id", "Joined by")

    def write(self, vals):
        if "product_qty" not in vals:
            return super().write(vals)
        # sudo: buyers change what technicians wait for
        joined = self.sudo().join_ids | self.sudo().requisition_line_id.join_ids
        with joined.part_id._telling_if_lost():
            return super().write(vals)

    # -- Quantities ---------------------------------------------------------------------------------

    def _get_qty_for_joined(self, uom):
        """What is ordered and not in usable stock yet, in ``uom``."""
        self.ensure_one()
        ordered, received = self._get_supply_quantities()
        coming = ordered - received if self.order_id.state == "purchase" else 0.0
        coming = self.product_uom_id._compute_quantity(max(coming, 0.0), uom, round=False)
        return coming + min(
            self._get_qty_being_put_away(uom), self.product_uom_id._compute_quantity(received, uom, round=False)
        )

    def _get_free_qty(self, part):
        """What ``part`` can join, in its unit."""
        self.ensure_one()
        unit = part.product_uom
        return max(self._get_qty_for_joined(unit) - self.join_ids._get_wanted_qty(unit), 0.0)

    # -- Joining ------------------------------------------------------------------------------------

    def _can_be_joined_by(self, part):
        """Whether this was bought for stock, and comes to where the part is taken from."""
        self.ensure_one()
        request = part.maintenance_request_id
        bought_for_others = (
            self.requisition_line_id
            or self.maintenance_request_id not in (request, request.browse())
            or self.equipment_id not in (request.equipment_id, request.equipment_id.browse())
            or self.move_dest_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        )
        if bought_for_others or self.order_id.state != "purchase":
            return False
        receipts = self.move_ids.filtered(lambda move: move.state != "cancel")
        wanted = receipts.filtered(lambda move: move.state != "done").move_dest_ids
        return not wanted and any(move._get_final_place()._child_of(part.location_id) for move in receipts)

    def _maintenance_add_join(self, part, quantity):
        """Note that ``part`` waits for ``quantity``, in its unit."""
        part._maintenance_add_join("purchase_line_id", self, quantity)
        self.order_id.message_post(body=part._describe_join(quantity), subtype_xmlid="mail.mt_note")

    # -- Showing --------------------------------------------------------------------------------------

    def _get_join_date(self):
        """The day the rest is expected: as its receipts or the vendor say, and as late as the vendor usually is."""
        self.ensure_one()
        company = self.company_id
        today = company._get_plant_day()
        moments = [move.date for move in self.move_ids if move.state not in ("done", "cancel") and move.date]
        if not moments:
            return today  # being put away
        # sudo: who waits for an order need not see how punctual its vendor is
        vendor = self.order_id.partner_id.sudo().with_context(allowed_company_ids=company.ids)
        expected = vendor._add_lateness(company._get_plant_day(max(moments)), vendor.vendor_lateness)
        return max(expected, today)

    def _is_on_order(self):
        return True

    def _describe_source(self):
        """“P00031”."""
        return self.order_id.name

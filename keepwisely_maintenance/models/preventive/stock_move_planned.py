from odoo import api, fields, models

#: Of a requisition line in one of these states nothing comes, because somebody said so.
REFUSED_STATES = ("rejected", "cancelled")


class StockMovePlanned(models.Model):
    """Parts of work that is planned and has no work order yet: dated demand, reserved like any other.

    They name the asset's line of the schedule and the day the work is due. When the work order is made
    they become its parts, with what they have reserved and what was asked for them.
    """

    _inherit = "stock.move"

    schedule_asset_id = fields.Many2one(
        "maintenance.schedule.asset", "Planned for", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    schedule_part_id = fields.Many2one(
        "maintenance.schedule.part", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    schedule_due_date = fields.Date(readonly=True, copy=False)

    @api.model
    def _maintenance_get_link_fields(self):
        return super()._maintenance_get_link_fields() | {"schedule_asset_id", "schedule_part_id", "schedule_due_date"}

    def _is_planned_part(self):
        self.ensure_one()
        return bool(self.schedule_asset_id and not self.maintenance_request_id)

    # -- Native hooks ---------------------------------------------------------------------------------

    def _should_be_assigned(self):
        return not self._is_planned_part() and super()._should_be_assigned()

    def _skip_push(self):
        return self._is_planned_part() or super()._skip_push()

    def _is_consuming(self):
        return super()._is_consuming() or self._is_planned_part()

    def _get_source_document(self):
        return super()._get_source_document() or self.schedule_asset_id.schedule_id

    def _prepare_merge_moves_distinct_fields(self):
        return super()._prepare_merge_moves_distinct_fields() + ["schedule_asset_id"]

    def _prepare_part_procurement_values(self):
        values = super()._prepare_part_procurement_values()
        if self._is_planned_part():
            values["equipment_id"] = self.schedule_asset_id.equipment_id
        return values

    # -- Asking and handing over --------------------------------------------------------------------------

    def _secure(self):
        """Reserve what is there, and ask for the rest where nothing comes and nobody has refused it."""
        waiting = self.filtered(lambda move: move.state in ("confirmed", "partially_available"))
        waiting._action_assign()
        waiting._release_held_supply()
        short = waiting.filtered(
            lambda move: move._get_uncovered_qty() > 0
            and not any(line.state in REFUSED_STATES for line in move.maintenance_requisition_line_ids)
        )
        short._procure_parts()
        return short

    def _fits(self, part, warehouse):
        """Whether the move is what the schedule still needs, but for day and quantity."""
        self.ensure_one()
        return self.product_id == part.product_id and self.product_uom == part.product_uom and self.warehouse_id == warehouse

    def _replan(self, due, quantity):
        """Follow the day on which the work is due, and how much it needs."""
        self.ensure_one()
        if self.schedule_due_date != due:
            self.write({"schedule_due_date": due, "date": self.company_id._get_plant_moment(due)})
        if self.product_uom.compare(self.product_uom_qty, quantity):
            self.product_uom_qty = quantity
            self._settle_supply()

    def _give_up(self):
        """Planned work is off: its parts go back, and what was asked for them and not ordered is withdrawn."""
        if not self:
            return
        self._action_cancel()
        self._settle_supply()
        self._offer_to_waiting_parts()

    def _hand_over_to(self, request):
        """Planned parts become those of ``request``, with everything that was asked for them."""
        if not self:
            return
        lines = self.maintenance_requisition_line_ids
        for move in self:
            move._replan(request.schedule_due_date, move.schedule_part_id.product_uom_qty)
        self.write({"maintenance_request_id": request.id, "origin": request.reference, "date": request.schedule_date})
        for line in lines.filtered(lambda line: line.part_move_ids <= self):
            line._set_job(request, line.part_move_ids)

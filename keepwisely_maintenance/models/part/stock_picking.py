from odoo import api, fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    has_waiting_parts = fields.Boolean(
        compute="_compute_has_waiting_parts", help="Work orders wait for what this transfer brings."
    )

    @api.depends("state", "picking_type_id.code", "location_dest_id", "move_ids.product_id", "move_ids.state")
    def _compute_has_waiting_parts(self):
        self.has_waiting_parts = False
        bringing = self.filtered(
            lambda picking: picking.picking_type_id.code in ("incoming", "internal")
            and picking.state not in ("done", "cancel")
        )
        # sudo: that somebody waits is no secret to who receives the goods
        moves = bringing.sudo().move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        arrivals = moves._get_arrivals()
        waiting = moves._get_waiting_parts(
            moves.product_id, self.env["stock.location"].union(*(arrival.location for arrival in arrivals))
        ).filtered(lambda part: part._get_missing_qty() > 0)
        for arrival in arrivals:
            if any(
                part.product_id == arrival.product and arrival.location._child_of(part.location_id)
                for part in waiting
            ):
                bringing.browse(arrival.move.picking_id.id).has_waiting_parts = True

    def action_who_gets_parts(self):
        """Show for which work orders the goods will be reserved; planners change it there."""
        self.ensure_one()
        return self.env["maintenance.part.allocation"].create({"picking_id": self.id})._reopen()

    def _action_done(self):
        """What a receipt without backorder gives up, nobody waits for any longer unknowingly."""
        # sudo: whoever receives tells technicians whose work orders they cannot read
        with self.sudo().move_ids._get_joined_parts()._telling_if_lost():
            return super()._action_done()

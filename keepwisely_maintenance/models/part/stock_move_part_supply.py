from odoo import api, fields, models

from ...cached import fetch_rows
from ...const import PLANNED_STATES
from ...context import OwnIds, RuleMemory


def _is_open(move):
    return move.state not in ("done", "cancel")


class StockMovePartSupply(models.Model):
    """What is asked for the parts of work orders, and how it follows what they need."""

    _inherit = "stock.move"

    can_ask = fields.Boolean(compute="_compute_can_ask", help="Something of the part is missing and nobody was asked for it.")

    @api.depends("qty_missing", "maintenance_requisition_line_ids.state", "maintenance_request_id.state")
    @api.depends_context("uid")
    def _compute_can_ask(self):
        # sudo: who may read the part need not see its work order, nor what was asked for, which is no secret
        parts = self.sudo()
        requests = parts.maintenance_request_id.with_env(self.env)._filtered_access("write")
        for part in parts:
            request = part.maintenance_request_id
            part.with_env(self.env).can_ask = bool(
                part.qty_missing
                and request in requests
                and request.state in PLANNED_STATES
                and part._get_uncovered_qty() > 0
            )

    def action_ask_for_part(self):
        """Ask for what the work order of the part lacks; see ``action_request_parts``."""
        return self.maintenance_request_id.action_request_parts()

    # -- Procurement --------------------------------------------------------------------------------

    def _procure_parts(self):
        """Run a procurement for what is missing of the parts and not asked for yet.

        Rules decide as ever; a product without a vendor, for which Odoo finds no rule, goes to
        the buyers as well, who choose one.
        """
        procurements = []
        # rules do not change meanwhile; natively each part asks for them several times
        rules = self.env["stock.rule"].with_context(maintenance_rules=RuleMemory(), maintenance_procuring_ids=OwnIds(self.ids))
        fetch_rows(self.sudo().product_id.product_tmpl_id, "seller_ids")  # sudo: as rules read them
        for move in self:
            values = move._prepare_part_procurement_values()
            if not rules._get_rule(move.product_id, move.location_id, values):
                values["route_ids"] = move.warehouse_id.buy_pull_id.route_id
            procurements.append(
                self.env["stock.rule"].Procurement(
                    move.product_id,
                    move._get_uncovered_qty(),
                    move.product_uom,
                    move.location_id,
                    move.maintenance_request_id.reference or move.origin,
                    move.maintenance_request_id.reference or move.origin,
                    move.company_id,
                    values,
                )
            )
        if procurements:
            rules.run(procurements)

    def _prepare_part_procurement_values(self):
        self.ensure_one()
        request = self.maintenance_request_id
        return {
            "date_planned": self.date,
            "warehouse_id": self.warehouse_id,
            "company_id": self.location_id.company_id,
            "priority": self.priority,
            "maintenance_request_id": request,
            "part_move_id": self,
            "supplied_part_id": self.id,
        }

    # -- Following a change of need --------------------------------------------------------------------

    def _settle_supply(self):
        """Bring what is asked for the parts down to what they still need, or up to it.

        Called when somebody changed what a job needs: quantity, product, dropped, used, cancelled.
        Only parts that somebody has asked for, or that joined something, are asked for more.
        """
        short = self.browse()
        for move in self:
            asked = move._get_own_lines()
            excess = move._get_excess_qty()
            if excess:
                asked._reduce(excess, move.product_uom)
            elif asked or move.join_ids:
                wanted = move.maintenance_request_id.state in PLANNED_STATES and move._get_uncovered_qty()
                if wanted and not asked._extend(move):
                    short |= move
        short._procure_parts()
        for move in self._maintenance_get_owners() - self:
            move._get_own_lines()._reduce(move._get_excess_qty(), move.product_uom)
        self._trim_joins()
        self._refresh_sharing()
        self.filtered(lambda move: move.state in ("done", "cancel"))._cancel_resupply()

    def _release_held_supply(self):
        """What was reserved meanwhile need not be bought any more, as far as no order is made yet."""
        for move in self | self._maintenance_get_owners():
            held = move._get_own_lines()
            excess = move._get_excess_qty() if held else 0.0
            if excess:
                held._reduce(min(excess, move._get_held_qty()), move.product_uom)
        self._trim_joins()
        self._refresh_sharing()

    def _maintenance_get_owners(self):
        """Parts of the jobs that lines were asked for which these share: what these do not need any more nobody else cuts."""
        lines = self.maintenance_requisition_line_ids.filtered("is_open")
        return self.browse().union(*(line._get_own_parts() for line in lines))

    def _refresh_sharing(self):
        """What these parts need decides what is left of a line for the other jobs that share it."""
        sharing = self.maintenance_requisition_line_ids.filtered("is_open")._get_open_parts() - self
        if sharing:
            sharing._recompute_parts_state()

    def _cancel_resupply(self):
        """Cancel transfers between own warehouses that have not begun and are not needed any more.

        What is made in house goes to stock; whether it is made all the same, its own people decide.
        """
        for supply in self.supply_move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and move.location_id.usage != "production"
        ):
            legs = supply | supply.browse(supply._rollup_move_origs())
            if any(leg.state == "done" or leg.picked for leg in legs):
                continue
            # one transfer out of the other warehouse may bring what several parts wait for
            shared = legs.filtered(lambda leg, legs=legs: leg.move_dest_ids.filtered(_is_open) - legs)
            for leg in shared:
                less = supply.product_uom._compute_quantity(supply.product_uom_qty, leg.product_uom, round=False)
                leg.product_uom_qty = max(leg.product_uom_qty - less, 0.0)
            (legs - shared)._action_cancel()
            shared.filtered(_is_open)._action_assign()

    def _action_cancel(self):
        """What a part waits for does not come any more where the transfer that should send it is cancelled."""
        # sudo: it follows from what was cancelled
        onward = self.sudo().move_dest_ids.filtered(lambda move: move.supplied_part_id and not move.quantity)
        result = super()._action_cancel()
        lost = onward.filtered(
            lambda move: _is_open(move) and not move.move_orig_ids.filtered(lambda origin: origin.state != "cancel")
        )
        if lost:
            lost._action_cancel()
        return result

    def _get_own_lines(self):
        """Open lines that were asked for the work order of the part; it may share others'."""
        self.ensure_one()
        return self.maintenance_requisition_line_ids.filtered(
            lambda line: line.is_open and line.maintenance_request_id == self.maintenance_request_id
        )

    def _get_excess_qty(self):
        """What is asked for the job and comes on top of what it and the jobs that share it miss, in the unit of the part."""
        self.ensure_one()
        lines = self._get_own_lines()
        if not lines:
            return 0.0
        coming = sum(line._get_coming_qty(self, surplus=False) for line in lines)
        # what earlier parts of the job lack does not come for this one
        others = lines._get_open_parts() - lines._get_own_parts().filtered(lambda move: move.id < self.id) - self
        excess = coming - self._get_missing_qty() - others._get_total_missing_qty(self.product_uom)
        return self.product_uom.round(max(excess, 0.0))

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.stock.models.stock_rule import ProcurementException

from ...const import UNATTENDED
from ...context import RuleMemory


class StockRule(models.Model):
    _inherit = "stock.rule"

    # -- Holding ----------------------------------------------------------------------------------

    @api.model
    def _run_buy(self, procurements):
        """Hold what maintenance needs as requisition lines; release it once it is approved.

        A released procurement carries the line it was held on.
        """
        held = [item for item in procurements if self._is_held(item[0])]
        if held:
            self._hold(held)
        passed = [item for item in procurements if not self._is_held(item[0])]
        return super()._run_buy(passed) if passed else None

    @api.model
    def _hold(self, procurements):
        """Hold procurements; one that cannot be held does not stop the others of a scheduler's run.

        :raises ProcurementException: in the scheduler, with those that cannot be held.
        """
        # sudo: whoever causes a need raises the requisition, also without rights on it
        requisitions = self.env["maintenance.requisition"].sudo()
        if self.env.context.get("maintenance_unattended") is not UNATTENDED:
            requisitions._hold_procurements(procurements)
            return
        try:
            with self.env.cr.savepoint():
                requisitions._hold_procurements(procurements)
        except UserError as error:
            if len(procurements) == 1:
                raise ProcurementException([(procurements[0][0], str(error))]) from error
            errors = []
            for procurement in procurements:
                try:
                    self._hold([procurement])
                except ProcurementException as failed:
                    errors += failed.procurement_exceptions
            if errors:
                raise ProcurementException(errors) from error

    @api.model
    def _is_held(self, procurement):
        """Needs of work orders and of spare parts wait for approval; returns of need do not."""
        if procurement.values.get("requisition_line_id"):
            return False
        if procurement.product_uom.compare(procurement.product_qty, 0) <= 0:
            return False
        return bool(
            procurement.values.get("maintenance_request_id")
            or procurement.values.get("part_move_id")
            or procurement.product_id.is_spare_part
        )

    def _update_purchase_order_line(self, product_id, product_qty, product_uom, company_id, values, line):
        vals = super()._update_purchase_order_line(product_id, product_qty, product_uom, company_id, values, line)
        if line.requisition_line_id and (line._maintenance_keeps_price() or not vals["price_unit"]):
            # natively the price list, or one that another article of the vendor left, takes its place
            vals.pop("price_unit")
            vals.pop("product_uom_id", None)
            vals["product_qty"] = line.product_qty + line._maintenance_get_qty_to_add(product_qty, product_uom)
        return vals

    def _push_prepare_move_copy_values(self, move_to_copy, new_date):
        """What is put away after a transfer is still on its way to the part that it was sent for."""
        values = super()._push_prepare_move_copy_values(move_to_copy, new_date)
        return {**values, "supplied_part_id": move_to_copy.supplied_part_id.id}

    def _get_custom_move_fields(self):
        return super()._get_custom_move_fields() + ["supplied_part_id"]

    @api.model
    def _get_procurements_to_merge_groupby(self, procurement):
        """One purchase line serves at most one requisition line."""
        key = super()._get_procurements_to_merge_groupby(procurement)
        return (*key, procurement.values.get("requisition_line_id"))

    # -- Reading once ------------------------------------------------------------------------------
    # Natively every reorder point of a run looks for its rules several times, in the same few words.

    @api.model
    @api.readonly
    def search(self, domain, offset=0, limit=None, order=None):
        return self._recall(
            ("search", repr((domain, offset, limit, order))),
            lambda: super(StockRule, self).search(domain, offset, limit, order),
        )

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None):
        return self._recall(
            ("group", repr((domain, groupby, aggregates, having, offset, limit, order))),
            lambda: super(StockRule, self)._read_group(domain, groupby, aggregates, having, offset, limit, order),
        )

    @api.model
    def _recall(self, question, ask):
        """The answer of earlier in this run of reorder points (`_remembering_rules`), else a new one."""
        answers = self.env.context.get("maintenance_rules")
        if not isinstance(answers, RuleMemory):
            return ask()
        question = (self.env, *question)
        if question not in answers:
            answers[question] = ask()
        return answers[question]

from odoo import models


class MaintenanceRequestAssetCost(models.Model):
    """A work order that was about the wrong asset: what it cost so far goes to the right one, and to its accounts.

    Hours and used parts are costs of the asset of their work order by themselves. Entries of the ledger are added to; their
    analytic items are made anew. A bill that is posted stays as it is and says so.
    """

    _inherit = "maintenance.request"

    def write(self, vals):
        if not self._maintenance_is_asset_written(vals):
            return super().write(vals)
        # sudo: whoever corrects the asset need not see what the job cost
        requests = self.sudo()
        before = {request: (request.equipment_id, request.analytic_distribution or {}) for request in requests}
        asked = requests.requisition_line_ids._get_following()
        ordered = requests.purchase_line_ids._get_following()
        was = {line: line.analytic_distribution or {} for line in ordered}
        result = super().write(vals)
        asked._take_default_distribution()
        ordered._maintenance_follow_to_bills(was)
        for request, (asset, distribution) in before.items():
            if request.equipment_id != asset:
                self.env["maintenance.cost.entry"].sudo()._reassign(
                    [("maintenance_request_id", "=", request.id), ("equipment_id", "=", asset.id)], request.equipment_id
                )
            if (request.analytic_distribution or {}) != distribution:
                request._maintenance_charge_anew(distribution)
        return result

    def _maintenance_charge_anew(self, distribution):
        """Hours and used parts that were charged by ``distribution``, which was the wrong asset's."""
        labors = self.labor_ids.filtered(lambda labor: labor._is_charged_by(distribution))
        labors.analytic_line_ids.unlink()
        labors._charge()
        # what came back is charged as what was used, so that first
        used = [
            moves.filtered(lambda move: move.analytic_account_line_ids._maintenance_is_charged_by(distribution))
            for moves in (self.part_ids, self.returned_part_ids)
        ]
        for moves in used:
            moves.analytic_account_line_ids.unlink()
        for moves in used:
            moves.filtered(lambda move: move.state == "done")._create_analytic_move()


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def _maintenance_follow_to_bills(self, was):
        """Lines that are not billed for good, and drafts of their bills, take what their job says now.

        :param dict was: the distribution that each line had.
        """
        for line in self:
            bills = line.invoice_lines.filtered(lambda bill, line=line: (bill.analytic_distribution or {}) == was[line])
            drafts = bills.filtered(lambda bill: bill.parent_state == "draft")
            if drafts or line.product_uom_id.compare(line.qty_invoiced, line.product_qty) < 0:
                line._take_default_distribution()
            now = line._get_default_distributions()[line]
            if now == was[line]:
                continue
            drafts.analytic_distribution = now or False
            posted = bills.filtered(lambda bill: bill.parent_state == "posted" and not bill.product_id.is_storable)
            for bill in posted.move_id:
                bill._message_log(
                    body=self.env._(
                        "The asset of %s was corrected; this bill is posted and stays charged as it was.",
                        line.maintenance_request_id.display_name,
                    )
                )

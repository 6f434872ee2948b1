from odoo import api, models
from odoo.fields import Domain


class MaintenanceTraceMixin(models.AbstractModel):
    """A document that knows where it stands in the chain from request to payment."""

    _name = "maintenance.trace.mixin"
    _description = "Stands in the Chain from Request to Payment"

    @api.readonly
    def action_view_trace(self):
        """Open the chain of these documents, from the work orders to the payments."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_trace_of_document")
        # sudo: the chain leads past documents that the reader of one of them may not open
        action["domain"] = list(self.sudo()._get_trace_domain())
        if len(self) == 1:
            action["name"] = action["display_name"] = self.env._("Request to payment: %s", self.display_name)
        return action

    def _get_trace_domain(self):
        """Domain on ``maintenance.trace``."""
        raise NotImplementedError

    @api.model
    def _get_upstream_trace_domain(self, lines, requests):
        """What led to requisition lines, and what became of the parts that they bought.

        :param lines: requisition lines.
        :param requests: work orders that were bought for without a requisition.
        """
        parts = lines.part_move_ids
        requests |= lines.maintenance_request_id | parts.maintenance_request_id
        used = parts | parts.returned_move_ids
        return Domain.OR(
            [
                Domain("step", "=", "request") & Domain("maintenance_request_id", "in", requests.ids),
                Domain("step", "=", "requisition") & Domain("requisition_line_id", "in", lines.ids),
                Domain("step", "=", "decision") & Domain("requisition_id", "in", lines.requisition_id.ids),
                Domain("step", "=", "used") & Domain("source_id", "in", used.ids),
            ]
        )


class MaintenanceRequest(models.Model):
    _name = "maintenance.request"
    _inherit = ["maintenance.request", "maintenance.trace.mixin"]

    # on which day a step stands in the chain; likewise below
    _maintenance_trace_idx = models.Index("(request_date)")

    def _get_trace_domain(self):
        return Domain("maintenance_request_id", "in", self.ids)


class MaintenanceEquipment(models.Model):
    _name = "maintenance.equipment"
    _inherit = ["maintenance.equipment", "maintenance.trace.mixin"]

    def _get_trace_domain(self):
        return Domain("equipment_id", "in", self.ids)


class MaintenanceRequisition(models.Model):
    _name = "maintenance.requisition"
    _inherit = ["maintenance.requisition", "maintenance.trace.mixin"]

    _trace_idx = models.Index("(COALESCE(date_submitted, create_date))")

    def _get_trace_domain(self):
        upstream = self._get_upstream_trace_domain(self.line_ids, self.env["maintenance.request"])
        return Domain("requisition_id", "in", self.ids) | upstream


class MaintenanceApprovalDecision(models.Model):
    _inherit = "maintenance.approval.decision"

    _trace_idx = models.Index("(create_date)")


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "maintenance.trace.mixin"]

    _maintenance_trace_idx = models.Index("(COALESCE(date_approve, date_order))")

    def _get_trace_domain(self):
        lines = self.order_line
        upstream = self._get_upstream_trace_domain(lines.requisition_line_id, lines.maintenance_request_id)
        return Domain("purchase_order_id", "in", self.ids) | upstream


class AccountPayment(models.Model):
    _inherit = "account.payment"

    _maintenance_trace_idx = models.Index("(date)")

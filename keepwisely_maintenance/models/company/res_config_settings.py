from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    maintenance_hourly_cost = fields.Monetary(
        related="company_id.maintenance_hourly_cost", readonly=False, currency_field="company_currency_id"
    )
    requisition_buyer_id = fields.Many2one(related="company_id.requisition_buyer_id", readonly=False)
    requisition_price_tolerance = fields.Float(related="company_id.requisition_price_tolerance", readonly=False)
    require_maintenance_link = fields.Boolean(related="company_id.require_maintenance_link", readonly=False)
    preventive_pre_approved = fields.Boolean(related="company_id.preventive_pre_approved", readonly=False)
    emergency_approved_after = fields.Boolean(related="company_id.emergency_approved_after", readonly=False)
    requisition_window_days = fields.Integer(related="company_id.requisition_window_days", readonly=False)
    approval_reminder_days = fields.Integer(related="company_id.approval_reminder_days", readonly=False)
    approval_escalation_days = fields.Integer(related="company_id.approval_escalation_days", readonly=False)
    approval_escalation_user_id = fields.Many2one(related="company_id.approval_escalation_user_id", readonly=False)
    timer_max_hours = fields.Float(related="company_id.timer_max_hours", readonly=False)
    failure_codes_required = fields.Boolean(related="company_id.failure_codes_required", readonly=False)

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    not_fixed_days = fields.Integer(
        "Not fixed within", default=14,
        help="Days after completion in which reporters can open the work again. Later, and once it is closed, a new "
        "report is made.",
    )  # fmt: skip
    maintenance_hourly_cost = fields.Monetary(
        "Hourly cost of maintenance labour",
        groups="keepwisely_maintenance.group_maintenance_costs",
        help="Used for technicians who have no rate of their own.",
    )
    preventive_pre_approved = fields.Boolean(
        "Preventive work is approved beforehand",
        help="Preventive work orders that planners or schedules make need no approval of their own.",
    )
    emergency_approved_after = fields.Boolean(
        "Emergencies are approved afterwards",
        help="Technicians may start emergency work at once; a planner approves it later.",
    )
    timer_max_hours = fields.Float(
        "Longest timer", default=12.0, required=True,
        help="Hours after which a running timer is taken for forgotten: it stops, books these hours, and its technician "
        "is asked to check them.",
    )  # fmt: skip
    failure_codes_required = fields.Boolean(
        "Failure, cause and remedy are required",
        help="Corrective work is completed only once it says what failed, why, and how it was fixed.",
    )
    maintenance_hours_required = fields.Boolean(
        "Hours are required",
        help="Work is completed only once hours are booked on it; where a service was ordered, its price stands for them.",
    )

    _not_fixed_days_not_negative = models.Constraint(
        "CHECK(not_fixed_days >= 0)", "Days in which work can be opened again cannot be negative."
    )
    _timer_max_hours_sensible = models.Constraint(
        "CHECK(timer_max_hours > 0 AND timer_max_hours <= 24)", "The longest timer is between zero and 24 hours."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    not_fixed_days = fields.Integer(related="company_id.not_fixed_days", readonly=False)
    maintenance_hourly_cost = fields.Monetary(
        related="company_id.maintenance_hourly_cost", readonly=False, currency_field="company_currency_id"
    )
    preventive_pre_approved = fields.Boolean(related="company_id.preventive_pre_approved", readonly=False)
    emergency_approved_after = fields.Boolean(related="company_id.emergency_approved_after", readonly=False)
    timer_max_hours = fields.Float(related="company_id.timer_max_hours", readonly=False)
    failure_codes_required = fields.Boolean(related="company_id.failure_codes_required", readonly=False)
    maintenance_hours_required = fields.Boolean(related="company_id.maintenance_hours_required", readonly=False)

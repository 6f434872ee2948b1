from math import inf

from odoo import api, fields, models
from odoo.exceptions import UserError


class MaintenanceLabor(models.Model):
    _name = "maintenance.labor"
    _inherit = ["maintenance.guard.mixin"]
    _description = "Work Order Labour"
    _order = "date desc, id desc"

    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="maintenance_request_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Technician", required=True, default=lambda self: self.env.user, index=True
    )
    date = fields.Date(required=True, default=fields.Date.context_today, index=True)
    hours = fields.Float(required=True, help="Hours worked, as a decimal: 1.5 is an hour and a half.")
    hourly_cost = fields.Monetary(
        compute="_compute_hourly_cost",
        store=True,
        readonly=False,
        compute_sudo=True,
        groups="keepwisely_maintenance.group_maintenance_costs",
        help="Cost of one hour when it was booked; later changes of the technician's rate "
        "do not touch what is booked.",
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        compute_sudo=True,
        groups="keepwisely_maintenance.group_maintenance_costs",
    )

    # a running timer books its hours when it stops
    _hours_positive = models.Constraint("CHECK(hours > 0 OR is_running)", "Book more than zero hours.")
    _hourly_cost_not_negative = models.Constraint(
        "CHECK(hourly_cost >= 0)", "The cost of an hour cannot be negative."
    )

    @api.depends("user_id", "maintenance_request_id")
    def _compute_hourly_cost(self):
        for labor in self:
            company = labor.maintenance_request_id.company_id or self.env.company
            labor.hourly_cost = (
                labor.user_id.with_company(company).maintenance_hourly_cost
                or company.maintenance_hourly_cost
            )

    @api.depends("hours", "hourly_cost")
    def _compute_amount(self):
        """Hours × the hourly cost stored on the line, rounded to the company's currency."""
        for labor in self:
            amount = labor.hours * labor.hourly_cost
            labor.amount = labor.currency_id.round(amount) if labor.currency_id else amount

    @api.model_create_multi
    def create(self, vals_list):
        self._check_hours(vals_list)
        labors = super().create(vals_list)
        labors._check_bookable()
        return labors

    def write(self, vals):
        self._check_hours([vals])
        self._check_bookable()
        result = super().write(vals)
        self._check_bookable()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_while_open(self):
        self._check_bookable()

    @api.model
    def _check_hours(self, vals_list):
        """:raises UserError: what the database would refuse in its own words."""
        booked = (vals["hours"] for vals in vals_list if "hours" in vals and not vals.get("is_running"))
        if not all(0 < (hours or 0) < inf for hours in booked):
            raise UserError(self.env._("Book more than zero hours."))

    def _check_bookable(self):
        """Hours belong to work that was approved, until its costs are final.

        :raises UserError: the work order does not take hours, or a technician books for another.
        """
        for request in self.maintenance_request_id:
            if request.state in ("requested", "closed", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(work_order)s is %(state)s and takes no hours.",
                        work_order=request.display_name,
                        state=request._get_state_label().lower(),
                    )
                )
        if self.env.su or self.env.user.has_group("maintenance.group_equipment_manager"):
            return
        if self.user_id != self.env.user:
            raise UserError(self.env._("You can book your own hours only; ask the planner to book for others."))

from math import inf

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, float_compare
from odoo.tools.misc import format_date

#: Nobody works longer on one day, on all work orders together.
HOURS_A_DAY = 24


class MaintenanceLabor(models.Model):
    _name = "maintenance.labor"
    _inherit = ["maintenance.correction.mixin", "maintenance.guard.mixin"]
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

    # -- Common sense -------------------------------------------------------------------------

    @api.constrains("hours", "date", "user_id")
    def _check_hours_of_day(self):
        """A day has 24 hours, and who enters more of them mostly means minutes."""
        for labor in self:
            if labor.hours > HOURS_A_DAY:
                raise ValidationError(
                    self.env._(
                        "Hours are decimal: 1.5 is an hour and a half. Did you mean %(hours)s minutes? Then enter %(decimal)s.",
                        hours=f"{labor.hours:g}",
                        decimal=f"{labor.hours / 60:.2f}",
                    )
                    if labor.hours <= HOURS_A_DAY * 60
                    else self.env._("Hours are decimal: 1.5 is an hour and a half. A day has 24 of them.")
                )
        for (user, date), total in self.filtered("hours")._get_hours_of_days().items():
            if float_compare(total, HOURS_A_DAY, precision_digits=2) > 0:
                raise ValidationError(
                    self.env._(
                        "%(technician)s would have %(hours)s hours on %(day)s, and a day has 24; "
                        "check the date and what is booked already.",
                        technician=user.name,
                        hours=f"{total:g}",
                        day=format_date(self.env, date),
                    )
                )

    def _get_hours_of_days(self):
        """What is booked of the same people on the same days, on whichever work orders; by person and day.

        Of two who book for one person at once, the later one fails on the write; Odoo tries again and sees both.
        """
        if not self:
            return {}
        self.flush_model(["date", "hours", "user_id"])
        booked = self.env.execute_query(
            SQL(
                """
                WITH people AS (UPDATE res_users SET write_date = write_date WHERE id IN %s RETURNING id)
                SELECT user_id, date, SUM(hours) FROM maintenance_labor JOIN people ON people.id = user_id
                 WHERE date IN %s GROUP BY user_id, date
                """,
                self.user_id._ids,
                tuple(self.mapped("date")),
            )
        )
        wanted = {(labor.user_id.id, labor.date) for labor in self}
        users = self.env["res.users"]
        return {(users.browse(user), day): hours for user, day, hours in booked if (user, day) in wanted}

    @api.constrains("date", "maintenance_request_id")
    def _check_date(self):
        """Work is done after somebody asked for it, and booked after it is done."""
        for labor in self:
            # whoever is ahead of the plant may be a day further
            if labor.date > max(labor.company_id._get_plant_day(), fields.Date.context_today(self)):
                raise ValidationError(
                    self.env._(
                        "%s is still to come; book hours on the day they were worked.", format_date(self.env, labor.date)
                    )
                )
            asked = labor._get_first_day()
            # hours that the system brings in may be older than the record of their work
            if labor.date < asked and self.env.uid != SUPERUSER_ID:
                raise ValidationError(
                    self.env._(
                        "%(work_order)s was asked for on %(day)s; book hours from that day on, or correct it.",
                        work_order=labor.maintenance_request_id.display_name,
                        day=format_date(self.env, asked),
                    )
                )

    def _get_first_day(self):
        """The day the work was asked for, as whoever books counts days."""
        self.ensure_one()
        request = self.maintenance_request_id
        entered = fields.Date.context_today(self, request.create_date)
        return min(request.request_date or entered, entered)

    # -- CRUD ---------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_hours(vals_list)
        labors = super().create(vals_list)
        labors._check_bookable()
        return labors

    def write(self, vals):
        self._check_hours([vals])
        self._check_bookable()
        with self.maintenance_request_id._maintenance_logging_corrections_of(self, vals.keys()):
            result = super().write(vals)
        self._check_bookable()
        return result

    # also with the context key of an uninstallation, which anybody may send
    @api.ondelete(at_uninstall=True)
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
        if not self.env.su:
            # one's own hours can be read on whichever work order, so this is asked apart
            self.maintenance_request_id.check_access("read")
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

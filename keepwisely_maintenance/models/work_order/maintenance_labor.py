from math import inf

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, float_compare
from odoo.tools.sql import column_exists, create_column, table_exists

from ...context import get_moment, is_bringing_in
from ...words import format_day, format_number

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
    person_id = fields.Many2one(
        "res.partner", compute="_compute_person_id", store=True, readonly=False, precompute=True, required=True,
        index=True, ondelete="restrict", domain="[('maintenance_can_work', '=', True)]",
    )  # fmt: skip
    user_id = fields.Many2one(
        "res.users", "Technician", default=lambda self: self.env.user, index=True, ondelete="restrict",
        help="Whose login it is; empty for people without one.",
    )  # fmt: skip
    date = fields.Date(compute="_compute_date", store=True, readonly=False, precompute=True, required=True, index=True)
    hours = fields.Float(required=True, help="Hours worked, as 1:30 or as 1.5.")
    hourly_cost = fields.Monetary(
        "Hourly cost", compute="_compute_hourly_cost",
        store=True,
        readonly=False,
        compute_sudo=True,
        groups="keepwisely_maintenance.group_maintenance_costs",
        help="Cost of one hour when it was booked; later changes of the person's rate "
        "do not touch what is booked.",
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        compute_sudo=True,
        groups="keepwisely_maintenance.group_maintenance_costs",
    )

    maintenance_brought_in = fields.Boolean("Brought in", copy=False, readonly=True)

    # a running timer books its hours when it stops
    _hours_positive = models.Constraint("CHECK(hours > 0 OR is_running)", "Book more than zero hours.")
    _hourly_cost_not_negative = models.Constraint(
        "CHECK(hourly_cost >= 0)", "The cost of an hour cannot be negative."
    )

    def _auto_init(self):
        """Hours from before people had a place of their own, in one statement."""
        if table_exists(self.env.cr, self._table) and not column_exists(self.env.cr, self._table, "person_id"):
            create_column(self.env.cr, self._table, "person_id", "int4")
            self.env.cr.execute(
                "UPDATE maintenance_labor SET person_id = technician.partner_id "
                "FROM res_users technician WHERE technician.id = maintenance_labor.user_id"
            )
        return super()._auto_init()

    @api.depends("user_id")
    def _compute_person_id(self):
        for labor in self:
            labor.person_id = labor.user_id.partner_id or labor.person_id

    @api.depends("maintenance_request_id")
    def _compute_date(self):
        """Today in the plant that the work is for, unless another day is entered."""
        moment = get_moment(self.env)
        for labor in self:
            labor.date = labor.date or (labor.maintenance_request_id.company_id or self.env.company)._get_plant_day(moment)

    @api.depends("person_id", "maintenance_request_id")
    def _compute_hourly_cost(self):
        for labor in self:
            company = labor.maintenance_request_id.company_id or self.env.company
            labor.hourly_cost = (
                labor.person_id.with_company(company).maintenance_hourly_cost
                or company.maintenance_hourly_cost
            )

    @api.depends("hours", "hourly_cost")
    def _compute_amount(self):
        """Hours × the hourly cost stored on the line, rounded to the company's currency."""
        for labor in self:
            amount = labor.hours * labor.hourly_cost
            labor.amount = labor.currency_id.round(amount) if labor.currency_id else amount

    # -- Common sense -------------------------------------------------------------------------

    @api.constrains("hours", "date", "user_id", "person_id")
    def _check_hours_of_day(self):
        """A day has 24 hours, and who enters more of them mostly means minutes."""
        if is_bringing_in(self.env):
            return
        for labor in self:
            if labor.hours > HOURS_A_DAY:
                raise ValidationError(
                    self.env._(
                        "A day has 24 hours. Did you mean %(hours)s minutes? Then enter %(time)s.",
                        hours=format_number(self.env, labor.hours),
                        time=f"{round(labor.hours) // 60}:{round(labor.hours) % 60:02}",
                    )
                    if labor.hours <= HOURS_A_DAY * 60
                    else self.env._("A day has 24 hours; enter them as 1:30 or as 1.5.")
                )
        for (person, date), total in self.filtered("hours")._get_hours_of_days(lock=True).items():
            if float_compare(total, HOURS_A_DAY, precision_digits=2) > 0:
                raise ValidationError(
                    self.env._(
                        "%(technician)s would have %(hours)s hours on %(day)s, and a day has 24; "
                        "check the date and what is booked already.",
                        technician=person.name,
                        hours=format_number(self.env, total),
                        day=format_day(self.env, date),
                    )
                )

    def _get_hours_of_days(self, lock=False):
        """What is booked of the same people on the same days, on whichever work orders; by person and day.

        :param lock: of two who book for one person at once, the later one fails on the write; Odoo tries again and sees both.
        """
        if not self:
            return {}
        self.flush_model(["date", "hours", "person_id"])
        people = SQL("UPDATE res_partner SET write_date = write_date") if lock else SQL("SELECT id FROM res_partner")
        booked = self.env.execute_query(
            SQL(
                """
                WITH people AS (%s WHERE id IN %s %s)
                SELECT person_id, date, SUM(hours) FROM maintenance_labor JOIN people ON people.id = person_id
                 WHERE date IN %s GROUP BY person_id, date
                """,
                people,
                self.person_id._ids,
                SQL("RETURNING id") if lock else SQL(),
                tuple(self.mapped("date")),
            )
        )
        wanted = {(labor.person_id.id, labor.date) for labor in self}
        people = self.env["res.partner"]
        return {(people.browse(person), day): hours for person, day, hours in booked if (person, day) in wanted}

    @api.constrains("date", "maintenance_request_id")
    def _check_date(self):
        """Work is done after somebody asked for it, and booked after it is done."""
        if is_bringing_in(self.env):
            return
        for labor in self:
            request = labor.maintenance_request_id.sudo()
            if labor.date > request.company_id._get_plant_day():
                raise ValidationError(
                    self.env._(
                        "%s is still to come; book hours on the day they were worked.", format_day(self.env, labor.date)
                    )
                )
            asked = labor._get_first_day()
            # hours that the system brings in may be older than the record of their work
            if labor.date < asked and self.env.uid != SUPERUSER_ID:
                raise ValidationError(
                    self.env._(
                        "%(work_order)s was asked for on %(day)s; book hours from that day on, or correct it.",
                        work_order=labor.maintenance_request_id.display_name,
                        day=format_day(self.env, asked),
                    )
                )

    def _get_first_day(self):
        """The day the work was asked for in its plant."""
        self.ensure_one()
        request = self.maintenance_request_id.sudo()
        entered = request.company_id._get_plant_day(request.create_date)
        return min(request.request_date or entered, entered)

    @api.constrains("person_id", "user_id", "maintenance_request_id")
    def _check_person(self):
        """Whoever worked them may have left since, but a firm never worked an hour."""
        for labor in self:
            person, company = labor.person_id.sudo(), labor.maintenance_request_id.sudo().company_id
            if not labor.user_id and (person.is_company or person.company_id not in (company, company.browse())):
                raise ValidationError(
                    self.env._("Hours are booked for people of %(company)s; choose another person than %(person)s.",
                               company=company.name, person=person.name)
                )  # fmt: skip

    # -- CRUD ---------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if is_bringing_in(self.env):
            return super().create(vals_list)
        self._check_hours(vals_list)
        labors = super().create([self._settle_person(vals) for vals in vals_list])
        labors._check_bookable()
        return labors

    def write(self, vals):
        self._check_hours([vals])
        self._check_bookable()
        vals = self._settle_person(vals)
        with self.maintenance_request_id._maintenance_logging_corrections_of(self, vals.keys()):
            result = super().write(vals)
        self._check_bookable()
        return result

    # also with the context key of an uninstallation, which anybody may send
    @api.ondelete(at_uninstall=True)
    def _unlink_only_while_open(self):
        self._check_bookable()

    @api.model
    def _settle_person(self, vals):
        """The person and their login in step, whichever of them is given; the login wins."""
        vals = dict(vals)
        if vals.get("user_id"):
            vals.pop("person_id", None)
        elif vals.get("person_id"):
            vals["user_id"] = self.env["res.partner"].browse(vals["person_id"])._maintenance_get_user().id
        else:
            vals.pop("user_id", None)
            vals.pop("person_id", None)
        return vals

    @api.model
    def _check_hours(self, vals_list):
        """:raises UserError: what the database would refuse in its own words."""
        booked = (vals["hours"] for vals in vals_list if "hours" in vals and not vals.get("is_running"))
        if not all(0 < (hours or 0) < inf for hours in booked):
            raise UserError(self.env._("Book more than zero hours."))

    def _check_bookable(self):
        """Hours belong to work that was approved, until its costs are final.

        :raises UserError: the work order does not take hours, or somebody books for a person they may not book for.
        """
        if not self.env.su:
            # one's own hours can be read on whichever work order, so this is asked apart
            self.maintenance_request_id.check_access("read")
        for request in self.maintenance_request_id:
            if request.state in ("requested", "closed", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(work_order)s is in state “%(state)s” and takes no hours.",
                        work_order=request.display_name,
                        state=request._get_state_label(),
                    )
                )
        if self.env.su or self.env.user.has_group("maintenance.group_equipment_manager"):
            return
        for labor in self:
            if labor.user_id != self.env.user and not labor._is_for_own_crew():
                raise UserError(
                    self.env._(
                        "You can book your own hours only, and those of your crew who have no login; "
                        "ask the planner to book for others."
                    )
                )

    def _is_for_own_crew(self):
        """Whether whoever books is responsible for the work, and the person works on it and has no login."""
        self.ensure_one()
        request, person = self.maintenance_request_id, self.person_id
        return (
            request.user_id == self.env.user
            and person in request.maintenance_crew_ids
            and not person.sudo()._maintenance_get_logins()
        )

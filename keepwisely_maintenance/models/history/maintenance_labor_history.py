from odoo import api, models

from ...words import format_day

#: What a row of hours can say.
LABOR_FIELDS = frozenset(
    {"maintenance_request_id", "person_id", "user_id", "date", "hours", "hourly_cost", "amount", "note", "company_id"}
)


class MaintenanceLaborHistory(models.Model):
    """Hours of the past: whoever worked them, whatever was asked for when, at what they cost then."""

    _name = "maintenance.labor"
    _inherit = ["maintenance.labor", "maintenance.history.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        if self._maintenance_is_bringing_in():
            return self._maintenance_bring_in(vals_list)
        for vals in vals_list:
            self._maintenance_check_mark(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._maintenance_check_mark(vals)
        return super().write(vals)

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"maintenance_brought_in"}

    @api.model
    def _maintenance_get_history_fields(self):
        return LABOR_FIELDS - {"company_id"}

    @api.model
    def _maintenance_prepare_history(self, vals_list):
        known = self._maintenance_browse_all(vals_list, ["maintenance_request_id"])
        people = self._maintenance_get_workers(vals_list)
        rows, refused = [], {}
        for number, vals in enumerate(vals_list):
            reasons = []
            request = self._maintenance_pick(known, vals, "maintenance_request_id", reasons)
            if not request and not reasons:
                reasons.append(self.env._("Say for which work order the hours are."))
            reasons += request._maintenance_refuse_more_past()
            day = (request.date_started or request.date_completed) and request.company_id._get_plant_day(
                request.date_started or request.date_completed
            )
            row = self._maintenance_prepare_hours(vals, request.company_id, day, people, reasons)
            rows.append({**row, "maintenance_request_id": request.id})
            if reasons:
                refused[number] = reasons
        here = self._maintenance_get_booked(rows)
        for number, row in enumerate(rows):
            if number not in refused and self._maintenance_get_identity(row) in here:
                refused[number] = [self.env._("These hours are here already.")]
        return rows, refused

    @api.model
    def _maintenance_get_workers(self, vals_list):
        """The people that rows name by themselves or by their login: ``{(field, id): (person, active user)}``."""
        people = self._maintenance_browse_all(vals_list, ["person_id", "user_id"])
        persons = self.env["res.partner"].union(*people["person_id"].values())
        users = {person.id: person._maintenance_get_user() for person in persons}
        return {
            **{("person_id", person.id): (person, users[person.id]) for person in persons},
            **{("user_id", user.id): (user.partner_id, user) for user in people["user_id"].values()},
        }

    @api.model
    def _maintenance_prepare_hours(self, vals, company, day, people, reasons):
        """The values of hours, without their work order.

        :param day: when they were worked, where the row does not say.
        :param people: see `_maintenance_get_workers`.
        :param list reasons: against it; added to.
        """
        self._maintenance_refuse_fields(vals, LABOR_FIELDS, reasons)
        hours = self._maintenance_read_number(vals, "hours", reasons)
        rate = self._maintenance_read_number(vals, "hourly_cost", reasons)
        amount = self._maintenance_read_number(vals, "amount", reasons)
        if hours is not None and hours <= 0:
            reasons.append(self.env._("Hours are more than zero."))
        elif hours is None:
            reasons.append(self.env._("Say how many hours were worked."))
        if min(rate or 0, amount or 0) < 0:
            reasons.append(self.env._("Hours cost nothing or more."))
        day = self._maintenance_read_day(vals, "date", reasons) or day
        if not day:
            reasons.append(self.env._("Say on which day the hours were worked."))
        elif company and day > company._get_plant_day():
            reasons.append(self.env._("Hours on %s lie in the future.", format_day(self.env, day)))
        name = "user_id" if vals.get("user_id") else "person_id"
        person, user = people.get((name, vals.get(name)), (self.env["res.partner"], self.env["res.users"]))
        if not person:
            reasons.append(self.env._("Say who worked the hours."))
        elif not user and (person.is_company or person.company_id not in (company, company.browse())):
            reasons.append(
                self.env._("%(person)s is no person who works for %(company)s.", person=person.name, company=company.name)
            )
        row = {
            "date": day, "hours": hours, "person_id": person.id, "user_id": user.id, "note": vals.get("note") or False,
            "maintenance_brought_in": True,
        }  # fmt: skip
        if amount is not None and hours:
            row["amount"] = company.currency_id.round(amount) if company else amount
            rate = amount / hours if rate is None else rate
        return row if rate is None else {**row, "hourly_cost": rate}

    @api.model
    def _maintenance_get_identity(self, row):
        return row["maintenance_request_id"], row["person_id"], row["date"], round(row["hours"] or 0, 4)

    @api.model
    def _maintenance_get_booked(self, rows):
        """What was brought in for these work orders before; a file that comes twice counts once."""
        requests = {row["maintenance_request_id"] for row in rows}
        booked = self.search_fetch(
            [("maintenance_request_id", "in", list(requests)), ("maintenance_brought_in", "=", True)],
            ["maintenance_request_id", "person_id", "date", "hours"],
        )
        return {
            (labor.maintenance_request_id.id, labor.person_id.id, labor.date, round(labor.hours, 4)) for labor in booked
        }

    @api.model
    def _maintenance_make_history(self, rows):
        amounts = [row.get("amount") for row in rows]
        labors = self._maintenance_quietly().create(
            [{name: value for name, value in row.items() if name != "amount"} for row in rows]
        )
        given = {labor: amount for labor, amount in zip(labors, amounts, strict=True) if amount is not None}
        # hours × an hour's cost in cents is not always what the other system had
        labors.browse([labor.id for labor in given])._maintenance_overwrite("amount", list(given.values()))
        return labors.with_env(self.env)

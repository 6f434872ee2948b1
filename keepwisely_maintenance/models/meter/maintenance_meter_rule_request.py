from markupsafe import Markup

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_list

#: Later readings that the note on the work order lists.
LISTED_READINGS = 10


class MaintenanceMeterRuleRequest(models.Model):
    """The work order that a rule opens, and the one note that it keeps there."""

    _inherit = "maintenance.meter.rule"

    def _open_request(self, breach):
        """Make the work order in the name of the system; it waits for approval like any report.

        When it cannot be made the meter says so, since the readings must not be lost for it.
        """
        company = self.company_id
        # as the system: a gateway may not make work orders, and must neither own nor see this one. Nor is the
        # context the sender's: its defaults would fill the work order.
        env = self.env(
            user=SUPERUSER_ID, su=True, context={"allowed_company_ids": company.ids, "lang": self.env.lang}
        )
        try:
            with env.cr.savepoint():
                return env["maintenance.request"].create(self.with_env(env)._prepare_request(breach))
        except UserError as refusal:
            self.meter_id._message_log(
                body=self.env._("%(rule)s: no work order could be opened. %(why)s", rule=self.display_name, why=refusal)
            )
            return env["maintenance.request"]

    def _prepare_request(self, breach):
        meter = self.meter_id
        conditions = zip(self._get_conditions(), breach.values, strict=True)
        description = self.env._(
            "%(what)s on %(date)s.",
            what=format_list(self.env, [condition._describe_value(value) for condition, value in conditions]),
            date=meter._format_moment(breach.start),
        )
        vals = {
            "name": self.request_title or self.display_name,
            "equipment_id": meter.equipment_id.id,
            "company_id": self.company_id.id,
            "maintenance_type": "corrective",
            # the clock of a gateway may be ahead
            "date_failure": min(breach.start, fields.Datetime.now()),
            "priority": self.priority,
            "owner_user_id": False,
            "meter_rule_id": self.id,
            "description": Markup("<p>%s</p>") % description,
            "task_ids": [
                Command.create({"name": line.strip(), "sequence": 10 * n})
                for n, line in enumerate((self.task_text or "").splitlines(), 1)
                if line.strip()
            ],
        }
        if self.maintenance_team_id:
            vals["maintenance_team_id"] = self.maintenance_team_id.id
        return vals

    def _note(self, moments, measures, new_ids, breaches):
        """Say on the work order what was read after it was opened: in one note, whose text is written anew."""
        later = [
            (moment, values)
            for moment, values in zip(moments, measures, strict=True)
            if moment.date > self.first_breach_date
            and None not in values
            and any(breach.covers(moment.date) for breach in breaches)
        ]
        values = [values[0] for moment, values in later if moment.ids & new_ids]
        if not values:
            return
        peak = self.peak
        for value in values:
            peak = self._get_worse(peak, value)
        vals = {"later_count": self.later_count + len(values), "peak": peak}
        body = self._render_note(later[-LISTED_READINGS:], breaches[-1].end, **vals)
        if self.note_id:
            self.note_id.body = body
        else:
            request = self.open_request_id.with_user(SUPERUSER_ID)
            vals["note_id"] = request._message_log(body=body).id
        self.write(vals)

    def _format_values(self, values):
        """What was read, with names where it is several values."""
        conditions = self._get_conditions()
        if len(conditions) == 1:
            return self._format_value(values[0])
        return ", ".join(
            f"{condition._name_value()} {condition._format_value(value)}"
            for condition, value in zip(conditions, values, strict=True)
        )

    def _render_note(self, listed, cleared, later_count, peak):
        meter = self.meter_id
        lines = [
            self.env._("%s: later readings", self.display_name),
            self.env._(
                "%(count)s since it was opened, the worst %(peak)s.", count=later_count, peak=self._format_value(peak)
            ),
        ]
        if self.breach_count > 1:
            lines.append(self.env._("Out of range %s times.", self.breach_count))
        if cleared:
            lines.append(self.env._("Back in range on %s.", meter._format_moment(cleared)))
        readings = Markup().join(
            Markup("<li>%s: %s</li>") % (meter._format_moment(moment.date), self._format_values(values))
            for moment, values in reversed(listed)
        )
        return Markup("<p><strong>%s</strong><br/>%s</p><ul>%s</ul>") % (lines[0], " ".join(lines[1:]), readings)


class MaintenanceRequest(models.Model):
    _inherit = "maintenance.request"

    meter_rule_id = fields.Many2one(
        "maintenance.meter.rule",
        "Opened by meter rule",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...words import format_moment

#: Fields of a work order by what the phone calls them.
FAILURE = {"problem": "failure_id", "cause": "cause_id", "remedy": "remedy_id"}


class MaintenancePhoneCommandReport(models.Model):
    """New problems, readings, and what failed."""

    _inherit = "maintenance.phone.command"

    # -- Reports --------------------------------------------------------------------------------------

    @api.model
    def _do_report(self, entry):
        asset = entry.record("maintenance.equipment", "asset")
        title = entry.text("title", 250)
        if not title:
            raise UserError(self.env._("Say in a few words what is wrong."))
        values = {
            "name": title,
            "description": plaintext2html(entry.text("text")) if entry.text("text") else False,
            "request_date": (asset.sudo().company_id or self.env.company)._get_plant_day(entry.moment),
        }
        if asset:
            values["equipment_id"] = asset.id
        if entry.values.get("priority") in ("0", "1", "2", "3"):
            values["priority"] = entry.values["priority"]
        if asset and entry.values.get("status") in ("degraded", "down"):
            values.update(reported_status=entry.values["status"], date_failure=entry.moment)
        job = entry.env["maintenance.request"].create(values)
        entry.job, entry.shown = job, True
        entry.changed.append(job.id)
        entry.say(self.env._("The report is %s.", job.display_name))

    # -- Readings -------------------------------------------------------------------------------------

    @api.model
    def _do_reading(self, entry):
        meter = entry.record("maintenance.meter", "meter")
        if not meter:
            raise entry._refusal()
        reading = entry.env["maintenance.meter.reading"].create(
            {"meter_id": meter.id, "value": entry.number("value"), "date": entry.moment, "external_id": entry.id}
        )
        entry.changed += entry.job.ids
        entry.say(
            self.env._(
                "%(meter)s showed %(value)s on %(moment)s.",
                meter=meter.display_name,
                value=reading.display_name,
                moment=format_moment(self.env, entry.moment),
            )
        )

    # -- What failed ----------------------------------------------------------------------------------

    @api.model
    def _do_failure(self, entry):
        """Field by field: what is not said stays, what somebody else has said since is written below the work order."""
        job = entry.job
        codes = {name: entry.record("maintenance.failure.code", key) for key, name in FAILURE.items()}
        values = {name: code.id for name, code in codes.items() if code}
        text = entry.text("text")
        replaced = [job[name].name for name in values if job[name] and job[name].id != values[name]]
        if text and text != (job.work_done or ""):
            before = (job.work_done or "").strip()
            values["work_done"] = text if not before or before in text else f"{before}\n{text}"
        if not values:
            entry.say(self.env._("Nothing is new about it on %s.", job.display_name))
            return
        job.write(values)
        if replaced:
            job._message_log(body=self.env._("Before it was: %s.", ", ".join(replaced)))
        entry.changed.append(job.id)
        entry.say(self.env._("What failed and what was done is on %s.", job.display_name))

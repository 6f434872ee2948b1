from math import isfinite

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL, clean_context

from ...authors import get_actor_id
from ...const import HISTORY_GROUP
from ...context import BRINGING_IN, BY_SYSTEM, is_bringing_in

#: In the context of `create` and `load` from outside: what is given is of the past. It asks for the right to do so.
BRING_IN = "maintenance_bring_in_history"

#: What is made of the past is told to nobody and followed by nobody.
QUIETLY = {
    BRING_IN: False,
    BRINGING_IN: BY_SYSTEM,
    "active_test": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "maintenance_history_log": None,
    "tracking_disable": True,
}


class MaintenanceHistoryMixin(models.AbstractModel):
    """Records of another system: checked row by row, then written as they were.

    A model says what of a row cannot be (`_maintenance_prepare_history`) and makes the rest
    (`_maintenance_make_history`). Nothing goes on under ``sudo()``: who brings in the past may read what it is about.
    """

    _name = "maintenance.history.mixin"
    _description = "Brought In From Another System"

    @api.model
    def _maintenance_is_bringing_in(self):
        return bool(self.env.context.get(BRING_IN))

    @api.model
    def _maintenance_may_bring_in(self):
        """Whether whoever acts, also through code that goes on as superuser, has the right."""
        actor = get_actor_id(self.env)
        return actor == SUPERUSER_ID or self.env["res.users"].browse(actor).has_group(HISTORY_GROUP)

    @api.model
    def _maintenance_check_may_bring_in(self):
        """:raises AccessError: they lack it."""
        if not self._maintenance_may_bring_in():
            raise AccessError(
                self.env._("Only planners with the right “Bring in history” bring in the past; ask an administrator for it.")
            )

    @api.model
    def _maintenance_bring_in(self, vals_list):
        """Make all of these or none.

        :raises ValidationError: what cannot be, for every one of them.
        """
        self._maintenance_check_may_bring_in()
        rows, refused = self._maintenance_prepare_history(vals_list)
        if refused:
            raise ValidationError(
                "\n".join(
                    self.env._("Row %(row)s: %(reasons)s", row=number + 1, reasons=" ".join(reasons))
                    for number, reasons in sorted(refused.items())
                )
            )
        return self._maintenance_make_history(rows)

    @api.model
    def _maintenance_prepare_history(self, vals_list):
        """What to make, and why not.

        :returns: a list as long as ``vals_list`` of what `_maintenance_make_history` takes, and a dict of the reasons, in
            sentences, against the rows that cannot be, by their number.
        """
        raise NotImplementedError

    @api.model
    def _maintenance_make_history(self, rows):
        """Make the records, in the environment of whoever brings them in."""
        raise NotImplementedError

    @api.model
    def _maintenance_quietly(self):
        return self.with_context(clean_context(self.env.context), **QUIETLY)

    @api.model
    def _maintenance_check_mark(self, vals):
        """:raises AccessError: somebody marks something as brought in, or takes the mark off."""
        if "maintenance_brought_in" in vals and not self.env.su and not is_bringing_in(self.env):
            raise AccessError(self.env._("What was brought in is marked by the system; bring it in with the import screen."))

    # -- What stands in a row -----------------------------------------------------------------------

    @api.model
    def _maintenance_label(self, name):
        return self._fields[name]._description_string(self.env)

    @api.model
    def _maintenance_read_moments(self, vals, names, reasons, ahead=False):
        """The moments of a row, without empty ones; none lies in the future unless plans may lie ``ahead``."""
        found, now = {}, fields.Datetime.now()
        for name in names:
            try:
                moment = fields.Datetime.to_datetime(vals.get(name) or None)
            except (TypeError, ValueError):
                reasons.append(self.env._("“%s” is no date.", self._maintenance_label(name)))
                continue
            if moment:
                found[name] = moment
            if moment and moment > now and not ahead:
                reasons.append(self.env._("“%s” lies in the future.", self._maintenance_label(name)))
        return found

    @api.model
    def _maintenance_read_day(self, vals, name, reasons):
        """The day that a row says; False where it says none."""
        try:
            return fields.Date.to_date(vals.get(name) or None) or False
        except (TypeError, ValueError):
            reasons.append(self.env._("“%s” is no date.", self._maintenance_label(name)))
            return False

    @api.model
    def _maintenance_read_number(self, vals, name, reasons):
        """The number that a row says; None where it says none."""
        value = vals.get(name)
        if value is None or value is False or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
            reasons.append(self.env._("“%s” is no number.", self._maintenance_label(name)))
            return None
        return value

    @api.model
    def _maintenance_browse_all(self, vals_list, names):
        """The records that rows name, by field and id, each model read once; without those that are not there."""
        found = {}
        for name in names:
            ids = {vals[name] for vals in vals_list if isinstance(vals.get(name), int) and vals[name]}
            records = self.env[self._fields[name].comodel_name].browse(ids).exists()
            records.check_access("read")
            found[name] = {record.id: record for record in records}
        return found

    @api.model
    def _maintenance_pick(self, known, vals, name, reasons):
        """The record that a row names in the field ``name``; an empty one where it names none."""
        value = vals.get(name)
        if not value:
            return self.env[self._fields[name].comodel_name]
        record = isinstance(value, int) and known[name].get(value)
        if not record:
            reasons.append(self.env._("“%s” is unknown.", self._maintenance_label(name)))
        return record or self.env[self._fields[name].comodel_name]

    @api.model
    def _maintenance_refuse_fields(self, vals, allowed, reasons):
        """Whatever is none of what a row of the past can say."""
        for name in sorted(vals.keys() - allowed):
            if vals[name]:
                label = self._maintenance_label(name) if name in self._fields else name
                reasons.append(self.env._("“%s” cannot be brought in; leave it out.", label))

    def _maintenance_overwrite(self, column, values):
        """Write what no field takes from anybody, such as the day a record was made; in one statement.

        :param list values: one for each record.
        """
        if not self:
            return
        self.flush_model()
        kind = self._fields[column].column_type[1]
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET %(column)s = given.value FROM UNNEST(%(ids)s, %(values)s::%(kind)s[]) AS given (id, value) "
                "WHERE given.id = %(table)s.id",
                table=SQL.identifier(self._table),
                column=SQL.identifier(column),
                ids=self.ids,
                values=values,
                kind=SQL(kind),
            )
        )
        self.invalidate_recordset([column])
        self.modified([column])

from odoo import api, models
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS

from ...context import is_bringing_in
from ...words import format_day
from .import_log import get_log

#: What a row of opening costs can say; all else of an entry is the system's.
OPENING_FIELDS = frozenset(
    {"date", "kind", "amount", "name", "equipment_id", "maintenance_request_id", "product_id", "partner_id", "company_id"}
)

#: Two entries that say the same of these are one that came twice.
IDENTITY = ("date", "kind", "amount", "name", "equipment_id", "maintenance_request_id", "product_id", "partner_id")


class MaintenanceCostEntryHistory(models.Model):
    """Opening entries: what was spent before, by work order or by asset and month; in no stock and in no account.

    Whoever may bring in the past adds them, by hand or by import. Like every entry they stay; a wrong one is taken back by
    another.
    """

    _name = "maintenance.cost.entry"
    _inherit = ["maintenance.cost.entry", "maintenance.history.mixin", "maintenance.guard.mixin"]

    @api.model
    def _maintenance_is_bringing_in(self):
        """Nobody adds any other entries by hand."""
        return not self.env.su and not is_bringing_in(self.env)

    @api.model_create_multi
    def create(self, vals_list):
        if self._maintenance_is_bringing_in():
            return self._maintenance_bring_in(vals_list)
        return super().create(vals_list)

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | self._fields.keys() - OPENING_FIELDS - set(MAGIC_COLUMNS)

    @api.model
    def _maintenance_get_history_fields(self):
        return OPENING_FIELDS

    @api.model
    def _maintenance_prepare_history(self, vals_list):
        names = ["equipment_id", "maintenance_request_id", "product_id", "partner_id", "company_id"]
        known = self._maintenance_browse_all(vals_list, names)
        rows, refused = [], {}
        for number, vals in enumerate(vals_list):
            reasons = []
            self._maintenance_refuse_fields(vals, OPENING_FIELDS | {"entry"}, reasons)
            row = {name: self._maintenance_pick(known, vals, name, reasons) for name in names}
            rows.append(self._maintenance_prepare_opening(vals, row, reasons))
            if reasons:
                refused[number] = reasons
        if get_log(self):
            # by hand somebody may mean it twice
            here = self._maintenance_get_entered(rows)
            for number, row in enumerate(rows):
                if number not in refused and self._maintenance_get_identity(row) in here:
                    refused[number] = [self.env._("This cost is here already.")]
        return rows, refused

    @api.model
    def _maintenance_prepare_opening(self, vals, row, reasons):
        """The values of an entry; ``row`` has the records that it names."""
        request, equipment = row["maintenance_request_id"], row["equipment_id"]
        company = request.company_id or equipment.company_id or row["company_id"] or self.env.company
        if not request and not equipment:
            reasons.append(self.env._("Say for which asset or work order it was spent."))
        if request and equipment and request.equipment_id != equipment:
            reasons.append(self.env._("%s is about another asset.", request.display_name))
        reasons += request._maintenance_refuse_more_past()
        if company not in self.env.companies or (equipment.company_id and equipment.company_id != company) or (
            row["company_id"] and row["company_id"] != company
        ):  # fmt: skip
            reasons.append(self.env._("The asset, the work order and the company do not belong together."))
        if vals.get("entry", "opening") != "opening":
            reasons.append(self.env._("Other entries of the ledger are made by the system."))
        if vals.get("kind") not in dict(self._fields["kind"].selection):
            reasons.append(self.env._("Say what was paid for: labour, parts or services."))
        amount = self._maintenance_read_number(vals, "amount", reasons)
        if not amount or company.currency_id.is_zero(amount):
            reasons.append(self.env._("Say how much was spent."))
        day = self._maintenance_read_day(vals, "date", reasons)
        if day and day > company._get_plant_day():
            reasons.append(self.env._("%s lies in the future.", format_day(self.env, day)))
        elif not day and not reasons:
            reasons.append(self.env._("Say when it was spent."))
        return {
            **{name: record.id for name, record in row.items()},
            "company_id": company.id,
            # a round is shared by its assets
            "equipment_id": (equipment or request.equipment_id).id,
            "date": day,
            "kind": vals.get("kind"),
            "amount": company.currency_id.round(amount or 0.0),
            "name": vals.get("name") or False,
            "entry": "opening",
        }

    @api.model
    def _maintenance_get_identity(self, row):
        return tuple(row[name] or False for name in IDENTITY)

    @api.model
    def _maintenance_get_entered(self, rows):
        days = [row["date"] for row in rows if row["date"]]
        if not days:
            return set()
        entries = self.search_fetch(
            [("entry", "=", "opening"), ("date", ">=", min(days)), ("date", "<=", max(days))], IDENTITY
        )
        return {
            tuple(entry[name].id if entry._fields[name].relational else entry[name] for name in IDENTITY) for entry in entries
        }

    @api.model
    def _maintenance_make_history(self, rows):
        return self._maintenance_quietly().create(rows).with_env(self.env)

    def action_take_back(self):
        """Take an opening entry back by its opposite, on the same day."""
        self._maintenance_check_may_bring_in()
        self.check_access("create")
        for entry in self:
            if entry.entry != "opening" or entry.counter_of_id:
                raise UserError(self.env._("Only what was brought in is taken back by hand."))
            if self.search_count([("counter_of_id", "=", entry.id)], limit=1):
                raise UserError(self.env._("“%s” was taken back already.", entry.name or entry.display_name))
        vals_list = [
            {
                **{name: entry[name].id for name in ("equipment_id", "maintenance_request_id", "product_id", "partner_id")},
                "company_id": entry.company_id.id, "date": entry.date, "kind": entry.kind, "entry": "opening",
                "amount": -entry.amount, "name": self.env._("Taken back: %s", entry.name or ""), "counter_of_id": entry.id,
            }
            for entry in self
        ]  # fmt: skip
        return self._maintenance_make_history(vals_list)._get_records_action(name=self.env._("Taken back"))

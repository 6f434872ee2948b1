from bisect import bisect
from datetime import datetime

from odoo import api, models

from ...words import format_moment

#: The end of what lasts.
NEVER = datetime(9999, 12, 31)

#: What a row of a downtime can say.
DOWNTIME_FIELDS = frozenset(
    {"equipment_id", "maintenance_request_id", "status", "date_from", "date_to", "reason", "hourly_cost", "company_id"}
)


class Periods:
    """Periods of one asset that do not overlap, each with whether it comes with the file."""

    def __init__(self):
        self.begins, self.periods = [], []

    def find(self, begin, end):
        """One of the periods that overlaps the one from ``begin`` to ``end``, or None."""
        place = bisect(self.begins, begin)
        for period in self.periods[max(place - 1, 0) : place + 1]:
            if period[0] < end and period[1] > begin:
                return period
        return None

    def add(self, begin, end, is_new):
        place = bisect(self.begins, begin)
        self.begins.insert(place, begin)
        self.periods.insert(place, (begin, end, is_new))


class MaintenanceDowntimeHistory(models.Model):
    """Standstill of the past: over, and none of it twice."""

    _name = "maintenance.downtime"
    _inherit = ["maintenance.downtime", "maintenance.history.mixin", "maintenance.guard.mixin"]

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
        return DOWNTIME_FIELDS - {"company_id"}

    @api.model
    def _maintenance_prepare_history(self, vals_list):
        known = self._maintenance_browse_all(vals_list, ["equipment_id", "maintenance_request_id"])
        rows, refused = [], {}
        for number, vals in enumerate(vals_list):
            reasons = []
            request = self._maintenance_pick(known, vals, "maintenance_request_id", reasons)
            equipment = self._maintenance_pick(known, vals, "equipment_id", reasons) or request.equipment_id
            if not equipment and not reasons:
                reasons.append(self.env._("Say which asset stood still."))
            elif request and equipment != request.equipment_id:
                reasons.append(self.env._("%s is about another asset.", request.display_name))
            reasons += request._maintenance_refuse_more_past()
            row = self._maintenance_prepare_period(vals, equipment, reasons)
            rows.append({**row, "maintenance_request_id": request.id})
            if reasons:
                refused[number] = reasons
        good = [(number, [row]) for number, row in enumerate(rows) if number not in refused]
        refused.update(self._maintenance_find_overlaps(good))
        return rows, refused

    @api.model
    def _maintenance_prepare_period(self, vals, equipment, reasons):
        """The values of a downtime, without its work order.

        :param list reasons: against it; added to.
        """
        self._maintenance_refuse_fields(vals, DOWNTIME_FIELDS, reasons)
        moments = self._maintenance_read_moments(vals, ("date_from", "date_to"), reasons)
        begin, end = moments.get("date_from"), moments.get("date_to")
        if (not begin or not end) and not reasons:
            reasons.append(self.env._("Say when the downtime began and when it ended."))
        elif begin and end and end < begin:
            reasons.append(self.env._("The downtime ends before it begins."))
        status = vals.get("status") or "down"
        if status not in ("down", "degraded"):
            reasons.append(self.env._("“%s” is unknown.", self._maintenance_label("status")))
        rate = self._maintenance_read_number(vals, "hourly_cost", reasons)
        row = {
            "equipment_id": equipment.id, "date_from": begin, "date_to": end, "status": status,
            "reason": vals.get("reason") or False, "maintenance_brought_in": True,
        }  # fmt: skip
        return row if rate is None else {**row, "hourly_cost": rate}

    @api.model
    def _maintenance_find_overlaps(self, candidates):
        """Which downtimes overlap another one of their asset, here or in a row before; in one query.

        :param candidates: ``(number, rows)``; what one number stands for comes in or stays out as a whole.
        :returns: the reasons against them, by number.
        """
        rows = [row for _number, group in candidates for row in group]
        if not rows:
            return {}
        periods = {}
        # sudo: also against what lies with another company that shares the asset
        for downtime in self.sudo().search_fetch(
            [
                ("equipment_id", "in", list({row["equipment_id"] for row in rows})),
                ("date_from", "<", max(row["date_to"] for row in rows)),
                "|", ("date_to", "=", False), ("date_to", ">", min(row["date_from"] for row in rows)),
            ],
            ["equipment_id", "date_from", "date_to"],
        ):  # fmt: skip
            periods.setdefault(downtime.equipment_id.id, Periods()).add(downtime.date_from, downtime.date_to or NEVER, False)
        refused = {}
        for number, group in candidates:
            fresh = []
            for row in group:
                begin, end = row["date_from"], row["date_to"]
                known = periods.setdefault(row["equipment_id"], Periods())
                other = known.find(begin, end) or next((own for own in fresh if own[0] < end and own[1] > begin), None)
                if other:
                    since = format_moment(self.env, other[0])
                    words = self.env._("The downtime overlaps the one of its asset from %s on, which is here already.", since)
                    if other[2]:
                        words = self.env._("The downtime overlaps the one of its asset from %s on, in a row before it.", since)
                    refused[number] = [words]
                    break
                fresh.append((begin, end, True))
            else:
                for row in group:
                    periods[row["equipment_id"]].add(row["date_from"], row["date_to"], True)
        return refused

    @api.model
    def _maintenance_make_history(self, rows):
        return self._maintenance_quietly().create(rows).with_env(self.env)

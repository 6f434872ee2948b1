from collections import namedtuple
from datetime import datetime
from itertools import pairwise

from odoo import fields, models

from ...const import DONE_STATES
from ...context import is_by_system
from .maintenance_equipment_status import SEVERITY

#: The end of what lasts.
NEVER = datetime(9999, 12, 31)

#: That an asset was no good for some time, and who says so: a work order, or nobody for what was written down by hand.
Claim = namedtuple("Claim", "status begin end request")


def lay_out(claims):
    """What holds when: of claims that overlap the worst one, of equal ones the first.

    :returns: claims that do not overlap, in order of time.
    """
    moments = sorted({moment for claim in claims for moment in (claim.begin, claim.end)})
    rows = []
    for begin, end in pairwise(moments):
        holding = [claim for claim in claims if claim.begin <= begin and claim.end >= end]
        if not holding:
            continue
        worst = max(holding, key=lambda claim: SEVERITY[claim.status])
        if rows and rows[-1].end == begin and (rows[-1].status, rows[-1].request) == (worst.status, worst.request):
            rows[-1] = rows[-1]._replace(end=end)
        else:
            rows.append(worst._replace(begin=begin, end=end))
    return rows


def cut_out(begin, end, periods):
    """The pieces of the time from ``begin`` to ``end`` that none of ``periods``, pairs of moments, covers."""
    pieces = []
    for start, stop in sorted(periods):
        if start > begin:
            pieces.append((begin, min(start, end)))
        begin = max(begin, stop)
    return [(start, stop) for start, stop in [*pieces, (begin, end)] if start < stop]


class MaintenanceRequestDowntimeCorrected(models.Model):
    """A report that is corrected has always said so: its downtime is taken off, and written down as it was."""

    _inherit = "maintenance.request"

    def _maintenance_correct_downtime(self, since, asset, status, from_the_start):
        """Let the downtime follow what the report says now.

        :param since: with ``asset`` and ``status``, what it said before.
        :param bool from_the_start: another status is a correction; otherwise it holds from now on.
        """
        self.ensure_one()
        is_same_time = (self.date_failure, self.equipment_id) == (since, asset)
        if is_by_system(self.env, "maintenance_merging_assets") or (is_same_time and self.reported_status == status):
            return
        if is_same_time and not from_the_start:
            if SEVERITY[self.reported_status] < SEVERITY[status]:
                self._end_downtime()
            self.maintenance_reported_at = fields.Datetime.now()
            self._report_status()
            return
        periods = self.downtime_ids.sorted("date_from")
        claims = self._maintenance_get_downtime_claims(periods, since, status)
        windows = [(period.equipment_id, period.date_from, period.date_to or NEVER) for period in periods]
        reason = periods.filtered("reason")[:1].reason
        periods.unlink()
        for equipment, begin, end in windows:
            equipment._maintenance_refill_downtime(begin, end)
        for claim in claims:
            self._maintenance_write_down(claim, reason)

    def _maintenance_get_downtime_claims(self, periods, since, status):
        """What the report says now, for the times it was written down for, else from its moment until the work was done.

        :param periods: downtime that was written down for it, in order.
        :param since: with ``status``, what it said before.
        """
        if self.reported_status == "running" or not self.equipment_id:
            return []
        claims = [
            Claim(
                self.reported_status if period.status == status else period.status,
                period.date_from,
                period.date_to or NEVER,
                self,
            )
            for period in periods
        ]
        begin = self._maintenance_get_reported_moment()
        if not claims and self.state != "cancelled":
            claims = [Claim(self.reported_status, begin, self._maintenance_get_downtime_end(), self)]
        elif claims and self.date_failure != since:
            claims[0] = claims[0]._replace(begin=begin)
        return [claim for claim in claims if claim.begin < claim.end]

    def _maintenance_get_downtime_end(self):
        """Until when the report holds: until the work was done."""
        self.ensure_one()
        # work of before the module was installed has no stamps
        return (self.date_completed or self._maintenance_get_reported_moment()) if self.state in DONE_STATES else NEVER

    def _maintenance_write_down(self, claim, reason=False):
        """Add a claim to its asset, as far as nothing else is written down there for the time."""
        asset = self.equipment_id
        if claim.end == NEVER:
            # as with a report: what was over before is over
            claim = claim._replace(begin=max([claim.begin, *filter(None, asset.downtime_ids.mapped("date_to"))]))
        pieces = asset._maintenance_make_room_for(claim)
        asset._maintenance_begin_downtime([claim._replace(begin=start, end=stop) for start, stop in pieces], reason)

    def _maintenance_get_downtime_ended_by_move(self):
        """The downtime that ended as the work was completed or cancelled, where the asset has run ever since.

        What milder one came after it is taken off.
        """
        found = self.env["maintenance.downtime"]
        for downtime in self.downtime_ids.filtered("is_ended_by_work").sorted("date_to"):
            later = downtime.equipment_id.downtime_ids.filtered(lambda other, d=downtime: other.date_from >= d.date_to) - downtime
            if any(
                other.date_to or not other.maintenance_request_id or SEVERITY[other.status] >= SEVERITY[downtime.status]
                for other in later
            ):
                continue
            later.unlink()
            found |= downtime
        return found


class MaintenanceEquipmentDowntimeCorrected(models.Model):
    _inherit = "maintenance.equipment"

    def _maintenance_make_room_for(self, claim):
        """The pieces of the time of ``claim`` for which nothing is written down; a milder downtime that lasts gives way."""
        others = self.downtime_ids
        if claim.end == NEVER:
            milder = others.filtered(lambda other: not other.date_to and SEVERITY[other.status] < SEVERITY[claim.status])
            others -= milder
            if milder and milder.date_from < claim.begin:
                milder.date_to = claim.begin
            else:
                milder.unlink()
        return cut_out(claim.begin, claim.end, [(other.date_from, other.date_to or NEVER) for other in others])

    def _maintenance_begin_downtime(self, claims, reason=False):
        self.env["maintenance.downtime"].create(
            [
                {
                    "equipment_id": self.id,
                    "status": claim.status,
                    "date_from": claim.begin,
                    "date_to": claim.end != NEVER and claim.end,
                    "maintenance_request_id": claim.request.id,
                    "reason": reason,
                    "is_ended_by_work": bool(claim.request) and claim.end == claim.request.date_completed,
                }
                for claim in claims
            ]
        )

    def _maintenance_refill_downtime(self, begin, end):
        """After a downtime was taken off that never was: what others said about the asset meanwhile."""
        self.ensure_one()
        # it ended only because the one that never was began
        before = self.downtime_ids.filtered(lambda period: period.date_from < begin and period.date_to == begin)
        claims = []
        if before and not before.maintenance_request_id:
            claims.append(Claim(before.status, begin, end, before.maintenance_request_id))
        for request in self.env["maintenance.request"].search(
            [("equipment_id", "=", self.id), ("reported_status", "!=", "running"), ("state", "!=", "cancelled")], order="id"
        ):
            since = request._maintenance_get_reported_moment()
            own = request.downtime_ids
            # where the asset ran at that moment, older reports did not hold any more; nor do those whose downtime ended before
            if since < begin and (not before or (own and begin not in own.mapped("date_to"))):
                continue
            claim = Claim(request.reported_status, max(since, begin), min(request._maintenance_get_downtime_end(), end), request)
            if claim.begin < claim.end:
                claims.append(claim)
        rows = lay_out(claims)
        first = rows[:1]
        if first and (first[0].begin, first[0].status, first[0].request) == (
            begin, before.status, before.maintenance_request_id
        ):  # fmt: skip
            before.date_to = first[0].end != NEVER and first[0].end
            rows = rows[1:]
        self._maintenance_begin_downtime(rows)

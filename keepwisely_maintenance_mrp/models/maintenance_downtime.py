from datetime import timedelta

from pytz import UTC

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.intervals import Intervals

from odoo.addons.keepwisely_maintenance.const import COSTS_GROUP

#: How far ahead a standstill of which nobody knows the end blocks the work center.
AHEAD = timedelta(days=1)

#: What decides how much production a standstill takes.
PERIOD = {"date_from", "date_to", "equipment_id", "status"}


class MaintenanceDowntime(models.Model):
    """A standstill blocks the work center of the asset, and costs the production that it takes.

    Lost hours are those in the working hours of the work center. Where several assets of a work center stand still at once,
    each hour counts once, with the standstill that began first.
    """

    _inherit = "maintenance.downtime"

    maintenance_workcenter_id = fields.Many2one(
        "mrp.workcenter", "Work center", compute="_compute_maintenance_workcenter_id", store=True, compute_sudo=True,
        index="btree_not_null", help="Of the asset when it began.",
    )  # fmt: skip
    maintenance_lost_hours = fields.Float(
        "Lost production hours", compute="_compute_maintenance_lost_hours", store=True, compute_sudo=True,
        help="Hours of standstill in the working hours of the work center; until an hour ago or less while it lasts.",
    )  # fmt: skip
    maintenance_production_hourly_cost = fields.Monetary(
        "Cost of a production hour", compute="_compute_maintenance_production_hourly_cost", store=True, readonly=False,
        compute_sudo=True, groups=COSTS_GROUP, help="Of the work center when it began; later changes there do not touch it.",
    )  # fmt: skip
    maintenance_lost_cost = fields.Monetary(
        "Lost production", compute="_compute_maintenance_lost_cost", store=True, compute_sudo=True, groups=COSTS_GROUP,
        help="Lost production hours × cost of a production hour. It is part of the cost.",
    )  # fmt: skip

    @api.depends("equipment_id")
    def _compute_maintenance_workcenter_id(self):
        for downtime in self:
            downtime.maintenance_workcenter_id = downtime.equipment_id.maintenance_workcenter_id

    @api.depends("equipment_id")
    def _compute_maintenance_production_hourly_cost(self):
        for downtime in self:
            workcenter = downtime.equipment_id.maintenance_workcenter_id
            rate, company = workcenter.costs_hour, downtime.company_id or workcenter.company_id
            source = workcenter.currency_id
            if rate and company and source and source != downtime.currency_id:
                rate = source._convert(rate, downtime.currency_id, company, company._get_plant_day(), round=False)
            downtime.maintenance_production_hourly_cost = rate

    @api.depends("date_from", "date_to", "status", "maintenance_workcenter_id")
    def _compute_maintenance_lost_hours(self):
        now = fields.Datetime.now()
        for downtime in self:
            workcenter = downtime.maintenance_workcenter_id
            is_lost = downtime.status == "down" and workcenter and downtime.date_from
            lost = downtime._maintenance_get_lost_intervals(downtime.date_to or now) if is_lost else ()
            downtime.maintenance_lost_hours = sum((stop - start).total_seconds() for start, stop, _none in lost) / 3600

    @api.depends("maintenance_lost_hours", "maintenance_production_hourly_cost", "currency_id")
    def _compute_maintenance_lost_cost(self):
        for downtime in self:
            amount = downtime.maintenance_lost_hours * downtime.maintenance_production_hourly_cost
            downtime.maintenance_lost_cost = downtime.currency_id.round(amount) if downtime.currency_id else amount

    @api.depends("maintenance_lost_cost")
    def _compute_cost(self):
        return super()._compute_cost()

    def _get_cost(self, hours):
        """As of the asset's own cost, nothing is written down before it is over."""
        return super()._get_cost(hours) + (self.maintenance_lost_cost if hours and self.status == "down" else 0.0)

    def _maintenance_get_lost_intervals(self, end):
        """Working hours of the work center from the failure to ``end`` that no standstill that began before has taken."""
        self.ensure_one()
        workcenter, begin = self.maintenance_workcenter_id, self.date_from
        if end <= begin:
            return ()
        calendar, resource = workcenter.resource_calendar_id, workcenter.resource_id
        span = (UTC.localize(begin), UTC.localize(end))
        work = calendar._work_intervals_batch(*span, resources=resource)[resource.id] if calendar else [(*span, calendar)]
        before = self._maintenance_get_at_once(begin, end).filtered(
            lambda other: (other.date_from, other.id) < (begin, self._origin.id or other.id + 1)
        )
        taken = [
            (UTC.localize(other.date_from), UTC.localize(other.date_to or end), self.browse()) for other in before
        ]
        return Intervals([(start, stop, self.browse()) for start, stop, _meta in work]) - Intervals(taken)

    def _maintenance_get_at_once(self, begin, end=None):
        """Other standstills of the work centers of these from ``begin`` on, and before ``end`` when given."""
        domain = Domain("maintenance_workcenter_id", "in", self.maintenance_workcenter_id.ids)
        domain &= Domain("status", "=", "down") & Domain("id", "not in", self._origin.ids)
        domain &= Domain("date_to", "=", False) | Domain("date_to", ">", begin)
        return self.search(domain & Domain("date_from", "<", end) if end else domain)

    # -- What follows from a standstill -------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        periods = super().create(vals_list)
        periods._maintenance_recount_others()
        # what is written down afterwards blocks nothing any more
        periods.filtered(lambda period: not period.date_to)._maintenance_settle_blocks()
        return periods

    def write(self, vals):
        if not PERIOD & vals.keys():
            return super().write(vals)
        # sudo: calendars and other assets follow, which whoever writes need not see
        begins, workcenters = self.mapped("date_from"), self.sudo().maintenance_workcenter_id
        result = super().write(vals)
        self._maintenance_recount_others(begins, workcenters)
        self._maintenance_settle_blocks()
        return result

    def unlink(self):
        periods = self.sudo()
        at_once = periods._maintenance_get_at_once(min(periods.mapped("date_from"))) if periods else periods
        result = super().unlink()
        at_once.exists()._maintenance_recount_lost_hours()
        return result

    def _maintenance_recount_others(self, begins=(), workcenters=None):
        """Count anew what other standstills take that may have happened at the same time as these.

        :param begins: with ``workcenters``, when and where these were before.
        """
        # sudo: as above
        periods = self.sudo()
        if not (periods.maintenance_workcenter_id or workcenters):
            return
        begin = min([*begins, *periods.mapped("date_from")])
        at_once = periods._maintenance_get_at_once(begin)
        if workcenters:
            at_once |= at_once.search(
                Domain("maintenance_workcenter_id", "in", workcenters.ids) & Domain("status", "=", "down")
                & (Domain("date_to", "=", False) | Domain("date_to", ">", begin))
            )  # fmt: skip
        (at_once - periods)._maintenance_recount_lost_hours()

    def _maintenance_recount_lost_hours(self):
        self.env.add_to_compute(self._fields["maintenance_lost_hours"], self)
        # and what follows from them
        self.modified(["maintenance_lost_hours"])

    def _maintenance_settle_blocks(self):
        # sudo: as above
        wanted = {downtime: downtime._maintenance_prepare_block_vals() for downtime in self.sudo()}
        self.env["resource.calendar.leaves"]._maintenance_block("maintenance_downtime_id", wanted)

    def _maintenance_prepare_block_vals(self):
        """What the standstill blocks; None where nothing. Its end, where nobody knows it, is that of the planned work."""
        self.ensure_one()
        workcenter, request = self.maintenance_workcenter_id, self.maintenance_request_id
        if not workcenter or self.status != "down":
            return None
        now = fields.Datetime.now()
        planned = request.schedule_end if request.schedule_end and request.schedule_end > now else now + AHEAD
        return {
            "name": self.env._("Standstill of %s", self.equipment_id.display_name),
            "resource_id": workcenter.resource_id.id,
            "date_from": self.date_from,
            "date_to": self.date_to or max(planned, self.date_from),
        }

    @api.model
    def _cron_maintenance_lasting(self):
        """Time passes: what lasts has taken more, and blocks for longer. Running again is harmless."""
        lasting = self.search([("date_to", "=", False), ("maintenance_workcenter_id", "!=", False)], order="id")
        self.env["ir.cron"]._maintenance_work_through((lasting, lambda batch: batch._maintenance_follow_time()))

    def _maintenance_follow_time(self):
        self._maintenance_recount_lost_hours()
        self._maintenance_settle_blocks()

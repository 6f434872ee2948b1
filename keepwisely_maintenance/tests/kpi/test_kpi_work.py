from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .kpi_common import KpiCase


@tagged("post_install", "-at_install")
class TestKpiWork(KpiCase):
    """PM and schedule compliance, planned hours, backlog."""

    def _preventive(self, due, done=None, interval=1, unit="month", **values):
        """Preventive work of a schedule, due on a day and completed on another."""
        schedule = self.env["maintenance.schedule"].create(
            {
                "name": "Lubrication", "interval": interval, "interval_unit": unit,
                "start_date": self.today + timedelta(days=300),
                "equipment_ids": [Command.set(self.conveyor.ids)], **values,
            }
        )  # fmt: skip
        request = self._assigned(maintenance_type="preventive")
        request.sudo().write({"schedule_id": schedule.id, "schedule_due_date": due})
        if done:
            request.action_start()
            request.action_complete()
            self._set(request, date_completed=self.now.replace(hour=12) - (self.today - done))
        return request

    def test_ten_percent_rule_by_interval(self):
        """Reliabilityweb, "The 10% Rule of Preventive Maintenance": a 30-day PM must be done within 3 days. J. O'Brien, cited by
        New Avenergy, "What is Preventive Maintenance Compliance?": a quarterly PM, every 90 days, within 9.

        A day later is too late, a day earlier too early; a week has less than a day, a year 36 days.
        """
        due = self.today - timedelta(days=100)
        for interval, unit, tolerance in ((1, "month", 3), (3, "month", 9), (1, "week", 0), (1, "year", 36), (30, "day", 3)):
            for days, in_time in ((tolerance, True), (tolerance + 1, False), (-tolerance, True), (-tolerance - 1, False)):
                request = self._preventive(due, due + timedelta(days=days), interval, unit)
                self.assertEqual(request.is_done_in_time, in_time, (interval, unit, days))
                self.assertEqual(request.schedule_latest_date, due + timedelta(days=tolerance))

    def test_pm_compliance(self):
        """Of 5 due, 3 were done in time, one 4 days late and one was cancelled: 3 ÷ 5 = 60 %.

        What may still be done in time is left out, and so is work by meter alone.
        """
        for days in (200, 170, 140):
            due = self.today - timedelta(days=days)
            self._preventive(due, due + timedelta(days=3))
        due = self.today - timedelta(days=110)
        late = self._preventive(due, due + timedelta(days=4))
        cancelled = self._preventive(self.today - timedelta(days=80)).with_user(self.planner)
        cancelled.archive_equipment_request()
        self._preventive(self.today - timedelta(days=3))
        self._preventive(self.today - timedelta(days=60), trigger="meter", meter_interval=500)
        kpi = self._kpi("pm_compliance")
        self.assertEqual((kpi.numerator, kpi.denominator), (3, 5))
        self.assertAlmostEqual(kpi.value, 60)
        records = self._open_records(kpi)
        self.assertEqual(len(records), 5)
        self.assertIn(cancelled, records)
        self.assertEqual(records - self._open_records(kpi, "other"), (late | cancelled).with_user(self.planner))

    def test_a_schedule_that_changes_does_not_judge_the_past(self):
        due = self.today - timedelta(days=100)
        request = self._preventive(due, due + timedelta(days=4))
        request.schedule_id.sudo().interval = 3
        self.env.flush_all()
        self.assertFalse(request.is_done_in_time)

    def test_schedule_compliance(self):
        """Planned for four days: done that day, before it, a day later, and not at all: 2 ÷ 4 = 50 %."""
        noon = self.now.replace(hour=12, minute=0, second=0) - timedelta(days=30)
        for days in (0, -2, 1):
            request = self._repair(noon + timedelta(days=days))
            self._set(request, schedule_date=noon, schedule_end=noon + timedelta(hours=1))
        forgotten = self._assigned()
        self._set(forgotten, schedule_date=noon, schedule_end=noon + timedelta(hours=1))
        # not planned, not over, cancelled
        self._repair(noon)
        self._assigned(schedule_date=self.now + timedelta(hours=30))
        cancelled = self._assigned(schedule_date=noon).with_user(self.planner)
        cancelled.archive_equipment_request()
        kpi = self._kpi("schedule_compliance")
        self.assertEqual((kpi.numerator, kpi.denominator, kpi.value), (2, 4, 50))
        self.assertIn(forgotten, self._open_records(kpi))
        self.assertEqual(len(self._open_records(kpi)), 4)
        self.assertEqual(len(self._open_records(kpi, "other")), 2)

    def test_planned_hours(self):
        """6 h preventive, 2 h planned repair, 1 h emergency with a date, 3 h repair without: 8 ÷ 12 = 66.7 %."""
        planned = self._ago(31)
        self._repair(self._ago(30), 6, maintenance_type="preventive")
        self._repair(self._ago(30), 2, schedule_date=planned)
        self._repair(self._ago(30), 1, schedule_date=planned, priority="3")
        self._repair(self._ago(30), 3)
        kpi = self._kpi("planned_hours")
        self.assertEqual((kpi.numerator, kpi.denominator, kpi.record_count), (8, 12, 4))
        self.assertEqual(kpi.value_text, "66.7 %")
        self.assertEqual(sum(self._open_records(kpi).mapped("hours")), 12)
        self.assertEqual(sum(self._open_records(kpi, "other").mapped("hours")), 8)

    def test_backlog_is_that_of_the_teams(self):
        """100 h of approved work, of which 40 h have their parts, for two people of 40 h a week: 1.25 and 0.5 weeks."""
        self.team.member_ids = (self.technician | self.colleague).ids
        hours = self.team.weekly_hours
        ready = self._assigned()
        ready.sudo().expected_hours = hours / 2
        blocked = self._assigned()
        blocked.sudo().expected_hours = hours * 3 / 4
        self._add_part(blocked, self.bearing, 5)
        self._report().sudo().expected_hours = 500
        total, at_once = (self._kpi(code, kpi_team_ids=self.team.ids) for code in ("backlog_total", "backlog_ready"))
        team = self.team.with_user(self.planner)
        self.assertAlmostEqual(total.value, 1.25)
        self.assertAlmostEqual(at_once.value, 0.5)
        self.assertAlmostEqual(total.value, team.backlog_weeks)
        self.assertAlmostEqual(at_once.value, team.backlog_ready_weeks)
        self.assertEqual(self._open_records(total), (ready | blocked).with_user(self.planner).sorted("id", reverse=True))
        self.assertEqual(self._open_records(at_once), ready.with_user(self.planner))
        self.assertEqual(self._open_records(total, "other"), team)
        self.assertFalse(total.graph or total.previous_text)

    def test_team_without_hours_has_no_weeks(self):
        empty = self.env["maintenance.team"].create({"name": "Nobody yet", "member_ids": [Command.clear()]})
        self.assertFalse(self._kpi("backlog_total", kpi_team_ids=empty.ids).is_measured)

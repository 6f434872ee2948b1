from datetime import date, timedelta
from itertools import product

from freezegun import freeze_time

from odoo.tests import tagged

from .test_schedule import ScheduleCase


@tagged("post_install", "-at_install")
class TestScheduleForecast(ScheduleCase):
    """The database counts the same dates as the schedules themselves."""

    def _forecast(self, schedules):
        rows = self.env["maintenance.schedule.forecast"].with_user(self.technician).search(
            [("schedule_id", "in", schedules.ids), ("kind", "!=", "open")], order="schedule_id, date"
        )
        by_schedule = rows.grouped("schedule_id")
        return {schedule: by_schedule.get(schedule, rows.browse()).mapped("date") for schedule in schedules}

    def test_the_year_ahead_is_what_schedules_will_make(self):
        with freeze_time("2027-01-20 11:00:00"):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Works holidays", "calendar_id": self.company.resource_calendar_id.id,
                    "company_id": self.company.id, "date_from": "2027-07-18 22:00:00", "date_to": "2027-08-08 22:00:00",
                }
            )  # fmt: skip
            schedules = self.env["maintenance.schedule"]
            units = ((1, "day"), (10, "day"), (1, "week"), (3, "week"), (1, "month"), (5, "month"), (1, "year"))
            seasons = ((False, False), ("4", "9"), ("11", "2"))
            for (interval, unit), rule, (first, last), basis in product(
                units, ("keep", "next", "previous", "skip"), seasons, ("fixed", "completion")
            ):
                schedules |= self._schedule(
                    "2026-12-31", interval=interval, interval_unit=unit, day_rule=rule, season_from=first,
                    season_to=last, basis=basis, end_date=interval == 10 and "2027-11-30",
                )  # fmt: skip
            schedules.action_generate()
            self._complete(schedules.request_ids[::2], "2027-01-20 11:00:00")
            rules = schedules._get_rules()
            until = date(2027, 1, 20) + timedelta(days=366)
            found = self._forecast(schedules)
            checked = 0
            for schedule in schedules:
                expected = schedule.asset_ids._get_coming_dates(rules[schedule], until)
                checked += len(expected)
                with self.subTest(schedule=schedule.read(["interval", "interval_unit", "day_rule", "season_from", "basis"])):
                    self.assertEqual(found[schedule], expected)
            self.assertGreater(checked, 2000)
            self._check_parts(schedules, found)

    def _check_parts(self, schedules, found):
        """Asked for a period or for single rows, the same stands there as in the whole."""
        forecast, ours = self.env["maintenance.schedule.forecast"].with_user(self.planner), [("schedule_id", "in", schedules.ids)]
        coming = [("kind", "!=", "open"), *ours]
        for first, last in (("2027-03-01", "2027-03-31"), ("2027-07-18", "2027-08-10"), ("2028-01-20", "2028-01-21")):
            days = [day for dates in found.values() for day in dates if first <= day.isoformat() <= last]
            with self.subTest(first=first, last=last):
                self.assertTrue(days)
                rows = forecast.search([("date", ">=", first), ("date", "<=", last), *coming])
                self.assertEqual(rows.mapped("date"), sorted(days))
                self.assertEqual(forecast.search_count([("date", ">", first), ("date", "<", last), *coming]),
                                 len([day for day in days if first < day.isoformat() < last]))
        [whole] = forecast._read_group(ours, [], ["id:recordset"])
        some = forecast.browse(whole[0].ids[::331])
        expected = some.mapped(lambda row: (row.id, row.date, row.schedule_id, row.kind, row.hours))
        self.assertIn("open", some.mapped("kind"))
        for sent in ("all", [1, 2], [None, "2027-02-01", [0]], {"first": "2028-01-01"}):
            with self.subTest(sent=sent):
                told = forecast.with_context(maintenance_forecast_asked=sent)
                self.assertEqual(told.search_count(ours), len(whole[0]))
                self.assertEqual(told.browse(some.ids).exists(), some)
        self.env.invalidate_all()
        for row_id, values in zip(some.ids, expected, strict=True):
            row = forecast.browse(row_id)  # by itself, not with those beside it
            self.assertEqual((row.id, row.date, row.schedule_id, row.kind, row.hours), values)

    def test_open_work_orders_stand_on_the_day_they_are_planned_for(self):
        schedule = self._schedule("2027-01-31", lead_days=20, duration=3, maintenance_team_id=self.team.id)
        with freeze_time("2027-01-20 11:00:00"):
            schedule.action_generate()
            forecast = self.env["maintenance.schedule.forecast"].with_user(self.planner)
            row = forecast.search([("maintenance_request_id", "=", schedule.request_ids.id)])
            self.assertEqual((row.kind, row.date, row.hours), ("open", date(2027, 1, 31), 3.0))
            hours = dict(
                forecast._read_group([("schedule_id", "=", schedule.id)], ["date:month"], ["hours:sum"], limit=3)
            )
            self.assertEqual(hours, {date(2027, 1, 1): 3.0, date(2027, 2, 1): 3.0, date(2027, 3, 1): 3.0})
            self.assertEqual(row.action_open_document()["res_model"], "maintenance.request")
        self.assertEqual(len(schedule.request_ids), 1, "nothing was made")

from datetime import date, datetime, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestTimer(MaintenanceCase):
    """Start and pause: one timer per technician, hours in hundredths, on the day it was started."""

    def _report(self, **values):
        """Asked for before the days on which it is done here."""
        return super()._report(**{"request_date": "2026-03-01", **values})

    def _at(self, moment):
        return freeze_time(moment)

    def _run(self, request, start, stop):
        with self._at(start):
            request.action_timer_start()
        with self._at(stop):
            request.action_timer_pause()
        return request.labor_ids[0]

    def test_start_starts_the_work_and_pause_books_hours(self):
        request = self._assigned()
        with self._at("2026-11-23 09:12:00"):
            request.action_timer_start()
            self.assertEqual((request.state, request.is_timer_running), ("in_progress", True))
        self.assertEqual(request.date_started, datetime(2026, 11, 23, 9, 12))
        labor = request.labor_ids
        self.assertEqual((labor.hours, labor.user_id, labor.is_running), (0, self.technician, True))
        with self._at("2026-11-23 10:42:00"):
            self.assertIn("01:30 h", request.with_user(self.colleague).timer_message)
            request.action_timer_pause()
        self.assertEqual((labor.hours, labor.is_running), (1.5, False))
        self.assertEqual(labor.sudo().amount, 60.0, "40 an hour")
        self.assertEqual((request.state, request.is_timer_running, request.timer_message), ("in_progress", False, False))
        self.assertEqual(request.labor_hours, 1.5)

    def test_rounding(self):
        """Hundredths of an hour, half up; what is shorter counts as one."""
        for seconds, hours in ((0, 0.01), (1, 0.01), (36, 0.01), (53, 0.01), (54, 0.02), (3599, 1.0), (3618, 1.01)):
            with self.subTest(seconds=seconds):
                start = datetime(2026, 11, 23, 9)
                labor = self._run(self._assigned(), start, start + timedelta(seconds=seconds))
                self.assertAlmostEqual(labor.hours, hours, 6)

    def test_a_clock_set_back_books_the_least(self):
        labor = self._run(self._assigned(), "2026-11-23 09:00:00", "2026-11-23 08:00:00")
        self.assertEqual(labor.hours, 0.01)

    def test_starting_another_job_pauses_the_first_and_says_so(self):
        first, second = self._assigned(), self._assigned()
        with self._at("2026-11-23 09:00:00"):
            first.action_timer_start()
        with self._at("2026-11-23 09:30:00"):
            answer = second.action_timer_start()
        self.assertIn(first.reference, answer["params"]["message"])
        self.assertIn("00:30 h", answer["params"]["message"])
        self.assertEqual(first.labor_ids.hours, 0.5)
        self.assertEqual((first.is_timer_running, second.is_timer_running), (False, True))
        self.assertEqual(self.env["maintenance.request"].with_user(self.technician).search(
            [("is_timer_running", "=", True)]), second)  # fmt: skip

    def test_starting_twice_is_starting_once(self):
        request = self._assigned()
        request.action_timer_start()
        request.action_timer_start()
        self.assertEqual(len(request.labor_ids), 1)
        request.action_timer_pause()
        hours = request.labor_ids.hours
        request.action_timer_pause()
        self.assertEqual((len(request.labor_ids), request.labor_ids.hours), (1, hours))

    def test_the_database_knows_one_timer_per_technician(self):
        request, other = self._assigned(), self._assigned()
        request.action_timer_start()
        other.action_start()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env["maintenance.labor"].with_user(self.technician)._start_on(other)

    def test_two_technicians_on_one_job(self):
        request = self._assigned()
        request.action_timer_start()
        request.with_user(self.colleague).action_timer_start()
        self.assertEqual(request.labor_ids.mapped("is_running"), [True, True])
        request.with_user(self.colleague).action_timer_pause()
        self.assertTrue(request.is_timer_running)
        self.assertFalse(request.with_user(self.colleague).is_timer_running)

    def test_completing_stops_every_timer(self):
        request = self._assigned()
        with self._at("2026-11-23 09:00:00"):
            request.action_timer_start()
            request.with_user(self.colleague).action_timer_start()
        with self._at("2026-11-23 11:00:00"):
            request.action_complete()
        self.assertEqual(request.labor_ids.mapped("hours"), [2.0, 2.0])
        self.assertFalse(any(request.labor_ids.mapped("is_running")))

    def test_closing_cancelling_and_waiting_stop_it_too(self):
        for method in ("action_close", "archive_equipment_request", "_wait_again"):
            request = self._assigned()
            request.action_timer_start()
            if method == "_wait_again":
                self._add_part(request, self.bearing, 100)
                request.sudo()._wait_again()
            else:
                getattr(request.with_user(self.planner), method)()
            with self.subTest(method=method, state=request.state):
                self.assertNotEqual(request.state, "in_progress")
                self.assertFalse(request.labor_ids.is_running)
                self.assertEqual(request.labor_ids.hours, 0.01)

    def test_over_midnight_it_counts_for_the_day_it_was_started(self):
        self.company.resource_calendar_id.tz = "America/Chicago"
        # 23:30 to 01:00 in Chicago
        labor = self._run(self._assigned(), "2026-11-24 05:30:00", "2026-11-24 07:00:00")
        self.assertEqual((labor.date, labor.hours), (date(2026, 11, 23), 1.5))

    def test_over_the_change_of_the_clocks(self):
        self.company.resource_calendar_id.tz = "Europe/Berlin"
        # the night of 25 October 2026 has 25 hours: 01:30 summer time to 03:30 winter time are three hours
        labor = self._run(self._assigned(), "2026-10-24 23:30:00", "2026-10-25 02:30:00")
        self.assertEqual((labor.date, labor.hours), (date(2026, 10, 25), 3.0))

    def test_a_forgotten_timer_is_capped_with_a_to_do(self):
        self.company.timer_max_hours = 10
        request, late = self._assigned(), self._assigned()
        with self._at("2026-11-23 07:00:00"):
            request.action_timer_start()
        with self._at("2026-11-23 16:59:00"):
            self._run_cron("ir_cron_forgotten_timers")
            self.assertTrue(request.is_timer_running)
        with self._at("2026-11-23 19:00:00"):
            self._run_cron("ir_cron_forgotten_timers")
        labor = request.labor_ids
        self.assertEqual((labor.is_running, labor.hours), (False, 10.0))
        self.assertEqual(labor.timer_stop, datetime(2026, 11, 23, 17))
        self.assertIn("12:00 h", labor.note)
        self.assertEqual(self._activities(self.technician, request).filtered("summary").mapped("summary")[:1],
                         ["A forgotten timer was stopped: check its hours"])  # fmt: skip
        with self._at("2026-11-23 20:00:00"):
            self._run_cron("ir_cron_forgotten_timers")
        self.assertEqual(labor.hours, 10.0)
        labor = self._run(late, "2026-11-24 07:00:00", "2026-11-25 07:00:00")
        self.assertEqual(labor.hours, 10.0, "pausing late books no more than the limit")

    def test_the_cost_of_an_hour_is_that_of_the_booking(self):
        request = self._assigned()
        with self._at("2026-11-23 09:00:00"):
            request.action_timer_start()
            self._end_transaction()
        self.technician.maintenance_hourly_cost = 99
        with self._at("2026-11-23 10:00:00"):
            request.action_timer_pause()
            self._end_transaction()
        self.technician.maintenance_hourly_cost = 11
        self.assertEqual(request.labor_ids.sudo().amount, 40.0)

    def test_who_may(self):
        request = self._assigned()
        for user in (self.operator, self.outsider, self.buyer):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                request.with_user(user).action_timer_start()
        request.with_user(self.colleague).action_timer_start()
        self.assertTrue(request.with_user(self.colleague).is_timer_running)
        self.assertFalse(request.with_user(self.operator).timer_message, "reporters do not watch technicians")

    def test_what_is_not_approved_or_over_takes_no_timer(self):
        request = self._report()
        with self.assertRaisesRegex(UserError, "approval"):
            request.with_user(self.technician).action_timer_start()
        done = self._assigned()
        done.action_start()
        done.action_complete()
        with self.assertRaisesRegex(UserError, "in state “Completed”"):
            done.action_timer_start()
        done.with_user(self.planner).action_close()
        with self.assertRaisesRegex(UserError, "in state “Closed”"):
            done.action_timer_start()
        cancelled = self._assigned()
        cancelled.with_user(self.planner).archive_equipment_request()
        with self.assertRaisesRegex(UserError, "in state “Cancelled”"):
            cancelled.action_timer_start()

    def test_a_refused_start_leaves_the_other_timer_alone(self):
        request, refused = self._assigned(), self._report()
        request.action_timer_start()
        with self.assertRaises(UserError):
            refused.with_user(self.technician).action_timer_start()
        self.assertTrue(request.is_timer_running)

    def test_the_moments_are_not_for_hands(self):
        request = self._assigned()
        labors = self.env["maintenance.labor"].with_user(self.technician)
        with self.assertRaises(UserError):
            labors.create({"maintenance_request_id": request.id, "is_running": True})
        request.action_timer_start()
        for vals in ({"is_running": False}, {"timer_start": "2020-01-01"}, {"timer_stop": "2020-01-01"}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                request.labor_ids.write(vals)
        with self.assertRaises(UserError):
            request.with_user(self.colleague).labor_ids.action_stop_timer()
        with self.assertRaises(UserError):
            request.with_user(self.colleague).labor_ids.write({"hours": 1})

    def test_hours_by_hand(self):
        request = self._assigned()
        request.hours_by_hand = 1.25
        self.assertEqual(request.labor_ids.mapped(lambda labor: (labor.user_id, labor.hours)), [(self.technician, 1.25)])
        request.invalidate_recordset()
        self.assertEqual(request.hours_by_hand, 0)
        for hours in (-1, float("nan"), float("inf")):
            with self.subTest(hours=hours), self.assertRaises(UserError):
                request.hours_by_hand = hours
                self.env.flush_all()
        with self.assertRaises(UserError):
            self._report().with_user(self.technician).hours_by_hand = 1

    def test_hours_are_booked_once(self):
        """The timer fills the field in, and what is written there takes its place."""
        request = self._assigned()
        with self._at("2026-11-23 09:00:00"):
            request.action_timer_start()
            self._end_transaction()
        with self._at("2026-11-23 09:50:00"):
            self.assertEqual(request.hours_by_hand, 0.83)
            self.assertEqual(request.with_user(self.colleague).hours_by_hand, 0.0, "my hours, not those of others")
            request.web_save({"hours_by_hand": 0.5}, {})
            self.assertEqual(request.labor_ids.mapped(lambda labor: (labor.hours, labor.is_running)), [(0.5, False)])
            request.action_finish()
            self._end_transaction()
        self.assertEqual(request.labor_hours, 0.5)

    def test_what_the_screen_shows_is_booked(self):
        """Nothing is written, and the timer has gone on since the screen was opened."""
        request = self._assigned()
        with self._at("2026-11-23 09:00:00"):
            request.action_timer_start()
            self._end_transaction()
        with self._at("2026-11-23 09:30:00"):
            shown = request.hours_by_hand
        with self._at("2026-11-23 09:45:00"):
            request.with_context(maintenance_shown_hours=shown).action_finish()
            self._end_transaction()
        self.assertEqual(request.labor_ids.mapped("hours"), [0.5])
        # without a timer the screen shows what was booked when it was saved
        other = self._assigned()
        other.action_start()
        other.hours_by_hand = 0.25
        other.with_context(maintenance_shown_hours=0.25).action_finish()
        self.assertEqual(other.labor_ids.mapped("hours"), [0.25])

    def test_no_hours_at_all(self):
        request = self._assigned()
        request.action_timer_start()
        request.web_save({"hours_by_hand": 0.0}, {})
        self.assertFalse(request.labor_ids)

    def test_a_timer_elsewhere_runs_on(self):
        request, other = self._assigned(), self._assigned()
        request.action_timer_start()
        other.hours_by_hand = 0.5
        self.assertEqual((other.labor_ids.mapped("hours"), request.is_timer_running), ([0.5], True))

    def test_chips(self):
        request = self._assigned()
        view = "keepwisely_maintenance.maintenance_request_view_form_done"
        for chip, hours in (("0.25", 0.25), ("0.5", 0.5), ("1", 1.0)):
            with Form(request, view) as form:
                form.maintenance_quick_hours = chip
                self.assertEqual(form.hours_by_hand, hours)
        self.assertEqual(sorted(request.labor_ids.mapped("hours")), [0.25, 0.5, 1.0])

    def test_hours_entered_on_a_running_timer_end_it(self):
        request = self._assigned()
        request.action_timer_start()
        request.labor_ids.hours = 0.75
        self.assertEqual((request.labor_ids.hours, request.labor_ids.is_running), (0.75, False))
        request.action_timer_start()
        request.with_user(self.planner).labor_ids.filtered("is_running").action_stop_timer()
        self.assertFalse(request.is_timer_running)

    def test_a_timer_started_by_mistake_is_deleted(self):
        request = self._assigned()
        request.action_timer_start()
        request.labor_ids.unlink()
        self.assertFalse(request.is_timer_running)

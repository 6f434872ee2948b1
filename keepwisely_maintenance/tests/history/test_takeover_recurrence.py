from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .history_common import HistoryCase


class TakeoverCase(HistoryCase):
    """Work that recurs natively, as years of it are in a database, and the planner who takes it over."""

    def _native(self, day, done=False, **values):
        """A work order as native Maintenance left it: recurring, also when it is over."""
        request = self.env["maintenance.request"].create(
            {
                "name": "Monthly check", "equipment_id": self.conveyor.id, "maintenance_type": "preventive",
                "maintenance_team_id": self.team.id, "schedule_date": f"{day} 09:00:00", "schedule_end": f"{day} 11:00:00",
                "instruction_text": "<p>Look.</p>", "repeat_interval": 1, "repeat_unit": "month",
                "recurring_maintenance": True, **values,
            }
        )  # fmt: skip
        if done:
            stage = self.env["maintenance.stage"].search([("state", "=", "closed")], limit=1)
            self.env.flush_all()
            # in SQL: native code moved it, in a database without this module
            self.env.cr.execute(
                "UPDATE maintenance_request SET stage_id = %s, state = 'closed', close_date = %s WHERE id = %s",
                [stage.id, day, request.id],
            )
            self.env.invalidate_all()
        return request

    def _run(self, day):
        """The scheduled action on ``day``, at noon."""
        with freeze_time(f"{day} 11:00:00"):
            self._run_cron("ir_cron_schedules")

    def _look(self, user=None):
        takeovers = self.env["maintenance.takeover"].with_user(user or self.mover)
        return takeovers.browse(takeovers.action_look()["res_id"])

    def _lines(self, takeover, **values):
        return takeover.line_ids.filtered(lambda line: all(line[name] == value for name, value in values.items()))

    def _only(self, takeover, record):
        """The line of ``record``, with all others unticked."""
        line = takeover.line_ids.filtered(lambda line: line.record_id == record.id)
        (takeover.line_ids - line).is_chosen = False
        return line


@tagged("post_install", "-at_install")
@freeze_time("2026-06-10 09:00:00")
class TestTakeoverRecurrence(TakeoverCase):
    """Native recurrence becomes schedules, once; what was done before joins them."""

    def test_a_chain_becomes_one_schedule(self):
        past = self._native("2026-04-20", done=True) | self._native("2026-05-20", done=True)
        head = self._native("2026-06-20", user_id=self.technician.id)
        takeover = self._look()
        line = self._lines(takeover, record_id=head.id)
        self.assertRecordValues(
            line,
            [
                {
                    "kind": "recurrence", "name": "Monthly check", "asset": "Conveyor 3", "rhythm": "Every month",
                    "day": date(2026, 6, 20), "reason": False, "is_chosen": True,
                    "becomes": "Schedule that begins with this work order; 2 others join it",
                }
            ],
        )  # fmt: skip
        self._only(takeover, head)
        takeover.action_take_over()
        schedule = head.schedule_id
        made = (line.result_model, line.result_id, line.becomes)
        self.assertEqual(made, ("maintenance.schedule", schedule.id, "Monthly check"))
        self.assertRecordValues(
            schedule,
            [
                {
                    "interval": 1, "interval_unit": "month", "start_date": date(2026, 6, 20), "next_date": date(2026, 7, 20),
                    "user_id": self.technician.id, "duration": 2.0, "equipment_ids": self.conveyor.ids,
                    "maintenance_team_id": self.team.id, "origin_name": head.display_name,
                }
            ],
        )  # fmt: skip
        self.assertIn("Look.", schedule.instruction_text)
        self.assertEqual(schedule.request_ids, past | head)
        self.assertEqual(schedule.asset_ids.last_done_date, date(2026, 5, 20))
        self.assertEqual(schedule.asset_ids.last_request_id, head)
        self.assertFalse((past | head).filtered("recurring_maintenance"))
        self.assertIn(schedule.name, head.message_ids[:1].body)

    def test_nothing_is_made_twice(self):
        past = self._native("2026-05-20", done=True)
        head = self._native("2026-06-20")
        takeover = self._look()
        self._only(takeover, head)
        takeover.action_take_over()
        self.assertFalse(self._lines(self._look(), name="Monthly check"))
        with self.assertRaisesRegex(UserError, "Tick what"):
            takeover.action_take_over()
        names = [("name", "=", "Monthly check")]
        self.assertEqual(self.env["maintenance.schedule"].search_count(names), 1)
        # the last native one is done again: natively each time made a copy
        past.with_user(self.mover).action_reopen("Again")
        for request in past | head:
            request = request.with_user(self.mover)
            request.user_id = self.technician
            if request.state != "in_progress":
                request.action_approve()
                request.action_assign()
                request.action_start()
            request.action_complete()
        self.assertEqual(self.env["maintenance.request"].search_count(names), 2)
        self._run("2026-07-20")
        self.assertEqual(self.env["maintenance.request"].search_count(names), 3)

    def test_further_open_ones_keep_their_days(self):
        head, twice, later = (self._native(day) for day in ("2026-06-20", "2026-06-20", "2026-07-20"))
        takeover = self._look()
        [line] = self._lines(takeover, name="Monthly check")
        self.assertEqual(line.record_id, head.id)
        takeover.action_take_over()
        schedule = head.schedule_id
        self.assertEqual(schedule.request_ids, head | twice | later)
        self.assertEqual(twice.schedule_asset_id, schedule.asset_ids.browse(), "a day has one")
        self.assertEqual(schedule.asset_ids.last_request_id, later)
        self.assertEqual(schedule.next_date, date(2026, 8, 20))
        self.assertFalse((head | twice | later).filtered("recurring_maintenance"))

    def test_why_not(self):
        cases = {
            "for no asset": self._native("2026-06-20", name="Walk", equipment_id=False),
            "is corrective": self._native("2026-06-20", name="Repair", maintenance_type="corrective"),
            "has ended": self._native("2026-05-20", name="Once", done=True),
            "ends with this one": self._native("2026-06-20", name="Last", repeat_type="until", repeat_until="2026-06-30"),
        }
        # native code keeps the flag of corrective work only where somebody sets it past the screens
        self.env.cr.execute(
            "UPDATE maintenance_request SET recurring_maintenance = TRUE WHERE id IN %s",
            [tuple(case.id for case in cases.values())],
        )
        self.env.invalidate_all()
        takeover = self._look()
        for words, request in cases.items():
            with self.subTest(words=words):
                line = self._lines(takeover, record_id=request.id)
                self.assertIn(words, line.reason or "")
                self.assertFalse(line.is_chosen)
        self.assertEqual(takeover.blocked_count, len(takeover.line_ids.filtered("reason")))
        # ticked by a program all the same
        line = self._lines(takeover, record_id=cases["for no asset"].id)
        takeover.line_ids.is_chosen = False
        line.is_chosen = True
        takeover.action_take_over()
        self.assertIn("Choose the asset", line.reason)
        self.assertFalse(line.result_id)
        self.assertTrue(cases["for no asset"].recurring_maintenance)

    def test_what_is_unticked_stays(self):
        kept = self._native("2026-06-20")
        taken = self._native("2026-06-25", name="Weekly check", repeat_unit="week")
        takeover = self._look()
        self._lines(takeover, record_id=kept.id).is_chosen = False
        takeover.action_take_over()
        self.assertTrue(kept.recurring_maintenance and not kept.schedule_id)
        self.assertEqual(taken.schedule_id.next_date, date(2026, 7, 2))
        self.assertEqual(self._look().recurrence_count, 1)

    def test_one_that_cannot_be_keeps_no_other_out(self):
        bad, good = self._native("2026-06-20", name="Bad"), self._native("2026-06-20", name="Good")
        takeover = self._look()
        bad.sudo().write({"equipment_id": False})
        takeover.action_take_over()
        self.assertTrue(good.schedule_id)
        self.assertTrue(self._lines(takeover, record_id=bad.id).reason)

    def test_the_day_is_that_of_the_plant(self):
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        head = self._native("2026-06-20")
        head.schedule_date = datetime(2026, 6, 20, 20, 0)
        takeover = self._look()
        self.assertEqual(self._lines(takeover, record_id=head.id).day, date(2026, 6, 21))

    def test_who_may(self):
        for user in (self.planner, self.technician):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._look(user)

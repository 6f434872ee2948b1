import uuid
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .phone_common import PhoneCase

ROOM = "odoo.addons.keepwisely_maintenance.models.phone."


@tagged("post_install", "-at_install")
class TestPhoneSend(PhoneCase):
    def test_a_day_of_one_job(self):
        job = self._asked_days_ago(self._assigned(reported_status="down"))
        task = self.env["maintenance.task"].create({"maintenance_request_id": job.id, "name": "Grease"})
        answers = self._send(
            self.technician,
            self._command("start", job, self._ago(hours=5)),
            self._command("task", job, self._ago(hours=4), task=task.id, answer=True),
            self._command("note", job, self._ago(hours=4), text="Runs hot"),
            self._command("pause", job, self._ago(hours=3)),
            self._command("hours", job, self._ago(hours=3), minutes=30, note="Cleaning up"),
            self._command("complete", job, self._ago(hours=2)),
        )
        self.assertEqual([answer["state"] for answer in answers], ["sent"] * 6, answers)
        self.assertEqual(sorted(job.sudo().labor_ids.mapped("hours")), [0.5, 2.0])
        self.assertEqual((job.date_started, job.date_completed), (self._ago(hours=5), self._ago(hours=2)))
        self.assertEqual((task.is_done, task.done_by_id, task.date_done), (True, self.technician, self._ago(hours=4)))
        self.assertEqual(job.sudo().downtime_ids.date_to, self._ago(hours=2), "the asset is back since the phone says so")
        self.assertIn("Runs hot", self._notes(job))
        phases = {phase.phase: phase for phase in job.sudo().phase_ids}
        self.assertEqual(phases["repair"].date_to, self._ago(hours=2))
        self.assertEqual(self.conveyor.status, "running")

    def test_the_same_command_ten_times(self):
        job = self._asked_days_ago(self._assigned())
        command = self._command("hours", job, self._ago(hours=1), minutes=60)
        first = self._send(self.technician, command)[0]
        for _time in range(9):
            self.assertEqual(self._send(self.technician, command)[0], first)
        self.assertEqual(self._send(self.technician, command, command), [first, first])
        self.assertEqual(job.sudo().labor_ids.mapped("hours"), [1.0])

    def test_a_repeat_gets_the_first_answer_whatever_it_says_now(self):
        job = self._asked_days_ago(self._assigned())
        command = self._command("hours", job, minutes=60)
        first = self._send(self.technician, command)[0]
        again = {**command, "kind": "complete", "values": {}}
        self.assertEqual(self._send(self.technician, again)[0], first)
        self.assertEqual(job.state, "assigned")

    def test_the_id_of_somebody_else_tells_nothing(self):
        job = self._asked_days_ago(self._assigned())
        command = self._command("note", job, text="Mine")
        self._send(self.technician, command)
        answer = self._send(self.colleague, command)[0]
        self.assertEqual((answer["state"], answer["job"], answer["moment"]), ("look", None, None))
        self.assertNotIn(job.reference, answer["sentence"])
        self.assertEqual(self._row(answer).user_id, self.technician)

    def test_one_refused_among_good_ones(self):
        """Each stands for itself: what is refused leaves nothing, what is broken stops nothing."""
        job = self._asked_days_ago(self._assigned())
        with mute_logger(ROOM + "maintenance_phone_command"):
            answers = self._send(
                self.technician,
                self._command("start", job, self._ago(hours=2)),
                self._command("hours", job, minutes=25 * 60),
                self._command("hours", job, minutes="many"),
                self._command("task", job, task=2**40, answer=True),
                self._command("nonsense", job),
                {"id": "x", "kind": "note"},
                None,
                self._command("note", job, text="a" * 20_000),
                self._command("note", job, text="a" * 300_000),
                self._command("hours", job, minutes=float("nan")),
                self._command("note", job, text="\x00\ud800 fine", version="\x00\ud800"),
                self._command("pause", job, self._ago(hours=1)),
            )
        self.assertEqual([answer["state"] for answer in answers], ["sent", *["look"] * 9, "sent", "sent"], answers)
        self.assertEqual(job.sudo().labor_ids.mapped("hours"), [1.0])
        self.assertIn("A day has 24 hours", answers[1]["sentence"])

    def test_what_breaks_is_told_and_the_rest_goes_on(self):
        job = self._asked_days_ago(self._assigned())
        rows = type(self.env["maintenance.phone.command"])
        self.patch(rows, "_do_note", lambda self, entry: 1 / 0)
        with self.assertLogs(ROOM + "maintenance_phone_command", "ERROR"):
            answers = self._send(self.technician, self._command("note", job, text="x"), self._command("start", job))
        self.assertEqual([answer["state"] for answer in answers], ["look", "sent"])
        self.assertIn("tell your administrator", answers[0]["sentence"])

    # -- The moment -----------------------------------------------------------------------------------

    def test_a_clock_three_hours_wrong(self):
        for sign, words in ((1, "ahead"), (-1, "behind")):
            job = self._asked_days_ago(self._assigned())
            wrong = timedelta(hours=3 * sign)
            answers = self._send(
                self.technician,
                self._command("start", job, self._ago(hours=5) + wrong),
                self._command("pause", job, self._ago(hours=4) + wrong),
                clock=fields.Datetime.now() + wrong,
            )
            self.assertIn(f"03:00 h {words}", answers[0]["sentence"])
            labor = job.sudo().labor_ids
            self.assertAlmostEqual(labor.hours, 1.0)
            self.assertAlmostEqual(labor.timer_start, self._ago(hours=5), delta=timedelta(seconds=30))
            self.assertEqual(answers[0]["moment"], fields.Datetime.to_string(labor.timer_start))

    def test_a_clock_that_is_right_is_not_talked_about(self):
        job = self._asked_days_ago(self._assigned())
        answer = self._do(self.technician, "start", job, clock=self.now + timedelta(seconds=90))
        self.assertNotIn("clock", answer["sentence"])

    def test_what_was_minutes_on_its_way_makes_no_clock_slow(self):
        """The phone has measured its clock; only what is wrong by more than that may be off is set right and told."""
        job = self._asked_days_ago(self._assigned())
        left = self._ago(minutes=5)
        for behind, within, is_slow in (
            (0.2, 0.4, False), (150, 150, False), (150, 20, True), (600, 450, True), (-600, 450, True),
        ):  # fmt: skip
            offset = {"behind": behind, "within": within}
            command = self._command("note", job, self._ago(hours=1), text="x")
            answer = self._send(self.technician, command, clock=left, offset=offset)[0]
            self.assertEqual("clock" in answer["sentence"], is_slow, (offset, answer["sentence"]))
            moment = fields.Datetime.to_string(self._ago(hours=1) + timedelta(seconds=behind if is_slow else 0))
            self.assertEqual(answer["moment"], moment, offset)

    def test_an_offset_that_is_none(self):
        """Then the clock as it was sent counts."""
        job = self._asked_days_ago(self._assigned())
        for wrong in (
            7, "x", [], {}, {"behind": 0}, {"behind": True, "within": 0}, {"behind": "0", "within": 0}, {"behind": 0},
            {"behind": float("nan"), "within": 0}, {"behind": 0, "within": float("inf")}, {"behind": 1e300, "within": 0},
        ):  # fmt: skip
            command = self._command("note", job, text="x")
            answer = self._send(self.technician, command, clock=self._ago(hours=3), offset=wrong)[0]
            self.assertIn("03:00 h behind", answer["sentence"], wrong)

    def test_limits_of_the_moment(self):
        """Not to come, not before the work was asked for, not older than the company's days; it says so."""
        job = self._assigned()
        answer = self._do(self.technician, "start", job, self._ago(hours=30))
        self.assertEqual(job.date_started, job.create_date.replace(microsecond=0))
        self.assertIn("nearest moment", answer["sentence"])
        answer = self._do(self.technician, "pause", job, self.now + timedelta(hours=2))
        self.assertLessEqual(job.sudo().labor_ids.timer_stop, fields.Datetime.now())
        self.assertIn("nearest moment", answer["sentence"])
        old = self._asked_days_ago(self._assigned(), 40)
        answer = self._do(self.technician, "start", old, self._ago(days=9))
        self.assertAlmostEqual(old.date_started, self._ago(days=7), delta=timedelta(minutes=1))
        self.assertIn("nearest moment", answer["sentence"])

    def test_what_is_older_than_what_is_remembered_is_kept_and_not_done(self):
        job = self._asked_days_ago(self._assigned(), 40)
        answer = self._do(self.technician, "hours", job, self._ago(days=15), state="look", minutes=60)
        self.assertFalse(job.sudo().labor_ids)
        self.assertIn("01:00 h", self._notes(job))
        self.assertTrue(self._activities(self.planner, job))
        self.assertIn("sent before", answer["sentence"])

    def test_a_moment_at_the_end_of_time(self):
        """With what its clock is off there is no such moment; it is now."""
        job = self._asked_days_ago(self._assigned())
        for moment, clock in (("9999-12-31 23:59:59", self._ago(hours=3)), ("0001-01-01 00:00:00", self._ago(hours=-3))):
            command = {**self._command("note", job, text="x"), "moment": moment}
            answer = self._send(self.technician, command, clock=clock)[0]
            moment = fields.Datetime.from_string(answer["moment"])
            self.assertLess(abs(moment - fields.Datetime.now()), timedelta(minutes=1), answer)

    def test_nothing_ends_before_it_began(self):
        job = self._asked_days_ago(self._assigned())
        self._do(self.technician, "start", job, self._ago(hours=1))
        self._do(self.technician, "complete", job, self._ago(hours=2))
        self.assertEqual((job.date_started, job.date_completed), (self._ago(hours=1), self._ago(hours=1)))
        self.assertEqual(job.sudo().labor_ids.mapped("hours"), [0.01])

    def test_no_context_from_outside_sets_the_moment(self):
        """Only an object that nobody can send says when something was done."""
        job = self._asked_days_ago(self._assigned())
        for value in ("2026-01-01 10:00:00", {"moment": "2026-01-01 10:00:00"}, ["2026-01-01 10:00:00"]):
            job.with_context(maintenance_as_of=value).action_timer_start()
            self.assertGreater(job.date_started, self._ago(minutes=5))
            job.action_timer_pause()

    # -- Rows -----------------------------------------------------------------------------------------

    def test_nobody_writes_what_phones_have_sent(self):
        job = self._asked_days_ago(self._assigned())
        row = self._row(self._do(self.technician, "note", job, text="x"))
        for user in (self.technician, self.planner):
            for act in (
                lambda row: row.write({"state": "look"}),
                lambda row: row.unlink(),
                lambda row: row.create({"command_id": str(uuid.uuid4()), "user_id": row.env.uid, "company_id": 1}),
            ):
                with self.assertRaisesRegex(Exception, "not allowed"):
                    act(row.with_user(user))
        self.assertTrue(row.with_user(self.technician).has_access("read"))
        self.assertFalse(row.with_user(self.colleague).has_access("read"))
        self.assertTrue(row.with_user(self.planner).has_access("read"))
        self.assertFalse(self.env["maintenance.phone.command"].with_user(self.operator).has_access("read"))

    def test_rows_are_forgotten_when_no_phone_can_send_them_again(self):
        job = self._asked_days_ago(self._assigned())
        old, new = (self._row(self._do(self.technician, "note", job, text="x")) for _time in range(2))
        days = 2 * self.company.maintenance_phone_days
        for row, age in ((old, days + 1), (new, days - 1)):
            self.env.cr.execute(
                "UPDATE maintenance_phone_command SET create_date = create_date - make_interval(days => %s) WHERE id = %s",
                [age, row.id],
            )
        self.env.invalidate_all()
        self._run_cron("ir_cron_phone_commands")
        self.assertEqual((old.exists(), new.exists()), (old.browse(), new))

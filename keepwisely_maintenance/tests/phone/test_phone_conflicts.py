from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .phone_common import PhoneCase


@tagged("post_install", "-at_install")
class TestPhoneConflicts(PhoneCase):
    """What others did meanwhile: decided by fact, never dropped, and told."""

    def _take_away(self, job):
        """The planner gives it to another team, of which the technician sees nothing."""
        job.with_user(self.planner).write({"user_id": False, "maintenance_team_id": self.other_team.id})
        job.sudo().message_unsubscribe(self.technician.partner_id.ids)
        self._end_transaction()
        self.assertFalse(job.with_user(self.technician).has_access("read"))

    # -- Two at work ----------------------------------------------------------------------------------

    def test_hours_of_two_add_up(self):
        job = self._asked_days_ago(self._assigned())
        for user in (self.technician, self.colleague):
            self._send(
                user,
                self._command("start", job, self._ago(hours=4)),
                self._command("pause", job, self._ago(hours=2)),
                self._command("hours", job, self._ago(hours=2), minutes=15),
            )
        self.assertEqual(sorted(job.sudo().labor_ids.mapped("hours")), [0.25, 0.25, 2.0, 2.0])

    def test_two_who_started_the_same_job_are_told(self):
        job = self._asked_days_ago(self._assigned())
        job.with_user(self.planner).user_id = False
        first = self._do(self.technician, "start", job, self._ago(hours=2))
        self.assertEqual(job.user_id, self.technician, "who starts it has it")
        self.assertNotIn("agree", first["sentence"])
        told = self._notifications(self.technician, job)
        second = self._do(self.colleague, "start", job, self._ago(hours=3))
        self.assertIn(f"{self.technician.name} works on it as well", second["sentence"])
        news = self._notifications(self.technician, job) - told
        self.assertEqual(len(news), 1)
        self.assertIn(self.colleague.name, str(news.mail_message_id.body))
        self._do(self.colleague, "pause", job, self._ago(hours=1))
        again = self._do(self.colleague, "start", job, self._ago(minutes=30))
        self.assertNotIn("agree", again["sentence"], "both know by now")
        self.assertEqual(self._notifications(self.technician, job) - told, news)

    def test_who_comes_back_to_a_colleague_is_told(self):
        """Hours of another day said that they knew of each other, and nobody was told."""
        job = self._asked_days_ago(self._assigned(), days=3)
        self._send(
            self.colleague,
            self._command("start", job, self._ago(hours=40)),
            self._command("pause", job, self._ago(hours=38)),
            self._command("hours", job, self._ago(hours=38), minutes=15),
        )
        self._do(self.technician, "start", job, self._ago(hours=2))
        told = self._notifications(self.technician, job)
        second = self._do(self.colleague, "start", job, self._ago(hours=1))
        self.assertIn(f"{self.technician.name} works on it as well", second["sentence"])
        self.assertEqual(len(self._notifications(self.technician, job) - told), 1)

    def test_who_is_at_work_is_seen(self):
        job = self._asked_days_ago(self._assigned())
        self._do(self.technician, "start", job, self._ago(hours=1))
        row = self._data(self.colleague)["jobs"]
        self.assertFalse(row, "it is the technician's")
        job.with_user(self.planner).maintenance_crew_ids = self.colleague.partner_id
        row = self._data(self.colleague)["jobs"][0]
        self.assertEqual([worker["name"] for worker in row["working"]], [self.technician.name])
        self.assertEqual(row["working"][0]["since"], fields.Datetime.to_string(self._ago(hours=1)))
        self.assertFalse(row["running"])

    def test_completing_lets_the_colleague_keep_their_time(self):
        job = self._asked_days_ago(self._assigned())
        self._do(self.colleague, "start", job, self._ago(minutes=30))
        self._do(self.technician, "start", job, self._ago(hours=3))
        self._do(self.technician, "complete", job, self._ago(hours=1))
        hours = {labor.user_id: labor.hours for labor in job.sudo().labor_ids}
        self.assertEqual(hours[self.technician], 2.0)
        self.assertAlmostEqual(hours[self.colleague], 0.5, delta=0.02)

    def test_timers_of_two_jobs_in_one_night(self):
        """Each start pauses what ran before; what was begun at a desk since is not touched."""
        first, second, at_desk = (self._asked_days_ago(self._assigned()) for _job in range(3))
        self._send(
            self.technician,
            self._command("start", first, self._ago(hours=5)),
            self._command("start", second, self._ago(hours=3)),
            self._command("complete", second, self._ago(hours=2)),
        )
        self.assertEqual((first.sudo().labor_ids.hours, second.sudo().labor_ids.hours), (2.0, 1.0))
        at_desk.with_user(self.technician).action_timer_start()
        answer = self._do(self.technician, "start", first, self._ago(hours=1))
        self.assertTrue(at_desk.is_timer_running)
        self.assertAlmostEqual(sum(first.sudo().labor_ids.mapped("hours")), 3.0, delta=0.02)
        self._do(self.technician, "pause", first, self._ago(minutes=30))
        self.assertAlmostEqual(sum(first.sudo().labor_ids.mapped("hours")), 2.5, delta=0.02)
        self.assertTrue(at_desk.is_timer_running, answer)

    def test_a_timer_that_was_taken_for_forgotten(self):
        """It booked the company's limit; the phone knows better when it sends."""
        job = self._asked_days_ago(self._assigned())
        self._do(self.technician, "start", job, self._ago(hours=14))
        self._run_cron("ir_cron_forgotten_timers")
        self.assertEqual(job.sudo().labor_ids.hours, 12.0)
        self._do(self.technician, "pause", job, self._ago(hours=8))
        self.assertEqual(job.sudo().labor_ids.hours, 6.0)

    # -- Tasks ----------------------------------------------------------------------------------------

    def _task(self, job, **values):
        return self.env["maintenance.task"].create({"maintenance_request_id": job.id, "name": "Pressure", **values})

    def test_a_task_answered_twice(self):
        """The newest by the phones' clocks counts, whoever sends first; both are kept and both are told."""
        for order in (1, -1):
            job = self._asked_days_ago(self._assigned())
            task = self._task(job, kind="number", unit="bar")
            answers = [(self.technician, self._ago(hours=3), 3.5), (self.colleague, self._ago(hours=2), 4.25)][::order]
            said = [self._do(user, "task", job, moment, task=task.id, answer=value) for user, moment, value in answers]
            self.assertEqual((task.value, task.done_by_id, task.date_done), (4.25, self.colleague, self._ago(hours=2)))
            self.assertIn("both answers are kept", said[1]["sentence"])
            note = self._notes(job)
            self.assertLess(note.index("4.25 bar"), note.index("3.5 bar"), "the newest first")
            self.assertTrue(self._notifications(answers[0][0], job).filtered(
                lambda news: "answered twice" in str(news.mail_message_id.body)))  # fmt: skip

    def test_a_task_that_one_answers_again(self):
        job = self._asked_days_ago(self._assigned())
        task = self._task(job, kind="pass_fail")
        self._do(self.technician, "task", job, self._ago(hours=2), task=task.id, answer="pass")
        self._do(self.technician, "task", job, self._ago(hours=1), task=task.id, answer="fail", note="Leaks")
        self.assertEqual((task.result, task.note), ("fail", "Leaks"))
        answer = self._do(self.technician, "task", job, self._ago(hours=3), task=task.id, answer="pass")
        self.assertEqual(task.result, "fail")
        self.assertIn("again since", answer["sentence"])
        self.assertNotIn("answered twice", self._notes(job))

    def test_each_kind_of_answer(self):
        job = self._asked_days_ago(self._assigned())
        given = {"tick": True, "pass_fail": "pass", "number": 0, "text": "Worn"}
        for kind, answer in given.items():
            task = self._task(job, kind=kind)
            self._do(self.technician, "task", job, task=task.id, answer=answer)
            self.assertTrue(task.is_done, kind)
            row = next(row for row in self._data(self.technician)["jobs"][0]["tasks"] if row["id"] == task.id)
            self.assertEqual((row["answer"], row["done_by"]), (answer, self.technician.name), kind)
        for kind, answer in (("pass_fail", "maybe"), ("number", "three"), ("number", True), ("text", ""), ("photo", "x")):
            task = self._task(job, kind=kind)
            self._do(self.technician, "task", job, task=task.id, answer=answer, state="look")
            self.assertFalse(task.is_done, kind)

    # -- Closed, cancelled, reassigned ----------------------------------------------------------------

    def test_work_that_was_closed_meanwhile(self):
        job = self._asked_days_ago(self._assigned())
        version = self._get_version(self.technician, job)
        job.with_user(self.planner).action_complete()
        job.with_user(self.planner).action_close()
        self.env["mail.activity"].search([("res_id", "=", job.id), ("res_model", "=", job._name)]).unlink()
        answers = self._send(
            self.technician,
            self._command("start", job, self._ago(hours=4), version=version),
            self._command("pause", job, self._ago(hours=2, minutes=30), version=version),
            self._command("hours", job, self._ago(hours=2), minutes=20, note="Cleaning", version=version),
            self._command("complete", job, self._ago(hours=2), version=version),
        )
        self.assertEqual([answer["state"] for answer in answers[:3]], ["look", "sent", "look"], answers)
        self.assertFalse(job.sudo().labor_ids)
        notes = self._notes(job)
        self.assertIn("01:30 h, and not booked", notes)
        self.assertIn("00:20 h", notes)
        self.assertIn("Cleaning", notes)
        self.assertEqual(len(self._activities(self.planner, job)), 1, "one to-do for all of it")
        self.assertTrue(all("planner" in answers[index]["sentence"] for index in (0, 1, 2)), answers)

    def test_work_that_was_completed_meanwhile_takes_the_hours(self):
        job = self._asked_days_ago(self._assigned())
        job.with_user(self.colleague).action_complete()
        answers = self._send(
            self.technician,
            self._command("start", job, self._ago(hours=4)),
            self._command("complete", job, self._ago(hours=2)),
        )
        self.assertEqual(job.sudo().labor_ids.mapped("hours"), [2.0])
        self.assertIn("02:00 h were booked", answers[1]["sentence"])
        self.assertIn("is completed already", answers[1]["sentence"])

    def test_what_was_begun_ends_once_and_is_told_once(self):
        """Also where what ends it is refused itself; what a colleague has begun goes on."""
        over, report = self._assigned(), self._report(maintenance_team_id=self.team.id)
        for job in (over, report):
            self._asked_days_ago(job)
        over.with_user(self.planner).action_complete()
        for user in (self.technician, self.colleague):
            self._do(user, "start", over, self._ago(hours=5), state="look")
        answer = self._do(self.technician, "start", report, self._ago(hours=4), state="look")
        self.assertEqual(answer["sentence"].count("were booked"), 1, answer["sentence"])
        self.assertEqual(over.sudo().labor_ids.mapped(lambda labor: (labor.user_id, labor.hours)), [(self.technician, 1.0)])
        answer = self._do(self.colleague, "complete", over, self._ago(hours=2))
        self.assertIn("03:00 h were booked", answer["sentence"])
        self.assertEqual(sorted(over.sudo().labor_ids.mapped("hours")), [1.0, 3.0])

    def test_work_that_was_cancelled_meanwhile(self):
        job = self._asked_days_ago(self._assigned())
        task = self._task(job)
        job.with_user(self.planner).archive_equipment_request()
        answer = self._do(self.technician, "task", job, task=task.id, answer=True, note="Done all the same", state="look")
        self.assertFalse(task.is_done)
        self.assertIn("Done all the same", self._notes(job))
        self.assertIn("Cancelled", answer["sentence"])
        self.assertEqual(len(self._activities(self.planner, job)), 1)

    def test_work_of_another_team_by_now(self):
        job = self._asked_days_ago(self._assigned())
        task, foreign = self._task(job, kind="number"), self._task(self._report(), name="Hidden")
        version = self._get_version(self.technician, job)
        self._take_away(job)
        answer = self._do(self.technician, "hours", job, self._ago(hours=1), minutes=50, version=version, state="look")
        self.assertFalse(job.sudo().labor_ids)
        self.assertIn("00:50 h", self._notes(job))
        self._do(self.technician, "task", job, self._ago(hours=1), task=task.id, answer=7, version=version, state="look")
        self.assertIn("Pressure", self._notes(job), "the planner reads which task it was")
        self._do(self.technician, "task", job, task=foreign.id, answer=7, version=version, state="look")
        self.assertNotIn("Hidden", self._notes(job))
        self.assertEqual(len(self._activities(self.planner, job)), 1)
        self.assertIn("not yours any more", answer["sentence"])
        self.assertNotIn(job.sudo().reference, answer["sentence"])
        again = self._do(self.technician, "note", job, text="And cleaned", version=version, state="look")
        self.assertEqual(again["job"], job.id)
        self.assertEqual(len(self._activities(self.planner, job)), 1)

    def test_given_to_a_colleague_of_the_team(self):
        """What was done counts, since the team may do it; everybody learns that two were at it."""
        job = self._asked_days_ago(self._assigned())
        version = self._get_version(self.technician, job)
        job.with_user(self.planner).user_id = self.colleague
        answer = self._do(self.technician, "hours", job, self._ago(hours=1), minutes=60, version=version)
        self.assertEqual(job.sudo().labor_ids.hours, 1.0)
        self.assertIn(f"{self.colleague.name} has it by now", answer["sentence"])
        self.assertEqual(len(self._activities(self.planner, job)), 1)
        told = self._notifications(self.colleague, job).mail_message_id.mapped("body")
        self.assertTrue([body for body in told if "without a signal" in str(body)])
        self._do(self.technician, "hours", job, self._ago(minutes=30), minutes=10, version=version)
        self.assertEqual(len(self._activities(self.planner, job)), 1)

    def test_work_of_the_team_is_not_told_as_taken_away(self):
        job = self._asked_days_ago(self._assigned())
        job.with_user(self.planner).user_id = self.colleague
        answer = self._do(self.technician, "hours", job, self._ago(hours=1), minutes=60)
        self.assertNotIn("by now", answer["sentence"])
        self.assertFalse(self._activities(self.planner, job))

    def test_work_that_is_gone(self):
        report = self._report(maintenance_team_id=self.team.id, priority="3").with_user(self.technician)
        version = self._get_version(self.technician, report)
        report.with_user(self.operator).unlink()
        answer = self._do(self.technician, "note", report, text="x", version=version, state="look")
        self.assertIsNone(answer["job"])

    # -- What failed ----------------------------------------------------------------------------------

    def test_what_two_say_of_the_failure_is_kept(self):
        job = self._asked_days_ago(self._assigned())
        codes = self.env["maintenance.failure.code"]
        worn, broken = (codes.create({"name": name, "kind": "failure"}) for name in ("Worn", "Broken"))
        remedy = codes.create({"name": "Replaced", "kind": "remedy"})
        self._do(self.colleague, "failure", job, problem=worn.id, cause=None, remedy=None, text="New belt")
        self._do(self.technician, "failure", job, problem=broken.id, cause=None, remedy=remedy.id, text="New bearing")
        self.assertEqual((job.failure_id, job.remedy_id), (broken, remedy))
        self.assertEqual(job.work_done, "New belt\nNew bearing")
        self.assertIn("Before it was: Worn", self._notes(job))
        self._do(self.technician, "failure", job, problem=remedy.id, text="", state="look")
        self.assertEqual(job.failure_id, broken)

    # -- Reports and readings -------------------------------------------------------------------------

    def test_a_new_problem_and_what_follows_on_it(self):
        moment = self._ago(hours=6)
        report = self._command(
            "report", None, moment, asset=self.conveyor.id, title="Belt torn", text="At the <b>joint</b>", priority="2",
            status="down",
        )
        note = self._command("note", None, moment + timedelta(minutes=5), report=report["id"], text="Fenced off")
        answers = self._send(self.technician, report, note)
        job = self.env["maintenance.request"].browse(answers[0]["job"])
        self.assertEqual([answer["state"] for answer in answers], ["sent", "sent"], answers)
        self.assertEqual((job.name, job.owner_user_id, job.priority), ("Belt torn", self.technician, "2"))
        self.assertIn("&lt;b&gt;", job.description)
        self.assertEqual(job.sudo().downtime_ids.date_from, moment, "it stands still since then, not since there is a signal")
        self.assertEqual(job.maintenance_reported_at, moment)
        self.assertIn("Fenced off", self._notes(job))
        self.assertEqual(self._send(self.technician, report)[0], answers[0])
        stolen = self._do(self.outsider, "note", None, report=report["id"], text="x", state="look")
        self.assertIsNone(stolen["job"])
        job.with_user(self.planner).action_approve()
        self._do(self.technician, "start", None, moment + timedelta(hours=1), report=report["id"])
        self.assertEqual(job.date_started, moment + timedelta(hours=1))

    def test_a_reading_at_its_moment(self):
        meter = self.env["maintenance.meter"].create(
            {"name": "Hours", "code": "KW-H", "equipment_id": self.conveyor.id, "unit": "h", "kind": "counter"}
        )
        job = self._asked_days_ago(self._assigned())
        self._do(self.technician, "reading", job, self._ago(hours=3), meter=meter.id, value=100)
        self.assertEqual((meter.value, meter.value_date), (100.0, self._ago(hours=3)))
        answer = self._do(self.technician, "reading", job, self._ago(hours=2), meter=meter.id, value=90, state="look")
        self.assertIn("lower than the reading", answer["sentence"])
        self.assertIn("90", self._notes(job))
        self._do(self.technician, "reading", None, self._ago(hours=1), meter=meter.id, value=101)
        self.assertEqual(meter.reading_ids.mapped("source"), ["manual", "manual"])

    def test_who_is_in_the_crew(self):
        job = self._asked_days_ago(self._assigned())
        self.team.member_ids = [Command.unlink(self.colleague.id)]
        job.with_user(self.planner).maintenance_crew_ids = self.colleague.partner_id
        self._do(self.colleague, "start", job, self._ago(hours=1))
        self._do(self.colleague, "pause", job)
        self.assertAlmostEqual(job.sudo().labor_ids.hours, 1.0, delta=0.02)

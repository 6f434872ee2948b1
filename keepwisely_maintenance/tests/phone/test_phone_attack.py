from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .phone_common import PhoneCase

#: What each kind says where it names something of the work order.
KINDS = (
    "start", "pause", "hours", "task", "note", "failure", "part_used", "part_asked", "part_dropped", "reading", "photo",
    "signature", "complete",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestPhoneAttack(PhoneCase):
    """Nothing is possible on a phone that is refused online, and nothing is told of what is not shown."""

    def setUp(self):
        super().setUp()
        self.foreign = self._asked_days_ago(self._report(maintenance_team_id=self.other_team.id, name="Secret relay"))
        planned = self.foreign.with_user(self.planner)
        planned.action_approve()
        self.foreign_task = self.env["maintenance.task"].create(
            {"maintenance_request_id": self.foreign.id, "name": "Secret step"}
        )
        self.foreign_part = self._add_part(planned, self.seal, 2)
        self.mine = self._asked_days_ago(self._assigned())
        self.my_part = self._add_part(self.mine, self.seal, 1)
        self._end_transaction()

    def _values(self, kind, task=None, part=None):
        task, part = task or self.foreign_task, part or self.foreign_part
        return {
            "hours": {"minutes": 60},
            "task": {"task": task.id, "answer": True},
            "note": {"text": "I was here"},
            "failure": {"text": "I was here"},
            "part_used": {"move": part.id, "product": self.seal.id, "quantity": 1},
            "part_asked": {"move": part.id},
            "part_dropped": {"move": part.id},
            "photo": {"task": task.id, "size": 1, "sha256": "0"},
            "signature": {"task": task.id, "name": "X", "png": "x"},
        }.get(kind, {})

    def _look(self, job):
        """All that a command may have changed about a work order."""
        job = job.sudo()
        return {
            "job": job.read(["state", "user_id", "work_done", "date_started", "maintenance_crew_ids"]),
            "tasks": job.task_ids.read(["is_done", "note", "photo", "signature"]),
            "parts": job.part_ids.read(["product_uom_qty", "quantity", "picked", "state"]),
            "hours": job.labor_ids.ids,
            "messages": job.message_ids.ids,
            "todos": job.activity_ids.ids,
            "lines": job.requisition_line_ids.ids,
            "followers": job.message_partner_ids.ids,
        }

    def test_work_of_another_team(self):
        before = self._look(self.foreign)
        for kind in KINDS:
            forged = f"0123456789abcdef.0.{self.now.toordinal()}.0123456789abcdef0123"
            for version in (None, forged, self.mine._maintenance_phone_mark("0" * 16)):
                answer = self._do(self.technician, kind, self.foreign, version=version, state="look", **self._values(kind))
                self.assertNotIn("Secret", answer["sentence"], kind)
                self.assertIsNone(answer["job"], kind)
                row = self._row(answer)
                self.assertFalse(row.maintenance_request_id, "of another's work nothing is kept")
        self.assertEqual(self._look(self.foreign), before)

    def test_a_mark_is_for_one_person_and_one_work_order(self):
        version = self._get_version(self.outsider, self.foreign)
        answer = self._do(self.technician, "note", self.foreign, version=version, text="x", state="look")
        self.assertIsNone(answer["job"])
        digest, owner, day, mark = version.split(".")
        theirs = self.foreign.with_user(self.outsider)
        for changed in (
            f"{digest}.{self.technician.id}.{day}.{mark}", f"{digest}.{owner}.{int(day) + 9}.{mark}", f"{digest}.{owner}.{day}.",
            f".{mark}", "...", mark, "é.ü.ö.ß", "",
        ):  # fmt: skip
            self.assertFalse(theirs._maintenance_phone_was_shown(changed), changed)
        self.assertTrue(theirs._maintenance_phone_was_shown(version))
        with freeze_time(self.now + timedelta(days=30)):
            self.assertFalse(theirs._maintenance_phone_was_shown(version), "no mark is good for ever")

    def test_what_is_not_there_sounds_like_what_is_not_ours(self):
        missing = self.foreign.browse(2_000_000)
        jobs = (missing, self.foreign)
        sentences = {self._do(self.technician, "note", job, text="x", state="look")["sentence"] for job in jobs}
        self.assertEqual(len(sentences), 1)

    def test_things_of_other_work_orders_under_ones_own(self):
        """The ids inside are checked as well: tasks, parts, products, meters, codes, lots."""
        before = self._look(self.foreign)
        for kind in ("task", "part_used", "part_asked", "part_dropped", "photo", "signature"):
            answer = self._do(self.technician, kind, self.mine, state="look", **self._values(kind))
            self.assertNotIn("Secret", answer["sentence"], kind)
            self.assertNotIn("Secret", self._notes(self.mine), kind)
        self.assertEqual(self._look(self.foreign), before)
        transfer = self._create_transfer(self.warehouse.out_type_id, self.seal, 3).move_ids
        for kind in ("part_used", "part_asked", "part_dropped"):
            self._do(self.technician, kind, self.mine, state="look", **self._values(kind, part=transfer))
        self.assertEqual((transfer.state, transfer.picked), ("assigned", False))

    def test_ids_that_are_none(self):
        for value in (True, -1, 0.5, "1", [1], {"id": 1}, 2**40, "1 OR 1=1"):
            self._do(self.technician, "task", self.mine, task=value, answer=True, state="look")
            self._do(self.technician, "part_dropped", self.mine, move=value, state="look")
            self._do(self.technician, "reading", self.mine, meter=value, value=1, state="look")
        for job in (True, "1", [self.mine.id], -1, 2**40):
            answer = self._send(self.technician, {**self._command("note", None, text="x"), "job": job})[0]
            self.assertEqual((answer["state"], answer["job"]), ("look", None))

    def test_what_is_not_read_breaks_nothing(self):
        """An id that the database cannot hold, a word without an end, more than anybody enters: refused, not broken."""
        endless = {}
        for _level in range(20_000):
            endless = {"in": endless}
        for values in ({"task": 2**40, "answer": True}, endless, {"text": "x", "more": "a" * 300_000}):
            answer = self._do(self.technician, "task" if "task" in values else "note", self.mine, state="look", **values)
            self.assertNotIn("administrator", answer["sentence"])
            self.assertFalse((self._row(answer).content or {}).get("more"), "nothing of it is kept")

    def test_no_more_at_once_than_a_call_may_bring(self):
        command = self._command("note", self.mine, text="x")
        for commands in ([command] * 101, "x", None, {"id": command["id"]}):
            with self.assertRaisesRegex(UserError, "up to 100 entries"):
                self.env["maintenance.phone.command"].with_user(self.technician)._receive(None, commands)
        self.assertFalse(self._row(command))

    def test_when_others_asked_for_their_work_is_not_told(self):
        before = self._ago(days=5)
        answer = self._do(self.technician, "note", self.foreign, before, text="x", state="look")
        self.assertEqual(answer["moment"], str(before))
        self.assertNotIn("nearest", answer["sentence"])

    def test_the_report_of_somebody_else(self):
        """Who names it as theirs does not learn which work order it became."""
        report = self._do(self.colleague, "report", None, title="x")
        for kind in ("note", "hours", "start"):
            answer = self._do(self.technician, kind, None, report=report["id"], state="look", **self._values(kind))
            self.assertIsNone(answer["job"], kind)

    def test_a_part_that_came_back(self):
        """A return is no part to use, ask for or drop."""
        self._do(self.technician, "part_used", self.mine, move=self.my_part.id, product=self.seal.id, quantity=1)
        self.my_part.action_use_part()
        self.my_part.action_return_part(1)
        back = self.mine.sudo().part_ids.filtered("origin_returned_move_id") or self.my_part.sudo().returned_move_ids
        self.assertTrue(back)
        for kind in ("part_used", "part_asked", "part_dropped"):
            answer = self._do(self.technician, kind, self.mine, state="look", **self._values(kind, part=back))
            self.assertIn("not on the work order any more", answer["sentence"], kind)

    def test_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        team = self.env["maintenance.team"].create({"name": "There", "company_id": company.id})
        asset = self.env["maintenance.equipment"].create({"name": "Secret press", "company_id": company.id})
        job = self.env["maintenance.request"].create(
            {"name": "Secret job", "company_id": company.id, "maintenance_team_id": team.id, "equipment_id": asset.id}
        )
        meter = self.env["maintenance.meter"].create({"name": "Secret hours", "code": "S", "equipment_id": asset.id})
        before = self._look(job)
        self._do(self.technician, "note", job, text="x", state="look")
        self._do(self.technician, "reading", None, meter=meter.id, value=1, state="look")
        self._do(self.technician, "report", None, asset=asset.id, title="x", state="look")
        self.assertEqual(self._look(job), before)
        self.assertFalse(meter.reading_ids)
        self.assertNotIn("Secret", str(self._data(self.technician)))

    def test_what_is_refused_online_is_refused(self):
        """Gates of the model, with its own words."""
        report = self._asked_days_ago(self._report(maintenance_team_id=self.team.id))
        answer = self._do(self.technician, "start", report, state="look")
        self.assertIn("waits for a planner's approval", answer["sentence"])
        self.assertFalse(report.sudo().labor_ids)
        self.env["maintenance.task"].create(
            {"maintenance_request_id": self.mine.id, "name": "Lock out", "is_before_start": True, "kind": "pass_fail"}
        )
        answer = self._do(self.technician, "start", self.mine, state="look")
        self.assertIn("Answer “Lock out” before starting", answer["sentence"])
        self.env["maintenance.task"].create({"maintenance_request_id": self.mine.id, "name": "Test run", "is_mandatory": True})
        answer = self._do(self.technician, "complete", self.mine, state="look")
        self.assertIn("before", answer["sentence"])
        self.assertNotIn(self.mine.state, ("completed", "in_progress"))

    def test_who_is_no_technician(self):
        rows = self.env["maintenance.phone.command"]
        for user in (self.operator, self.buyer):
            answer = rows.with_user(user)._receive(None, [self._command("start", self.mine)])[0]
            self.assertEqual(answer["state"], "look")
        self.assertEqual(self.mine.state, "assigned")

    def test_a_technician_who_left_the_team(self):
        version = self._get_version(self.technician, self.mine)
        self.mine.with_user(self.planner).user_id = self.colleague
        self.mine.sudo().message_unsubscribe(self.technician.partner_id.ids)
        self.team.member_ids = [Command.unlink(self.technician.id)]
        answer = self._do(self.technician, "complete", self.mine, version=version, state="look")
        self.assertEqual(self.mine.sudo().state, "assigned")
        self.assertIn("planner", answer["sentence"])

    def test_a_technician_cannot_speak_for_others(self):
        other = new_test_user(self.env, login="kw_other", groups="keepwisely_maintenance.group_maintenance_technician")
        for name in ("user_id", "person_id", "user", "uid"):
            command = self._command("hours", self.mine, minutes=1)
            command["values"][name] = other.id
            self._send(self.technician, command)
        self.assertEqual(self.mine.sudo().labor_ids.user_id, self.technician)
        self._do(self.technician, "report", None, title="x", user_id=other.id, stage_id=3, company_id=1)
        job = self.env["maintenance.request"].search([], limit=1, order="id desc")
        self.assertEqual((job.state, job.owner_user_id, job.user_id), ("requested", self.technician, other.browse()))

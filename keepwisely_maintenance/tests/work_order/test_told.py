from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_people import PeopleCase
from .test_team_mail import TeamMailCase


@tagged("post_install", "-at_install")
class TestTold(PeopleCase):
    """Whoever has to act is told, once; nobody is told what is no news."""

    def _mails(self, user, request):
        self._end_transaction()
        return self._notifications(user, request)

    def test_a_report_waits_for_its_planner(self):
        other = new_test_user(self.env, login="kw_planner2", groups="maintenance.group_equipment_manager", name="Other")
        request = self._report()
        self.assertEqual(len(self._todos(self.planner, request, "reported")), 1)
        self.assertFalse(self._activities(other, request), "the team has its planner")
        self.assertNotIn(self.planner.partner_id, request.sudo().message_partner_ids)
        request.with_user(other).action_approve()
        self.assertFalse(request.sudo().activity_ids)
        self.team.maintenance_planner_id = False
        request = self._report()
        self.assertTrue(self._todos(self.planner, request, "reported") and self._todos(other, request, "reported"))
        request.with_user(self.planner).archive_equipment_request()
        self.assertFalse(request.sudo().activity_ids)

    def test_planners_need_no_word_about_what_they_do_themselves(self):
        values = {"name": "Leak", "equipment_id": self.conveyor.id}
        requests = self.env["maintenance.request"]
        request = requests.with_user(self.planner).create(values)
        self.assertFalse(request.sudo().activity_ids)
        request = requests.with_user(self.technician).create(values)
        self.assertTrue(self._todos(self.planner, request, "reported"))
        request = requests.sudo().create({**values, "maintenance_type": "preventive"})
        self.assertFalse(request.sudo().activity_ids, "preventive work is nobody's report")

    def test_a_report_to_another_team(self):
        other = new_test_user(self.env, login="kw_planner2", groups="maintenance.group_equipment_manager", name="Other")
        self.other_team.maintenance_planner_id = other
        request = self._report()
        request.maintenance_team_id = self.other_team
        self.assertFalse(self._activities(self.planner, request))
        self.assertEqual(len(self._todos(other, request, "reported")), 1)

    def test_an_emergency(self):
        request = self._report(priority="3")
        for user in (self.planner, self.technician, self.colleague):
            told = self._mails(user, request)
            self.assertEqual(len(told), 1, user.name)
            self.assertIn("Conveyor 3", told.mail_message_id.body)
        self.assertFalse(self._mails(self.outsider, request) | self._mails(self.operator, request))
        self.assertFalse(request.sudo().activity_ids, "not a to-do besides")
        request.with_user(self.planner).maintenance_team_id = self.other_team
        self.assertEqual(len(self._mails(self.outsider, request)), 1, "the team that has it now")
        self.assertEqual(len(self._mails(self.technician, request)), 1)
        request = self._report()
        request.with_user(self.planner).priority = "3"
        self.assertEqual(len(self._mails(self.technician, request)), 1, "raised to an emergency")
        request.with_user(self.planner).write({"priority": "3", "name": "Again"})
        self.assertEqual(len(self._mails(self.technician, request)), 1)
        self.assertFalse(self._mails(self.planner, request), "who raised it knows")

    def test_stages_are_no_news(self):
        """Four moves of a job, and the reporter gets one message: that it is done."""
        request = self._report()
        self._end_transaction()
        plan = request.with_user(self.planner)
        plan.action_approve()
        plan.user_id = self.technician
        plan.action_assign()
        self._end_transaction()
        work = request.with_user(self.technician)
        for step in ("action_start", "action_timer_pause"):
            getattr(work, step)()
            self._end_transaction()
        self.assertFalse(self._notifications(self.operator, request))
        self.assertEqual(len(self._notifications(self.technician, request)), 1, "that it is theirs")
        work.action_complete()
        self.assertEqual(len(self._mails(self.operator, request)), 1)
        self.assertEqual(len(self._mails(self.technician, request)), 1)
        plan.action_close()
        self.assertEqual(len(self._mails(self.operator, request)), 1)
        changes = request.sudo().message_ids.tracking_value_ids.filtered(lambda value: value.field_id.name == "stage_id")
        stages = self.env["maintenance.stage"].browse(changes.sorted("id").mapped("new_value_integer"))
        states = stages.mapped("state")
        self.assertEqual(states, ["assigned", "in_progress", "completed", "closed"], "each move is in the history")

    def test_not_fixed_is_told_once(self):
        request = self._assigned()
        request.action_start()
        request.action_complete()
        self._end_transaction()
        before = self._notifications(self.technician, request)
        request.with_user(self.operator).action_not_fixed("It still squeals")
        self.assertEqual(len(self._mails(self.technician, request) - before), 1)

    def test_back_to_work_is_news(self):
        request = self._assigned()
        request.action_start()
        request.action_complete()
        before = self._mails(self.technician, request)
        request.with_user(self.planner).action_reopen()
        self.assertEqual(len(self._mails(self.technician, request) - before), 1)

    def test_planned_work_is_on_the_board(self):
        request = self._assigned(schedule_date=fields.Datetime.now())
        self.assertFalse(request.sudo().activity_ids)
        self.assertEqual(len(self._mails(self.technician, request)), 1, "that it is theirs, not that it is planned besides")

    def test_todos_of_work_that_is_not_done_go(self):
        request = self._assigned(schedule_date=fields.Datetime.now())
        planned = request.sudo().activity_schedule("maintenance.mail_act_maintenance_request", user_id=self.technician.id)
        request.with_user(self.planner).schedule_date = False
        self.assertFalse(planned.exists(), "no longer planned")
        todo = request.sudo().activity_schedule("mail.mail_activity_data_todo", user_id=self.technician.id)
        request.with_user(self.planner).archive_equipment_request()
        self.assertFalse(todo.exists(), "cancelled")

    def test_answered_in_the_chatter(self):
        request = self._assigned()
        request.action_start()
        request.action_complete()
        comment = {"subtype_xmlid": "mail.mt_comment", "message_type": "comment"}
        for user in (self.technician, self.colleague, self.planner):
            request.with_user(user).message_post(body="Done", **comment)
        request.with_user(self.operator).action_confirm_fix()
        self.assertFalse(request.sudo().activity_ids)
        for _again in range(2):
            request.with_user(self.operator).message_post(body="No, it still squeals", **comment)
            self.assertEqual(len(self._todos(self.planner, request, "answered")), 1, "once")
        request.with_user(self.planner).action_reopen()
        self.assertFalse(request.sudo().activity_ids)


@tagged("post_install", "-at_install")
class TestMailOfMachines(TeamMailCase):
    """Automatic answers make no work orders, and a loop of mails ends."""

    def _count(self):
        return self.env["maintenance.request"].search_count([])

    def test_machines_report_nothing(self):
        before = self._count()
        for headers in (
            "Auto-Submitted: auto-replied\n",
            "auto-submitted: auto-generated; owner=x\n",
            "Precedence: bulk\n",
            "Precedence: LIST\n",
            "Precedence: junk\n",
            "Precedence: auto_reply\n",
            "X-Auto-Response-Suppress: All\n",
        ):
            with self.subTest(headers=headers):
                self.assertFalse(self._mail(subject="Out of office", headers=headers))
        self.assertFalse(self._mail(return_path="<>"))
        self.assertFalse(self._mail(sender="MAILER-DAEMON@example.com", subject="Undelivered Mail Returned to Sender"))
        self.assertEqual(self._count(), before)
        self.assertTrue(self._mail(headers="Auto-Submitted: no\nPrecedence: normal\nX-Auto-Response-Suppress: None\n"))

    def test_a_machine_whose_mails_are_reports(self):
        self.env["mail.gateway.allowed"].create({"email": "plc@example.com"})
        self.assertTrue(self._mail(sender="plc@example.com", headers="Auto-Submitted: auto-generated\n"))
        self.assertFalse(self._mail(sender="other@example.com", headers="Auto-Submitted: auto-generated\n"))

    def test_an_automatic_answer_to_a_work_order(self):
        request = self._mail()
        asked = request.with_user(self.planner).message_post(body="Since when?", subtype_xmlid="mail.mt_comment")
        count, before = len(request.message_ids), self._count()
        answer = f"References: {asked.message_id}\nAuto-Submitted: auto-replied\n"
        self._mail(subject="Out of office", headers=answer)
        self.assertEqual((len(request.message_ids), self._count()), (count, before))
        self._mail(subject="Re: Noise", headers=f"References: {asked.message_id}\nPrecedence: list\n")
        self.assertEqual(len(request.message_ids), count + 1, "a person who writes through a list")

    @mute_logger("odoo.addons.mail.models.mail_thread", "odoo.addons.mail.models.mail_mail")
    def test_a_loop_ends(self):
        """A machine that gives no sign of being one, and answers every mail with a new one."""
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 3)
        before = self._count()
        for _again in range(6):
            self._mail(sender="robot@example.com", subject="Ticket opened")
        self.assertEqual(self._count() - before, 3)
        self.assertTrue(self._mail(sender="olivia@example.com"), "others still report")

    def test_still_broken_by_mail(self):
        self.team.maintenance_planner_id = self.planner
        request = self._mail(sender="Olivia <olivia@example.com>")
        stranger = self._mail(sender="eve@example.com")
        for work, sender in ((request, "olivia@example.com"), (stranger, "eve@example.com")):
            plan = work.with_user(self.planner)
            plan.action_approve()
            plan.user_id = self.technician
            work.with_user(self.technician).action_start()
            work.with_user(self.technician).action_complete()
            self.assertFalse(self._activities(self.planner, work))
            references = f"References: {work.message_ids[-1:].message_id}\n"
            for _again in range(2):
                self._mail(sender=sender, subject="Re: Noise", body="Still broken", headers=references)
                todo = self._activities(self.planner, work)
                self.assertEqual(todo.activity_type_id, self.env.ref("keepwisely_maintenance.mail_activity_answered"))
                self.assertEqual(len(todo), 1, "once")
            self.assertEqual(work.state, "completed")
        answer = f"{references}Auto-Submitted: auto-replied\n"
        self._activities(self.planner, stranger).unlink()
        self._mail(sender="eve@example.com", subject="Out of office", headers=answer)
        self.assertFalse(self._activities(self.planner, stranger))

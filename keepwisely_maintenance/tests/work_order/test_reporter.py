from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ...words import format_day
from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestReport(MaintenanceCase):
    """Whoever reports sees progress in words, confirms the fix, or says that it is not fixed."""

    def _completed(self, **values):
        """Work that the operator reported, done by the technician; as the operator sees it."""
        request = self._assigned(**values)
        request.action_start()
        request.action_complete()
        return request.with_user(self.operator)

    def _closed(self, **values):
        request = self._completed(**values)
        request.with_user(self.planner).action_close()
        return request

    # -- Progress -----------------------------------------------------------------------------

    def test_progress_in_words(self):
        request = self._report()
        planned = request.with_user(self.planner)
        self.assertEqual(request.progress_message, "Reported. A planner looks at it next.")
        planned.action_approve()
        self.assertEqual(request.progress_message, "Approved. It is given to a technician next.")
        planned.write({"schedule_date": "2030-05-06 08:00:00", "schedule_end": "2030-05-07 10:00:00"})
        self.assertEqual(request.progress_message, "Approved, planned for May 7, 2030.")
        self.assertEqual(request.expected_date, fields.Date.to_date("2030-05-07"))
        planned.user_id = self.technician
        planned.action_assign()
        self.assertEqual(request.progress_message, "Technician will do it, planned for May 7, 2030.")
        planned.action_start()
        self.assertEqual(request.progress_message, "Technician is working on it.")
        planned.action_complete()
        today = format_day(self.env, self.company._get_plant_day())
        self.assertEqual(request.progress_message, f"Done on {today}.")
        self.assertFalse(request.expected_date)
        request.action_confirm_fix()
        self.assertEqual(request.progress_message, f"Done on {today}. You confirmed that it is fixed.")
        self.assertEqual(planned.progress_message, f"Done on {today}, and confirmed to be fixed.")
        cancelled = self._report()
        cancelled.archive_equipment_request()
        self.assertEqual(cancelled.progress_message, "Cancelled.")

    def test_progress_of_work_that_waits(self):
        request = self._assigned()
        part = self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        self.assertEqual(request.state, "waiting_parts")
        report = request.with_user(self.operator)
        self.assertEqual(report.expected_date, request.parts_ready_date)
        self.assertRegex(report.progress_message, r"^Waits for parts, expected on [A-Z][a-z]{2} \d+(, \d{4})?\.$")
        self.assertTrue(part.exists())

    def test_the_reporter_s_page_opens_with_what_reporters_may_read(self):
        request = self._completed()
        form = self.env.ref("keepwisely_maintenance.maintenance_request_view_form_report")
        views = self.env["maintenance.request"].with_user(self.operator).get_views([(form.id, "form")])
        names = views["models"]["maintenance.request"]["fields"]
        request.read([name for name in names if name in request._fields])

    # -- Confirming ---------------------------------------------------------------------------

    def test_only_the_reporter_confirms(self):
        request = self._completed()
        self.assertTrue(request.can_confirm_fix)
        for user in (self.technician, self.planner):
            self.assertFalse(request.with_user(user).can_confirm_fix)
            with self.subTest(user=user.login), self.assertRaises(UserError):
                request.with_user(user).action_confirm_fix()
        with self.assertRaises(AccessError):
            request.with_user(self.storekeeper).action_confirm_fix()
        request.action_confirm_fix()
        self.assertTrue(request.date_fix_confirmed)
        self.assertFalse(request.can_confirm_fix)
        first, messages = request.date_fix_confirmed, len(request.message_ids)
        request.action_confirm_fix()
        self.assertEqual((request.date_fix_confirmed, len(request.message_ids)), (first, messages), "once")
        request.with_user(self.planner).action_close()
        self.assertEqual(request.date_fix_confirmed, first, "closing takes nothing back")
        request.with_user(self.planner).action_reopen("It squeals again")
        self.assertFalse(request.date_fix_confirmed)

    def test_what_is_not_done_is_not_confirmed(self):
        for request in (self._report(), self._assigned().with_user(self.operator)):
            for action in (request.action_confirm_fix, lambda request=request: request.action_not_fixed("No")):
                with self.assertRaises(UserError):
                    action()
        self.assertTrue(self._closed().action_confirm_fix(), "closed work too")

    def test_the_stamps_are_not_for_hands(self):
        request = self._completed()
        for user in (self.operator, self.technician, self.planner):
            for vals in (
                {"date_fix_confirmed": fields.Datetime.now()}, {"not_fixed_count": 3},
                {"previous_request_id": request.id}, {"reported_via": "scan"},
            ):  # fmt: skip
                with self.subTest(user=user.login, vals=vals):
                    with self.assertRaises(UserError):
                        request.with_user(user).write(vals)
                    with self.assertRaises(UserError):
                        self.env["maintenance.request"].with_user(user).create({"name": "Mine", **vals})

    # -- Not fixed ----------------------------------------------------------------------------

    def test_completed_work_goes_back_to_its_technician(self):
        request = self._completed()
        request.action_confirm_fix()
        started = request.date_started
        self.assertEqual(request.action_not_fixed("The noise is <b>back</b>"), True)
        self.assertEqual((request.state, request.user_id), ("assigned", self.technician))
        self.assertFalse(request.date_completed)
        self.assertFalse(request.date_fix_confirmed)
        self.assertEqual((request.date_started, request.not_fixed_count), (started, 1))
        message = request.message_ids.filtered(lambda found: "Not fixed" in found.body)
        self.assertEqual(message.author_id, self.operator.partner_id)
        self.assertIn("&lt;b&gt;back", message.body)
        self.assertIn(self.technician.partner_id, message.notified_partner_ids)
        self.assertIn(self.planner.partner_id, message.notified_partner_ids, "who approved it")
        with self.assertRaises(UserError):
            request.action_not_fixed("Still")
        technician_s = request.with_user(self.technician)
        technician_s.action_start()
        technician_s.action_complete()
        request.action_not_fixed("Again")
        self.assertEqual(request.not_fixed_count, 2)

    def test_the_technician_has_left(self):
        request = self._completed()
        self.technician.active = False
        request.action_not_fixed("The noise is back")
        self.assertEqual(request.state, "approved")
        self.assertIn(self.planner.partner_id, request.message_ids[0].notified_partner_ids)

    def test_parts_stay_used(self):
        request = self._assigned()
        part = self._add_part(request, self.seal, 2)
        request.action_start()
        request.action_complete()
        request.with_user(self.operator).action_not_fixed("It leaks")
        self.assertEqual((request.state, part.state, request.parts_state), ("assigned", "done", "consumed"))

    def test_who_may_say_it(self):
        request = self._completed()
        colleague = new_test_user(self.env, login="kw_follower", groups="base.group_user")
        request.sudo().message_subscribe(colleague.partner_id.ids)
        for user in (self.technician, self.buyer, colleague):
            self.assertFalse(request.with_user(user).can_say_not_fixed)
            with self.subTest(user=user.login), self.assertRaises(UserError):
                request.with_user(user).action_not_fixed("No")
        with self.assertRaises(AccessError):
            request.with_user(self.storekeeper).action_not_fixed("No")
        for reason in (None, "", "  \n"):
            with self.assertRaises(UserError):
                request.action_not_fixed(reason)
        with self.assertRaises(UserError):
            request.stage_id = self.env["maintenance.stage"]._first_of_state("assigned")
        self.assertEqual(request.state, "completed")
        request.with_user(self.planner).action_not_fixed("I saw it")
        self.assertEqual(request.state, "assigned")

    def test_for_how_long(self):
        request = self._completed()
        request.sudo().date_completed = fields.Datetime.now() - timedelta(days=13, hours=23)
        self.assertTrue(request._is_opened_when_not_fixed())
        request.sudo().date_completed = fields.Datetime.now() - timedelta(days=15)
        request.action_not_fixed("The noise is back")
        self.assertEqual(request.state, "completed", "too long ago")
        self.assertEqual(request.next_request_ids.state, "requested")
        self.company.not_fixed_days = 0
        request = self._completed()
        request.sudo().date_completed = fields.Datetime.now() - timedelta(minutes=1)
        request.action_not_fixed("The noise is back")
        self.assertEqual(request.state, "completed")
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.company.not_fixed_days = -1
            self.env.flush_all()

    def test_closed_work_stays_closed(self):
        request = self._closed(priority="2", name="Squealing")
        action = request.action_not_fixed("The noise is <i>back</i>")
        anew = request.next_request_ids
        self.assertEqual(action["res_id"], anew.id)
        self.assertEqual((request.state, request.not_fixed_count), ("closed", 0))
        self.assertEqual((anew.state, anew.name, anew.priority), ("requested", "Not fixed: Squealing", "2"))
        self.assertEqual((anew.owner_user_id, anew.equipment_id), (self.operator, self.conveyor))
        self.assertEqual((anew.maintenance_team_id, anew.company_id), (self.team, self.company))
        self.assertIn("&lt;i&gt;back", anew.description)
        message = request.message_ids[0]
        self.assertIn(anew.reference, message.body)
        self.assertIn(self.technician.partner_id, message.notified_partner_ids)
        # once more: added to the report that is open
        request.action_not_fixed("Louder now")
        self.assertEqual(request.next_request_ids, anew)
        self.assertIn("Louder now", anew.message_ids[0].body)
        # and again, when that one is closed as well
        work = anew.with_user(self.planner)
        work.action_approve()
        work.user_id = self.technician
        work.action_start()
        work.action_complete()
        work.action_close()
        anew.action_not_fixed("No")
        self.assertEqual(anew.next_request_ids.name, "Not fixed: Squealing", "not twice in the title")

    def test_many_at_once(self):
        requests = self._completed() | self._closed()
        requests.action_not_fixed("All of it")
        self.assertEqual(requests.mapped("state"), ["assigned", "closed"])
        self.assertEqual(len(requests.next_request_ids), 1)

    def test_the_dialog(self):
        request = self._completed()
        dialog = self.env["maintenance.request.not.fixed"].with_user(self.operator).create(
            {"request_id": request.id, "reason": "Still loud"}
        )
        with self.assertRaises(AccessError):
            dialog.with_user(self.technician).read(["reason"])
        dialog.action_send()
        self.assertEqual(request.state, "assigned")
        other = self._completed()
        dialog = self.env["maintenance.request.not.fixed"].with_user(self.storekeeper).create(
            {"request_id": other.id, "reason": "No"}
        )
        with self.assertRaises(AccessError):
            dialog.action_send()

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env, login="kw_manager_elsewhere", groups="maintenance.group_equipment_manager",
            company_id=company.id, company_ids=[Command.set(company.ids)],
        )  # fmt: skip
        with self.assertRaises(AccessError):
            self._completed().with_user(user).action_not_fixed("No")

    def test_my_reports_are_mine_and_what_i_follow(self):
        action = self.env.ref("keepwisely_maintenance.action_my_reports")
        mine, other = self._report(), self._assigned()
        other.sudo().owner_user_id = self.planner
        other.sudo().message_unsubscribe(self.operator.partner_id.ids)
        requests = self.env["maintenance.request"].with_user(self.operator)
        domain = Domain(safe_eval(action.domain, {"uid": self.operator.id})) & Domain("id", "in", (mine | other).ids)
        self.assertEqual(requests.search(domain), mine)
        other.sudo().message_subscribe(self.operator.partner_id.ids)
        self.assertEqual(requests.search(domain), mine | other)

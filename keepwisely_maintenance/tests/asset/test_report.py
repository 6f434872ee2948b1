import base64
import re

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .test_scan_page import SCRIPT, ScanCase, make_photo


@tagged("post_install", "-at_install")
class TestReport(ScanCase):
    """A report in Odoo: what was reported here already, a photo, and the question whether it is fixed."""

    def _completed(self, **values):
        request = self._assigned(**values)
        request.action_start()
        request.work_done = "Bearing <b>replaced</b>"
        request.action_complete()
        self._end_transaction()
        return request.with_user(self.operator)

    def _post(self, page, **fields):
        return self.url_open(page, data={"csrf_token": self._csrf(page), **fields}, allow_redirects=False)

    # -- Photos -------------------------------------------------------------------------------

    def test_the_photo_goes_below_the_report(self):
        photo = base64.b64encode(make_photo(comment=b"secret"))
        request = self._report(maintenance_new_photo=photo)
        kept = request.maintenance_last_photo_id
        self.assertEqual(kept.mimetype, "image/jpeg")
        self.assertNotIn(b"secret", kept.raw, "only pixels survive")
        request.invalidate_recordset()
        self.assertFalse(request.maintenance_new_photo)
        self.assertIn("Photo of the report", " ".join(request.message_ids.mapped("body")))
        for rubbish in (base64.b64encode(b"GIF89a"), "no base64"):
            with self.subTest(rubbish=rubbish), self.assertRaisesRegex(UserError, "not a photo"):
                self._report(maintenance_new_photo=rubbish)

    def test_the_photo_of_the_work_is_what_the_reporter_sees(self):
        request = self._report(maintenance_new_photo=base64.b64encode(make_photo()))
        first = request.maintenance_last_photo_id
        request.with_user(self.planner).action_approve()
        request.with_user(self.planner).user_id = self.technician
        work = request.with_user(self.technician)
        work.action_start()
        work.maintenance_new_photo = base64.b64encode(make_photo((60, 30)))
        self.assertIn("Photo of the work", work.message_ids[0].body)
        self.assertGreater(request.maintenance_last_photo_id.id, first.id)
        with self.assertRaises(UserError):
            request.maintenance_new_photo = base64.b64encode(make_photo())

    # -- Already reported here ----------------------------------------------------------------

    def test_what_was_reported_here(self):
        other = new_test_user(self.env, login="kw_operator2", groups="base.group_user")
        mine, theirs = self._report(name=SCRIPT), self._report().with_user(other)
        self._report(equipment_id=self.conveyor.copy().id, name="Elsewhere")
        theirs.sudo().owner_user_id = other
        theirs.sudo().message_unsubscribe(self.operator.partner_id.ids)
        view = "keepwisely_maintenance.maintenance_request_view_form_report"
        with Form(self.env["maintenance.request"].with_user(self.operator), view) as form:
            form.name = "Noise"
            self.assertFalse(form.maintenance_reported_here)
            form.equipment_id = self.conveyor
            words = form.maintenance_reported_here
            self.assertIn(f"/odoo/my-maintenance-reports/{mine.id}", words)
            self.assertIn(f"/maintenance/report/{theirs.id}/follow", words)
            self.assertNotIn("<script>", words)
            self.assertNotIn("Elsewhere", words)
        saved = form.record
        self.assertEqual((saved.owner_user_id, saved.equipment_id), (self.operator, self.conveyor))
        thanks = saved.action_maintenance_send_report()
        self.assertEqual((thanks["tag"], thanks["params"]["type"]), ("display_notification", "success"))
        self.assertEqual(thanks["params"]["message"], f"Thank you. The maintenance team has your report {saved.reference}.")

    def test_following_instead(self):
        other = new_test_user(self.env, login="kw_operator2", groups="base.group_user")
        request = self._report()
        page = f"/maintenance/report/{request.id}/follow"
        self.assertIn("/web/login", self._get(page, allow_redirects=False).headers["Location"])
        self._log_in(other)
        self.assertIn(request.reference, self._get(page).text)
        self.assertNotIn(other.partner_id, request.sudo().message_partner_ids, "opening the page changes nothing")
        self.assertEqual(self._post(page).status_code, 303)
        self.assertIn(other.partner_id, request.sudo().message_partner_ids)
        done = self._completed()
        for job_id in (done.id, 0, 2**31 - 1):
            self.assertEqual(self._get(f"/maintenance/report/{job_id}/follow").status_code, 404)

    # -- Is it fixed? -------------------------------------------------------------------------

    def test_the_message_asks_with_both_answers(self):
        self.operator.notification_type = "email"
        request = self._completed()
        told = self._notifications(self.operator, request)
        self.assertEqual(len(told), 1, "the question takes the place of the change of stage")
        message = told.mail_message_id
        body = message.body
        self.assertIn("Bearing &lt;b&gt;replaced", body)
        self._run_cron("ir_cron_message_mails")
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        for answer in ("fixed", "not-fixed"):
            self.assertIn(f"/maintenance/report/{request.id}/{answer}", body)
            self.assertIn(f"/maintenance/report/{request.id}/{answer}", mail.body_html)
        self.assertNotIn(message, request.message_ids.filtered(lambda m: m.message_type != "user_notification"))
        self.assertFalse(self._notifications(self.planner, request).filtered(lambda n: n.mail_message_id == message))

    def test_nobody_is_asked_about_their_own_work(self):
        request = self.env["maintenance.request"].with_user(self.technician).create(
            {"name": "Noise", "equipment_id": self.conveyor.id, "user_id": self.technician.id}
        )
        request.with_user(self.planner).action_approve()
        request.action_start()
        request.action_complete()
        self._end_transaction()
        self.assertNotIn("Is it fixed?", " ".join(self.env["mail.message"].search([("res_id", "=", request.id)]).mapped("body")))

    def test_yes_it_is_fixed(self):
        request = self._completed()
        page = f"/maintenance/report/{request.id}/fixed"
        self._log_in(self.operator)
        answer = self._get(page)
        self.assertIn("Bearing &lt;b&gt;replaced", answer.text)
        self.assertNotIn("<script", answer.text)
        self.assertFalse(request.date_fix_confirmed, "opening the page changes nothing")
        self.assertEqual(self._post(page).headers["Location"], f"/odoo/my-maintenance-reports/{request.id}")
        request.invalidate_recordset()
        self.assertTrue(request.date_fix_confirmed)
        self.assertFalse(request.maintenance_is_answer_due)

    def test_not_fixed(self):
        request = self._completed()
        page = f"/maintenance/report/{request.id}/not-fixed"
        self._log_in(self.operator)
        self.assertEqual(self._post(page, reason=" ").status_code, 422)
        self.assertEqual(request.state, "completed")
        self.assertEqual(self._post(page, reason="Still squeals").status_code, 303)
        request.invalidate_recordset()
        self.assertEqual((request.state, request.not_fixed_count), ("assigned", 1))

    def test_only_the_reporter_answers(self):
        request, running = self._completed(), self._assigned()
        page = f"/maintenance/report/{request.id}/fixed"
        for user in (self.technician, self.planner, self.storekeeper):
            self._log_in(user)
            for answer in ("fixed", "not-fixed"):
                found = self._get(f"/maintenance/report/{request.id}/{answer}")
                self.assertEqual(found.status_code, 404, user.login)
                self.assertNotIn(request.name, found.text)
        self._log_in(self.operator)
        self.assertEqual(self._get(f"/maintenance/report/{running.id}/fixed").status_code, 404)
        token = self._csrf(page)
        self._log_in(self.planner)
        self.url_open(page, data={"csrf_token": token})
        self.url_open(page, data={})
        self.assertFalse(request.date_fix_confirmed)

    def test_what_waits_for_an_answer_comes_first(self):
        asked, opened = self._completed(), self._report()
        answered = self._completed()
        answered.action_confirm_fix()
        self.assertEqual((asked | opened | answered).mapped("maintenance_is_answer_due"), [True, False, False])
        action = self.env.ref("keepwisely_maintenance.action_my_reports")
        mine = Domain(safe_eval(action.domain, {"uid": self.operator.id}))
        view = self.env.ref("keepwisely_maintenance.maintenance_request_view_search_report")
        condition = re.search(r'name="open_or_asked"\s+domain="([^"]+)"', view.arch)[1].replace("&amp;", "&")
        requests = self.env["maintenance.request"].with_user(self.operator)
        cards = self.env.ref("keepwisely_maintenance.maintenance_request_view_kanban_report").arch
        order = re.search('default_order="([^"]+)"', cards)[1]
        found = requests.search(mine & Domain(safe_eval(condition, {"uid": self.operator.id})), order=order)
        self.assertEqual(found & (asked | opened | answered), asked | opened)
        self.assertEqual(found[0], asked)

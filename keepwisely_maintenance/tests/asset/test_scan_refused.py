from unittest.mock import patch

from odoo.tests import tagged

from ...models.asset import maintenance_scan_attempt
from .test_scan_page import ScanCase


@tagged("post_install", "-at_install")
class TestScanRefused(ScanCase):
    """Posts that the scan page refuses: nothing is written, and no more is said than to who only looks."""

    UNKNOWN = "/maintenance/scan/" + "x" * 32

    def _post(self, page, **data):
        return self.url_open(page, data={"csrf_token": self._csrf(), **data}, allow_redirects=False)

    def test_reports_and_follows_on_unknown_codes(self):
        other = self.conveyor.copy({"name": "Press"})
        request = self._report()
        for page in (self.UNKNOWN, f"{self.UNKNOWN}/follow"):
            for user in (None, self.operator) if page == self.UNKNOWN else (self.storekeeper,):
                with self.subTest(page=page, user=user and user.login):
                    if user:
                        self._log_in(user)
                    answer = self._post(page, text="It squeals", job=request.id)
                    self.assertEqual(answer.status_code, 404)
                    self.assertNotIn("Conveyor", answer.text)
                    self.assertNotIn(request.reference, answer.text)
        self.assertEqual(self._requests() | self._requests(other), request.sudo())
        self.assertNotIn(self.storekeeper.partner_id, request.sudo().message_partner_ids)
        misses = self.env["maintenance.scan.attempt"].search_count([("kind", "=", "miss")])
        self.assertEqual(misses, 1, "of who is not logged in alone")

    def test_an_archived_asset_takes_no_reports(self):
        csrf = self._csrf()
        self.conveyor.active = False
        answer = self.url_open(self.page, data={"csrf_token": csrf, "text": "It squeals"})
        self.assertEqual(answer.status_code, 404)
        self.assertFalse(self._requests())

    def test_after_too_many_codes_right_ones_take_nothing_either(self):
        self.startPatcher(patch.object(maintenance_scan_attempt, "MISSES_PER_ADDRESS", 1))
        csrf = self._csrf()
        self._get(self.UNKNOWN)
        for page in (self.page, self.UNKNOWN):
            answer = self.url_open(page, data={"csrf_token": csrf, "text": "It squeals"})
            self.assertEqual(answer.status_code, 429)
        self.assertFalse(self._requests())
        self.assertEqual(self.env["maintenance.scan.attempt"].search_count([]), 1, "floods write nothing")

    def test_following_needs_a_login(self):
        request = self._report()
        answer = self._post(f"{self.page}/follow", job=request.id)
        self.assertIn("/web/login", answer.headers.get("Location", ""))
        self.assertFalse(self.env.ref("base.public_user").partner_id & request.sudo().message_partner_ids)

    def test_what_was_entered_is_not_lost(self):
        answer = self._send("x", reporter="Jo Doe", phone="0123", down="on")
        self.assertEqual(answer.status_code, 422)
        for words in ("Jo Doe", "0123", "alert-danger"):
            self.assertIn(words, answer.text)
        self.assertRegex(answer.text, r'name="down"[^>]*checked|checked[^>]*name="down"')

    def test_the_page_after_sending_is_for_who_sent(self):
        for page in (f"{self.page}/sent", f"{self.UNKNOWN}/sent"):
            answer = self.url_open(page, allow_redirects=False)
            self.assertEqual(answer.status_code, 303)
        self.assertEqual(self._send().status_code, 200)
        self.conveyor.active = False
        self.assertEqual(self._get(f"{self.page}/sent").status_code, 404)

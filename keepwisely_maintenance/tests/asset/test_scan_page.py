import io
import re
from unittest.mock import patch

from PIL import Image

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.asset import maintenance_scan_attempt
from ..browser_common import BrowserCase

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>"


def make_photo(size=(40, 30), kind="JPEG", **options):
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(data, kind, **options)
    return data.getvalue()


class ScanCase(BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.scan_without_login = True
        cls.token = cls.conveyor.scan_token
        cls.page = f"/maintenance/scan/{cls.token}"

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _get(self, page=None, **options):
        return self.url_open(page or self.page, **options)

    def _csrf(self, page=None):
        return re.search(r'name="csrf_token" value="([^"]+)"', self._get(page).text)[1]

    def _send(self, text="It squeals", page=None, photo=None, **fields):
        data = {"csrf_token": self._csrf(page), "text": text, **fields}
        return self.url_open(page or self.page, data=data, files={"photo": photo or ("", b"")})

    def _requests(self, asset=None):
        return self.env["maintenance.request"].search([("equipment_id", "=", (asset or self.conveyor).id)])


@tagged("post_install", "-at_install")
class TestScan(ScanCase):
    """What opens when the label of an asset is scanned, logged in and not."""

    # -- Logged in ----------------------------------------------------------------------------

    def test_a_colleague_reports_with_a_photo(self):
        self.company.scan_without_login = False
        self._log_in(self.operator)
        answer = self._send("It squeals\nsince the morning", photo=("me.jpg", make_photo()), down="on")
        request = self._requests()
        self.assertEqual(answer.status_code, 200)
        self.assertIn(request.reference, answer.text, "the number is shown")
        self.assertEqual(request.name, "It squeals since the morning")
        self.assertEqual((request.state, request.reported_via, request.priority), ("requested", "scan", "2"))
        self.assertEqual((request.reported_status, self.conveyor.status), ("down", "down"))
        self.assertIn("It stands still.", request.description)
        self.assertEqual((request.owner_user_id, request.maintenance_team_id), (self.operator, self.team))
        self.assertEqual(request.company_id, self.company)
        photo = self.env["ir.attachment"].search([("res_model", "=", request._name), ("res_id", "=", request.id)])
        self.assertEqual((photo.mimetype, Image.open(io.BytesIO(photo.raw)).size), ("image/jpeg", (40, 30)))
        self.assertEqual(photo.create_uid, self.operator)
        self.assertIn(photo, request.message_ids.attachment_ids)
        self.assertTrue(request.with_user(self.operator).name, "the reporter sees it")
        # the page after sending is one of its own: reloading sends nothing again
        self._get(answer.url)
        self.assertEqual(len(self._requests()), 1)

    def test_what_was_reported_already_is_shown_and_followed(self):
        request = self._report(name="Squealing " + SCRIPT)
        self._log_in(self.storekeeper)
        page = self._get().text
        self.assertIn(request.reference, page)
        self.assertIn("Reported. A planner looks at it next.", page)
        self.assertNotIn("<script>alert", page)
        self.assertNotIn("<img src=x", page)
        link = f"/odoo/my-maintenance-reports/{request.id}"
        self.assertNotIn(link, page, "whoever may not read it is not sent there")
        other = self._report(name="Another problem")
        answer = self.url_open(
            f"{self.page}/follow", data={"csrf_token": self._csrf(), "job": request.id}, allow_redirects=False
        )
        self.assertEqual((answer.status_code, answer.headers["Referrer-Policy"]), (303, "no-referrer"))
        self.assertIn(self.storekeeper.partner_id, request.sudo().message_partner_ids)
        self.assertNotIn(self.storekeeper.partner_id, other.sudo().message_partner_ids)
        page = self._get().text
        self.assertIn("You follow it", page)
        self.assertIn(link, page)
        self.assertTrue(request.with_user(self.storekeeper).has_access("read"))

    def test_only_what_the_page_shows_can_be_followed(self):
        press = self.conveyor.copy({"name": "Press"})
        request = self._report(equipment_id=press.id)
        planned = self._report(maintenance_type="preventive")
        self._log_in(self.storekeeper)
        self.assertNotIn(planned.reference, self._get().text, "planned work is no report")
        for job in (request.id, planned.id, "x", ""):
            self.url_open(f"{self.page}/follow", data={"csrf_token": self._csrf(), "job": job})
        self.assertNotIn(self.storekeeper.partner_id, (request | planned).sudo().message_partner_ids)

    def test_the_asset_of_a_colleague(self):
        """One may report on it, and sees no more than its name."""
        self.conveyor.owner_user_id = self.planner
        request = self._report()
        self.conveyor.serial_no = "SN-1234"
        self._log_in(self.storekeeper)
        page = self._get().text
        self.assertIn("Conveyor 3", page)
        self.assertNotIn(request.reference, page)
        self.assertNotIn("SN-1234", page)
        self._send("The drawer jams")
        self.assertEqual(self._requests()[0].owner_user_id, self.storekeeper)

    def test_other_companies_and_portal_users_are_strangers(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env, login="kw_elsewhere", groups="base.group_user",
            company_id=company.id, company_ids=[Command.set(company.ids)],
        )  # fmt: skip
        self._log_in(user)
        answer = self._get()
        self.assertEqual(answer.status_code, 404)
        self.assertNotIn("Conveyor", answer.text)
        self.company.scan_without_login = False
        portal = new_test_user(self.env, login="kw_portal_scan", groups="base.group_portal")
        self._log_in(portal)
        self.assertEqual(self._get().status_code, 404)

    def test_a_user_of_two_companies_reports_in_the_asset_s(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.env["maintenance.team"].create({"name": "Second's", "company_id": company.id})
        asset = self.env["maintenance.equipment"].create({"name": "Oven", "company_id": company.id})
        self.operator.company_ids += company
        self._log_in(self.operator)
        self._send("Too hot", page=f"/maintenance/scan/{asset.scan_token}")
        request = self._requests(asset)
        self.assertEqual((request.company_id, request.maintenance_team_id.company_id), (company, company))

    # -- Without login ------------------------------------------------------------------------

    def test_a_stranger_sees_the_name_and_nothing_else(self):
        request = self._report(name="Secret problem")
        self.conveyor.serial_no = "SN-1234"
        page = self._get().text
        self.assertIn("Conveyor 3", page)
        secrets = (request.reference, "Secret problem", "SN-1234", "Mechanics", self.category.name, self.company.name)
        for secret in secrets:
            self.assertNotIn(secret, page)
        # whatever another module lets strangers read
        self.env["ir.model.access"].create(
            {
                "name": "public", "model_id": self.env["ir.model"]._get_id("maintenance.equipment"), "perm_read": True,
                "group_id": self.env.ref("base.group_public").id,
            }
        )  # fmt: skip
        self.assertTrue(self.conveyor.with_user(self.env.ref("base.public_user")).has_access("read"))
        self.assertNotIn("SN-1234", self._get().text)

    def test_a_stranger_reports(self):
        photo = ("x.png", make_photo(kind="PNG"))
        answer = self._send("It smells", photo=photo, reporter="Eve", phone="555-0100", down="on", unsafe="on")
        request = self._requests()
        self.assertIn(request.reference, answer.text)
        self.assertNotIn("/odoo/", answer.text)
        self.assertEqual((request.reported_via, request.state), ("scan_public", "requested"))
        self.assertEqual((request.priority, self.conveyor.status), ("2", "running"), "a stranger stops no machine")
        self.assertIn("It is unsafe.", request.description)
        self.assertFalse(request.owner_user_id)
        self.assertEqual((request.company_id, request.maintenance_team_id), (self.company, self.team))
        self.assertIn("Reported by Eve, 555-0100", request.description)
        self.assertEqual(len(request.message_attachment_count and request.message_ids.attachment_ids), 1)
        self.assertNotIn(self.env.ref("base.public_partner"), request.message_partner_ids)
        self.assertEqual(request.with_user(self.planner).action_approve(), True, "from here on it is like any other")

    def test_unknown_archived_and_disallowed_answer_alike(self):
        def answer(token):
            page = self._get(f"/maintenance/scan/{token}")
            return page.status_code, page.text.replace(token, "TOKEN")

        unknown = answer("x" * 32)
        self.assertEqual(unknown[0], 404)
        self.company.scan_without_login = False
        self.assertEqual(answer(self.token), unknown, "disallowed")
        self.company.scan_without_login = True
        self.assertEqual(answer(self.token)[0], 200)
        self.conveyor.active = False
        self.assertEqual(answer(self.token), unknown, "archived")
        old = self.token
        self.conveyor.active = True
        self.conveyor.with_user(self.planner).action_renew_scan_token()
        self.assertEqual(answer(old), unknown, "renewed")
        self.assertEqual(answer(self.conveyor.scan_token)[0], 200)
        # what is no code at all; NUL would make the database raise
        for token in ("1", "%00" * 32, "'%20OR%201=1--%20" * 3, "%25" * 30, "x" * 5000, self.conveyor.scan_token[:-1]):
            with self.subTest(token=token[:40]):
                self.assertEqual(self._get(f"/maintenance/scan/{token}").status_code, 404)
        shared = self.env["maintenance.equipment"].create({"name": "Everybody's", "company_id": False})
        self.assertEqual(answer(shared.scan_token), unknown, "no company allows it")

    def test_pages_are_sealed(self):
        for page in (self.page, "/maintenance/scan/" + "x" * 32):
            headers = self._get(page).headers
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
            self.assertNotIn("script-src", headers["Content-Security-Policy"])
            self.assertIn("noindex", headers["X-Robots-Tag"])
            self.assertEqual(headers["Referrer-Policy"], "no-referrer", "the code stands in the address")
            self.assertEqual(headers["Cache-Control"], "no-store")

    def test_html_in_every_field_stays_text(self):
        self.conveyor.name = "Conveyor " + SCRIPT
        answer = self._send(SCRIPT + "\n{{7*7}} ${7*7} %s", reporter=SCRIPT[:70], phone='"><b>1')
        request = self._requests()
        self.assertTrue(request)
        for page in (answer.text, self._get().text):
            self.assertNotIn("<script>alert", page)
            self.assertNotIn("<img src=x", page)
            self.assertNotIn("<svg/onload", page)
        self.assertNotRegex(request.description, r"<(script|img|svg|b)\b")
        self.assertIn("&lt;script&gt;", request.description)
        self.assertIn("{{7*7}}", request.description)
        self.assertTrue(request.name.startswith("<script>"), "a title is text wherever it is shown")
        # entered again after a mistake
        page = self._send("x", reporter='"><script>alert(9)</script>').text
        self.assertNotIn("<script>alert", page)
        self._log_in(self.operator)
        self.assertNotIn("<script>alert", self._get().text)

    def test_too_little_too_much_and_odd_characters(self):
        for text in ("", "  \n ", "x", "y" * 2001):
            with self.subTest(text=text[:5]):
                answer = self._send(text)
                self.assertEqual(answer.status_code, 422)
                self.assertIn("alert-danger", answer.text)
        self.assertEqual(self._send("Fine", reporter="z" * 81).status_code, 422)
        self.assertFalse(self._requests())
        self._send("A\x00B\x07C \u202egnp.exe\r\nnext")
        self.assertEqual(self._requests().name, "ABC gnp.exe next")
        self.assertLessEqual(len(self._requests().name), 80)
        self._send("w" * 500)
        self.assertEqual(len(self._requests()[0].name), 80)

    @mute_logger("odoo.http")
    def test_without_csrf_token_nothing_is_taken(self):
        self._get()
        for data in ({"text": "It squeals"}, {"text": "It squeals", "csrf_token": "0" * 40 + "o1999999999"}):
            self.assertEqual(self.url_open(self.page, data=data).status_code, 400)
        stranger_s = self._csrf()
        self._log_in(self.operator)
        data = {"text": "It squeals", "csrf_token": stranger_s}
        self.assertEqual(self.url_open(self.page, data=data).status_code, 400, "of another session")
        self.assertFalse(self._requests())

    def test_programs_fill_in_what_nobody_sees(self):
        answer = self._send("Buy my pills", website="http://spam.example.com")
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self._requests())

    def test_two_taps_make_one_report(self):
        first, second = self._send("It squeals"), self._send("It squeals")
        request = self._requests()
        self.assertEqual(len(request), 1)
        self.assertIn(request.reference, first.text)
        self.assertIn(request.reference, second.text)
        self._send("It squeals", reporter="Somebody else")
        self.assertEqual(len(self._requests()), 2)

    def test_wrong_kinds_of_values(self):
        """Text where a file is expected, a file where text is, a field twice."""
        csrf = self._csrf()
        self.url_open(self.page, data={"csrf_token": csrf, "text": "No photo", "photo": "text"})
        self.assertEqual(self._requests().name, "No photo")
        answer = self.url_open(self.page, data={"csrf_token": csrf}, files={"text": ("t.txt", b"It squeals")})
        self.assertEqual(answer.status_code, 422)
        answer = self.url_open(self.page, data=[("csrf_token", csrf), ("text", "one"), ("text", "two")])
        self.assertEqual((answer.status_code, self._requests()[0].name), (200, "one"))

    def test_no_team_takes_it(self):
        """Nothing of the database's troubles reaches the page."""
        company = self.env["res.company"].create({"name": "Bare", "scan_without_login": True})
        asset = self.env["maintenance.equipment"].create({"name": "Bare", "company_id": company.id})
        team = self.env["maintenance.team"].search([])
        team.company_id = self.company
        answer = self._send("Broken", page=f"/maintenance/scan/{asset.scan_token}")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("alert-danger", answer.text)
        self.assertIn("No team takes reports on Bare", answer.text)

    # -- Limits -------------------------------------------------------------------------------

    def _limit(self, **limits):
        for name, value in limits.items():
            self.startPatcher(patch.object(maintenance_scan_attempt, name, value))

    def test_reports_per_address(self):
        self._limit(REPORTS_PER_ADDRESS=2)
        other = self.conveyor.copy({"name": "Press"})
        self._send("One")
        self._send("x")  # refused, and counted all the same
        answer = self._send("Three", page=f"/maintenance/scan/{other.scan_token}")
        self.assertEqual(answer.status_code, 429)
        self.assertEqual(len(self._requests() | self._requests(other)), 1)
        self._log_in(self.operator)
        self._send("Colleagues go on")
        self.assertEqual(len(self._requests()), 2)
        self.env["maintenance.scan.attempt"].search([]).date = "2020-01-01"
        self.logout()
        self.assertEqual(self._send("An hour later").status_code, 200)

    def test_reports_per_asset_and_altogether(self):
        attempts = self.env["maintenance.scan.attempt"]
        other = self.conveyor.copy({"name": "Press"})
        self._limit(REPORTS_PER_ASSET=2, REPORTS_ALTOGETHER=3)
        addresses = (f"192.0.2.{number}" for number in range(100))
        self.assertEqual([attempts._take(next(addresses), self.conveyor) for _ in range(3)], [True, True, False])
        self.assertEqual([attempts._take(next(addresses), other) for _ in range(2)], [True, False])

    def test_addresses_are_counted_by_network_and_unreadable(self):
        hide = self.env["maintenance.scan.attempt"]._hide
        self.assertEqual(hide("2001:db8:1:2:3:4:5:6"), hide("2001:db8:1:2::1"))
        self.assertNotEqual(hide("2001:db8:1:3::1"), hide("2001:db8:1:2::1"))
        self.assertEqual(hide("::ffff:192.0.2.1"), hide("192.0.2.1"))
        self.assertNotEqual(hide("192.0.2.1"), hide("192.0.2.2"))
        self.assertNotIn("192", hide("192.0.2.1")[:3])
        self.assertTrue(hide(None) and hide("no address"))

    def test_guessing_codes(self):
        self._limit(MISSES_PER_ADDRESS=3)
        for number in range(3):
            self.assertEqual(self._get(f"/maintenance/scan/{number:032d}").status_code, 404)
        for page in (self.page, "/maintenance/scan/" + "x" * 32):
            answer = self._get(page)
            self.assertEqual(answer.status_code, 429, "right and wrong codes alike")
            self.assertNotIn("Conveyor", answer.text)
        count = self.env["maintenance.scan.attempt"].search_count([])
        self._get("/maintenance/scan/" + "z" * 32)
        self.assertEqual(self.env["maintenance.scan.attempt"].search_count([]), count, "floods write nothing")
        self._log_in(self.operator)
        self.assertEqual(self._get().status_code, 200, "colleagues go on")
        answer = self._get("/maintenance/scan/" + "z" * 32)
        self.assertEqual(answer.status_code, 404)
        self.assertIn("This label no longer works", answer.text)

    def test_reports_and_wrong_codes_are_counted_apart(self):
        self._limit(MISSES_PER_ADDRESS=2, REPORTS_PER_ADDRESS=2)
        self.assertIn("Please log in", self._get("/maintenance/scan/" + "x" * 32).text)
        for number in range(2):
            self.assertEqual(self._send(f"Report {number}").status_code, 200)
        self.assertEqual(self._get().status_code, 200)

    def test_old_attempts_are_forgotten(self):
        attempts = self.env["maintenance.scan.attempt"]
        attempts._add_miss("192.0.2.1")
        attempts.create({"kind": "miss", "address": "old", "date": "2020-01-01"})
        attempts._gc_attempts()
        self.assertEqual(len(attempts.search([])), 1)

    # -- Codes --------------------------------------------------------------------------------

    def test_every_asset_has_a_code_of_its_own(self):
        assets = self.env["maintenance.equipment"].create([{"name": str(number)} for number in range(50)])
        copy = self.conveyor.copy()
        codes = (assets | copy | self.conveyor).mapped("scan_token")
        self.assertEqual(len(set(codes)), 52)
        self.assertEqual({len(code) for code in codes}, {32}, "192 bits")
        before = self.env["maintenance.equipment"].with_context(active_test=False).search([("scan_token", "=", False)])
        self.assertFalse(before, "assets of before the module got theirs on installation")

    def test_who_reads_and_draws_codes(self):
        asset = self.conveyor
        self.assertTrue(asset.with_user(self.planner).scan_url.endswith(self.page))
        for user in (self.operator, self.technician, self.buyer, self.storekeeper, self.procurement):
            mine = asset.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    mine.read(["scan_token"])
                with self.assertRaises(AccessError):
                    mine.read(["scan_url"])
                with self.assertRaises(AccessError):
                    mine.search([("scan_token", "like", "a%")])
                with self.assertRaises(AccessError):
                    mine._read_group([], ["scan_token"])
                self.assertNotIn("scan_token", mine.fields_get())
                with self.assertRaises(AccessError):
                    mine.action_renew_scan_token()
        with self.assertRaises(UserError):
            asset.with_user(self.planner).scan_token = "1" * 32
        with self.assertRaises(UserError):
            asset.with_user(self.planner).create({"name": "Mine", "scan_token": "1" * 32})
        self.assertEqual(asset.scan_token, self.token)

    def test_labels(self):
        """24 on a page; only planners, since labels hold the codes."""
        report = self.env["ir.actions.report"].with_user(self.planner)
        assets = self.conveyor | self.env["maintenance.equipment"].create(
            [{"name": f"<b>Press</b> {number}"} for number in range(24)]
        )
        html = report._render_qweb_html("keepwisely_maintenance.report_asset_label", assets.ids)[0].decode()
        self.assertEqual(html.count("data:image/png;base64"), 25)
        self.assertEqual(html.count("page-break-after"), 2)
        self.assertIn("Conveyor 3", html)
        self.assertNotIn("<b>Press", html)
        self.assertNotIn(self.token, html, "the code is in the picture alone")
        with self.assertRaises(AccessError):
            report.with_user(self.technician)._render_qweb_html(
                "keepwisely_maintenance.report_asset_label", self.conveyor.ids
            )

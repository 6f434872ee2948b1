from odoo.tests import tagged
from odoo.tests.common import HOST, TEST_CURSOR_COOKIE_NAME

from .browser import Phone
from .page_common import READY, PageCase

MOBILE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36"


@tagged("post_install", "-at_install")
class TestPageLinks(PageCase):
    """The ways to a job on the page, in a browser: from messages, over a login, from cards."""

    def setUp(self):
        super().setUp()
        self.job = self._assigned(name="Squealing conveyor")
        self.login = self.technician.login
        self.at_page = f"{READY} && location.pathname === '/maintenance/work' && location.hash === '#job={self.job.id}'"

    def _visit(self, phone, path):
        phone._websocket_request("Page.navigate", params={"url": f"http://{HOST}:{self.http_port()}{path}"})

    def _fill_in_login(self, phone):
        phone.type("input[name=login]", self.login)
        phone.type("input[name=password]", self.login)
        phone.tap_on(".oe_login_form button[type=submit]")

    def _arrives(self, phone):
        phone.wait(self.at_page)
        phone.wait("document.querySelector('.o_work_job h1')?.innerText === 'Squealing conveyor'")

    def test_over_a_login(self):
        """A link to a job, to the page or in an e-mail, on a phone that nobody is logged in on."""
        for path in (f"/maintenance/work#job={self.job.id}", f"/mail/view?model=maintenance.request&res_id={self.job.id}"):
            self.env.flush_all()
            with self.subTest(path), Phone(self) as phone, self.allow_requests(browser=phone):
                phone.set_cookie(TEST_CURSOR_COOKIE_NAME, self.http_request_key, "/", HOST)
                phone._websocket_request("Network.setUserAgentOverride", params={"userAgent": MOBILE})
                self._visit(phone, path)
                self._fill_in_login(phone)
                self._arrives(phone)
            self._wait_remaining_requests()

    def test_over_a_login_from_the_page(self):
        """The page opens from the device, and knows only then that nobody is logged in any more."""
        with self._phone() as phone:
            phone.run("fetch('/web/session/logout', {redirect: 'manual'})")
            phone.go(f"#job={self.job.id}")
            phone._websocket_request("Page.reload")
            phone.sees("your jobs are no longer on this phone")
            phone.tap("Log in")
            self._fill_in_login(phone)
            self._arrives(phone)

    def test_cards(self):
        """On a phone a card of one's work leads there, and a tap beside it to the form; at a desk it does not."""
        closed = self._assigned(name="Over")
        closed.sudo().state = "completed"
        link = f"document.querySelector('.o_kanban_record a[href=\"/maintenance/work#job={self.job.id}\"]')"
        with self._phone() as phone:
            for path in ("/odoo/my-work-orders", "/odoo/maintenance-work-orders"):
                self._visit(phone, path)
                phone.wait(f"{link}?.getClientRects().length", timeout=90)
                self.assertEqual(phone.run("document.documentElement.scrollWidth > innerWidth"), False)
                self.assertFalse(phone.run(f"!!document.querySelector('a[href$=\"#job={closed.id}\"]')"))
            phone.run(f"{link}.click()")
            self._arrives(phone)
            phone.tap("Open it in Odoo")
            phone.wait("document.querySelector('.o_form_view')?.innerText.includes('Conveyor 3')")
            size = {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False}
            phone._websocket_request("Emulation.setDeviceMetricsOverride", params=size)
            self._visit(phone, "/odoo/my-work-orders")
            phone.wait(f"!!{link}")
            self.assertFalse(phone.run(f"{link}.getClientRects().length"))

    def test_cards_of_those_who_do_no_work(self):
        for user, seen in ((self.technician, True), (self.planner, True), (self.buyer, False)):
            arch = self.env["maintenance.request"].with_user(user).get_view(view_type="kanban")["arch"]
            self.assertEqual("/maintenance/work#job=" in arch, seen, user.login)

import json
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.tests.common import HOST, TEST_CURSOR_COOKIE_NAME, _registry_test_lock

from ..browser_common import BrowserCase
from .browser import Phone
from .phone_common import PhoneCase

READY = "odoo.work.phase === 'ready'"
ALL_SENT = f"{READY} && odoo.work.hasSignal && !odoo.work.queue.toSend.length"
IS_KEPT = "caches.match('/maintenance/work').then((page) => Boolean(page && navigator.serviceWorker.controller))"


class PageCase(PhoneCase, BrowserCase):
    """The page in a browser: what it does without a network, and what comes of it."""

    browser_size = "390x844"
    touch_enabled = True

    @contextmanager
    def _phone(self, user=None):
        """A phone with the page on it, somebody logged in."""
        self.env.flush_all()
        with Phone(self) as phone, self.allow_requests(browser=phone):
            self._log_in(phone, user or self.technician)
            phone.open()
            phone.wait(READY)
            phone.wait(IS_KEPT)
            phone.wait("odoo.work.vault.db.get('state', 'contact')")
            yield phone
            self.assertFalse(phone.errors)
        self._wait_remaining_requests()
        self.env.invalidate_all()

    @contextmanager
    def allow_requests(self, *given, **options):
        """As in Odoo; a test that meanwhile asks the database by chance would get, or take, the rows of a request."""
        execute = self.cr.execute

        def execute_in_turn(*query, **parameters):
            assert _registry_test_lock._is_owned(), "a test asks the database beside its browser: put it into self._database()"
            return execute(*query, **parameters)

        with super().allow_requests(*given, **options), patch.object(self.cr, "execute", execute_in_turn):
            yield

    @contextmanager
    def _database(self):
        """For what the test does itself while the phone is on: no request is in the midst of it."""
        with _registry_test_lock:
            yield
            self.env.flush_all()
            self.env.cr.clear()

    def _log_in(self, phone, user):
        with self._database():
            self.authenticate(user.login, user.login, browser=phone)
        phone.set_cookie(TEST_CURSOR_COOKIE_NAME, self.http_request_key, "/", HOST)

    def _log_in_again(self, phone):
        """The session, which a browser that is killed by a test has no time to write down."""
        phone.set_cookie("session_id", self.session.sid, "/", HOST)
        phone.set_cookie(TEST_CURSOR_COOKIE_NAME, self.http_request_key, "/", HOST)

    def _act(self, phone, kind, job=None, **values):
        """What a button of the page does. :returns: whether it is safe on the phone"""
        place = "null" if job is None else f"odoo.work.findJob({json.dumps(job if isinstance(job, str) else job.id)})"
        return phone.run(f"odoo.work.act({json.dumps(kind)}, {json.dumps(values)}, {place})")

    def _take_photo(self, phone, job, task=None, grain=40):
        """A photo as the camera gives it, on the job; no two are the same, and a finer grain makes a larger one."""
        place = f"odoo.work.findJob({json.dumps(job if isinstance(job, str) else job.id)})"
        return phone.run(
            f"""(async () => {{
                const {{scalePhoto}} = odoo.loader.modules.get("@keepwisely_maintenance/phone/store/photo");
                const canvas = new OffscreenCanvas(1600, 1200);
                const pen = canvas.getContext("2d");
                for (let spot = 0; spot < 60000 / {grain}; spot++) {{
                    pen.fillStyle = `hsl(${{360 * Math.random()}} 60% 50%)`;
                    pen.fillRect(1600 * Math.random(), 1200 * Math.random(), 5 * {grain}, 5 * {grain});
                }}
                const file = new File([await canvas.convertToBlob()], "camera.png", {{type: "image/png"}});
                const {{bytes, values}} = await scalePhoto(file, odoo.work.rules.photo_px);
                return odoo.work.act("photo", {{task: {task.id if task else "null"}, ...values}}, {place}, {{photo: bytes}});
            }})()"""
        )

    def _plan_jobs(self, count, tasks=0, seals=0):
        """Jobs of the technician, asked for two days ago, with so many tasks and reserved seals in all."""
        jobs = self.env["maintenance.request"]
        for number in range(count):
            jobs |= self._assigned(name=f"Job {number + 1}")
        for number in range(tasks):
            kind = ("tick", "pass_fail", "number", "text")[number % 4]
            values = {"name": f"Step {number + 1}", "kind": kind, "unit": "bar" if kind == "number" else False}
            jobs[number % count].with_user(self.planner).task_ids = [Command.create(values)]
        for number in range(seals):
            self._add_part(jobs[number % count], self.seal)
        for job in jobs:
            self._asked_days_ago(job)
        return jobs

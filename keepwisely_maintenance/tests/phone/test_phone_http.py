import base64
import hashlib
import io
import uuid

from PIL import Image

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .phone_common import PhoneHttpCase


def picture(color="red", kind="JPEG"):
    result = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(result, kind)
    return result.getvalue()


@tagged("post_install", "-at_install")
class TestPhoneHttp(PhoneHttpCase):
    """The way in, as the page goes it."""

    def _login(self, user):
        self.env.flush_all()
        return self.authenticate(user.login, user.login)

    def test_page_and_routes(self):
        job = self._assigned()
        self._login(self.technician)
        page = self.url_open("/maintenance/work")
        self.assertEqual(page.status_code, 200)
        self.assertIn("assets_work", page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        data = self._json("data")
        self.assertEqual([row["id"] for row in data["jobs"]], [job.id])
        command = self._command("start", job)
        for _time in range(2):
            answer = self._json("send", now=data["now"], commands=[command])["answers"][0]
            self.assertEqual(answer["state"], "sent", answer)
        self.assertEqual(job.state, "in_progress")
        self.assertEqual(len(job.sudo().labor_ids), 1)
        again = self._json("data", stamp=data["stamp"])
        self.assertEqual([(row["id"], row["running"]) for row in again["jobs"]], [(job.id, True)])
        self.assertEqual(again["key"], data["key"], "one secret for one login")

    def test_links_in_messages(self):
        """On a phone they lead to the page, where that has the work order; at a desk, and for all others, as natively."""
        job, done = self._assigned(), self._assigned()
        done.sudo().state = "completed"
        phone, desk = "Mozilla/5.0 (Linux; Android 15) Chrome/130 Mobile Safari/537.36", "Mozilla/5.0 (X11; Linux) Firefox/133"
        for user, work, browser, on_page in (
            (self.technician, job, phone, True),
            (self.technician, job, desk, False),
            (self.technician, done, phone, False),
            (self.buyer, job, phone, False),
        ):
            with self.subTest(user=user.login, work=work.state, browser=browser):
                self._login(user)
                link = f"/mail/view?model=maintenance.request&res_id={work.id}"
                page = self.url_open(link, headers={"User-Agent": browser}, allow_redirects=False)
                self.assertEqual(page.status_code, 303)
                self.assertEqual(page.headers["Location"].endswith(f"/maintenance/work#job={work.id}"), on_page)

    def test_who_gets_in(self):
        self._login(self.operator)
        page = self.url_open("/maintenance/work", allow_redirects=False)
        self.assertEqual((page.status_code, page.headers["Location"].rpartition("/")[2]), (303, "odoo"))
        for path, params in (("data", {}), ("send", {"commands": []})):
            with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self._json(path, **params)
        self.logout()
        self.assertIn("/web/login", self.url_open("/maintenance/work").url)
        with self.assertRaises(JsonRpcException) as error, mute_logger("odoo.http"):
            self._json("data")
        self.assertEqual(error.exception.code, 100, "the session is over")

    def test_photos_and_documents_are_for_those_who_work(self):
        """Also of work that they read, as whoever reported it does."""
        job = self._assigned()
        attachment = self._attach(job)
        self._login(self.technician)
        data = picture()
        command_id, _answer = self._announce(job, data)
        self._login(self.operator)
        self.assertTrue(job.with_user(self.operator).has_access("read"))
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(f"/maintenance/work/document/{attachment.id}").status_code, 403)
            form = {"id": command_id, "csrf_token": Request.csrf_token(self)}
            answer = self.url_open("/maintenance/work/photo", data=form, files={"file": ("photo.jpg", data)})
        self.assertEqual(answer.status_code, 403)

    def test_another_login_has_another_key(self):
        keys = []
        for user in (self.technician, self.technician, self.colleague):
            self._login(user)
            keys.append(self._json("data")["key"])
            self.assertEqual(len(base64.b64decode(keys[-1])), 32)
            self.logout()
        self.assertEqual(len(set(keys)), 3)

    def test_whoever_leaves_has_to_forget(self):
        """Archived, another password, no technician any more: the phone forgets; with a session that ran out it does not."""
        user = new_test_user(self.env, login="kw_leaver", groups="keepwisely_maintenance.group_maintenance_technician")
        self._login(user)
        lease = self._json("data")["lease"]
        self.logout()
        self.assertEqual(self._json("alive", user=user.id, lease=lease), {"wipe": False})
        self.assertEqual(self._json("alive", user=self.technician.id, lease=lease), {"wipe": True})
        for wrong in (None, "", "x" * 64, 7, {"a": 1}):
            self.assertEqual(self._json("alive", user=user.id, lease=wrong), {"wipe": True})
        for leave, back in (
            (lambda: user.write({"active": False}), lambda: user.write({"active": True})),
            (lambda: user.write({"password": "another one"}), lambda: None),
        ):
            leave()
            self.env.flush_all()
            for said in (lease, ""):
                self.assertEqual(self._json("alive", user=user.id, lease=said), {"wipe": True})
            back()

    def test_archived_meanwhile(self):
        job = self._assigned()
        user = new_test_user(self.env, login="kw_leaver", groups="keepwisely_maintenance.group_maintenance_technician")
        self.team.member_ids += user
        self._login(user)
        self._json("data")
        user.active = False
        self.env.flush_all()
        with self.assertRaises(JsonRpcException) as error, mute_logger("odoo.http"):
            self._json("send", commands=[self._command("note", job, text="Still here")])
        self.assertEqual(error.exception.code, 100)
        self.assertNotIn("Still here", self._notes(job))

    # -- Photos ---------------------------------------------------------------------------------------

    def _announce(self, job, data, **values):
        command = self._command(
            "photo", job, mimetype="image/jpeg", size=len(data), sha256=hashlib.sha256(data).hexdigest(), **values
        )
        answer = self._json("send", commands=[command])["answers"][0]
        return command["id"], answer

    def _upload(self, command_id, data, status=200):
        # the token of the session, as the page has it
        token = self.csrf_token()
        response = self.url_open(
            "/maintenance/work/photo", data={"id": command_id, "csrf_token": token}, files={"file": ("photo.jpg", data)}
        )
        self.assertEqual(response.status_code, status, response.text[:300])
        self.env.invalidate_all()
        return response.json() if response.headers["Content-Type"].startswith("application/json") else None

    def csrf_token(self):
        return self._json("data")["csrf"]

    def test_a_photo_is_taken_once(self):
        job = self._assigned()
        self._login(self.technician)
        data = picture()
        command_id, answer = self._announce(job, data)
        self.assertEqual((answer["state"], job.sudo().message_attachment_count), ("sent", 0))
        self._upload(command_id, data[:-9], status=422)
        self._upload(command_id, data[:-1] + b"x", status=422)
        self._upload(str(uuid.uuid4()), data, status=404)
        first = self._upload(command_id, data)
        self.assertEqual(first["state"], "sent")
        for _time in range(3):
            self.assertEqual(self._upload(command_id, data), first)
        photos = self.env["ir.attachment"].search([("res_model", "=", job._name), ("res_id", "=", job.id)])
        self.assertEqual(photos.mapped("mimetype"), ["image/jpeg"])
        self.assertEqual(self._row({"id": command_id}).attachment_id, photos)
        self.logout()
        self._login(self.colleague)
        self._upload(command_id, data, status=404)

    def test_a_photo_without_a_hash(self):
        """A browser without https has none to give; the size has to be right."""
        job = self._assigned()
        self._login(self.technician)
        data = picture()
        command = self._command("photo", job, mimetype="image/jpeg", size=len(data), sha256="")
        self._json("send", commands=[command])
        self._upload(command["id"], data[:-9], status=422)
        self.assertEqual(self._upload(command["id"], data)["state"], "sent")

    def test_a_photo_answers_its_task(self):
        job = self._assigned()
        task = self.env["maintenance.task"].create({"maintenance_request_id": job.id, "name": "Nameplate", "kind": "photo"})
        self._login(self.technician)
        data = picture()
        command_id, _answer = self._announce(job, data, task=task.id)
        self._upload(command_id, data)
        self.assertTrue(task.is_done and task.photo)

    def test_what_is_no_photo(self):
        job = self._assigned()
        self._login(self.technician)
        data = b"<svg onload='alert(1)'/>"
        command_id, _answer = self._announce(job, data)
        self.assertEqual(self._upload(command_id, data)["state"], "look")
        self.assertFalse(self.env["ir.attachment"].search([("res_model", "=", job._name), ("res_id", "=", job.id)]))

    def test_a_photo_of_work_that_is_another_teams_by_now(self):
        job = self._assigned()
        self._login(self.technician)
        version = self._json("data")["jobs"][0]["version"]
        data = picture()
        command_id, answer = self._announce(job, data, version=version)
        job.with_user(self.planner).write({"user_id": False, "maintenance_team_id": self.other_team.id})
        job.sudo().message_unsubscribe(self.technician.partner_id.ids)
        self.env.flush_all()
        answer = self._upload(command_id, data)
        self.assertEqual(answer["state"], "look")
        self.assertTrue(job.sudo().message_ids.attachment_ids)
        self.assertTrue(self._activities(self.planner, job))

    def test_no_photo_without_the_token_of_the_session(self):
        job = self._assigned()
        self._login(self.technician)
        data = picture()
        command_id, _answer = self._announce(job, data)
        with mute_logger("odoo.http"):
            response = self.url_open("/maintenance/work/photo", data={"id": command_id}, files={"file": ("photo.jpg", data)})
        self.assertEqual(response.status_code, 400)

    # -- Documents ------------------------------------------------------------------------------------

    def _attach(self, record, data=b"%PDF-1.4 " + b"0123456789" * 100, **values):
        values = {"name": "Manual.pdf", "raw": data, "res_model": record._name, "res_id": record.id, **values}
        return self.env["ir.attachment"].create(values)

    def test_documents(self):
        job = self._assigned()
        ours, assets = self._attach(job), self._attach(self.conveyor)
        too_large = self._attach(job, b"%PDF-1.4 " + b"x" * (1024**2 + 1))
        self.company.maintenance_phone_document_mb = 1
        self._login(self.technician)
        told = self._json("data")["jobs"][0]["documents"]
        self.assertEqual([document["id"] for document in told], [ours.id, assets.id])
        self.assertEqual(told[0]["version"], ours.checksum)
        response = self.url_open(f"/maintenance/work/document/{ours.id}")
        self.assertEqual((response.status_code, response.content), (200, ours.raw))
        self.assertIn("attachment", response.headers["Content-Disposition"])
        part = self.url_open(f"/maintenance/work/document/{ours.id}", headers={"Range": "bytes=500-"})
        self.assertEqual((part.status_code, part.content), (206, ours.raw[500:]), "a download goes on")
        self.assertEqual(self.url_open(f"/maintenance/work/document/{too_large.id}").status_code, 404)

    def test_documents_of_others(self):
        foreign = self._report(maintenance_team_id=self.other_team.id)
        hidden = [
            self._attach(foreign),
            self._attach(self.env.ref("base.main_company")),
            self._attach(self.vendor),
            self._attach(self._assigned(), res_field="reference"),
        ]
        self._login(self.technician)
        for attachment in hidden:
            self.assertEqual(self.url_open(f"/maintenance/work/document/{attachment.id}").status_code, 404, attachment.res_model)
        self._login(self.outsider)
        self.assertEqual(self.url_open(f"/maintenance/work/document/{hidden[0].id}").status_code, 200)
        self.assertRaises(AccessError, foreign.with_user(self.technician).check_access, "read")

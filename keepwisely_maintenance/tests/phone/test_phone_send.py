from odoo.tests import tagged

from .phone_common import PhoneCase, PhoneHttpCase


@tagged("post_install", "-at_install")
class TestPhoneSend(PhoneCase):
    def test_a_day_of_one_job(self):
        job = self._asked_days_ago(self._assigned())
        task = self.env["maintenance.task"].create({"maintenance_request_id": job.id, "name": "Grease"})
        answers = self._send(
            self.technician,
            self._command("start", job, self._ago(hours=5)),
            self._command("task", job, self._ago(hours=4), task=task.id, answer=True),
            self._command("note", job, self._ago(hours=4), text="Runs hot"),
            self._command("pause", job, self._ago(hours=3)),
            self._command("complete", job, self._ago(hours=2)),
        )
        self.assertEqual([answer["state"] for answer in answers], ["sent"] * 5, answers)
        self.assertEqual(job.sudo().labor_ids.mapped("hours"), [2.0])
        self.assertEqual((job.date_started, job.date_completed), (self._ago(hours=5), self._ago(hours=2)))
        self.assertEqual((task.is_done, task.done_by_id, task.date_done), (True, self.technician, self._ago(hours=4)))
        self.assertIn("Runs hot", self._notes(job))


@tagged("post_install", "-at_install")
class TestPhoneHttp(PhoneHttpCase):
    def test_page_and_routes(self):
        job = self._assigned()
        self.authenticate("kw_technician", "kw_technician")
        page = self.url_open("/maintenance/work")
        self.assertEqual(page.status_code, 200)
        self.assertIn("assets_work", page.text)
        data = self._json("data")
        self.assertEqual([row["id"] for row in data["jobs"]], [job.id])
        command = self._command("start", job)
        answer = self._json("send", now=data["now"], commands=[command])["answers"][0]
        self.assertEqual(answer["state"], "sent", answer)
        self.assertEqual(job.state, "in_progress")

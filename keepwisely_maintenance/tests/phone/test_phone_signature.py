import base64
import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from odoo.tests import tagged

from .phone_common import PhoneCase


def draw(width=120, height=60, kind="PNG", said=None):
    """A line on nothing, as a canvas gives it: a data URL."""
    file, about = io.BytesIO(), PngInfo()
    if said:
        about.add_text("Comment", said)
    image = Image.new("RGBA" if kind == "PNG" else "RGB", (width, height))
    image.paste((20, 20, 60, 255)[: len(image.mode)], (5, 10, width - 5, 14))
    image.save(file, kind, **({"pnginfo": about} if kind == "PNG" else {}))
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


@tagged("post_install", "-at_install")
class TestPhoneSignature(PhoneCase):
    """A signature is drawn anew, stands below the work order, and answers its task."""

    def setUp(self):
        super().setUp()
        self.job = self._asked_days_ago(self._assigned())
        self.task = self.env["maintenance.task"].create(
            {"maintenance_request_id": self.job.id, "name": "Released by", "kind": "signature"}
        )

    def _files(self):
        return self.env["ir.attachment"].search([("res_model", "=", self.job._name), ("res_id", "=", self.job.id)])

    def test_signed(self):
        values = {"task": self.task.id, "name": " Ada Miller ", "png": draw(said="Secret of the phone")}
        command = self._command("signature", self.job, self._ago(hours=2), **values)
        for _time in range(2):
            answer = self._send(self.technician, command)[0]
            self.assertEqual(answer["state"], "sent", answer["sentence"])
        self.assertEqual((self.task.is_done, self.task.note, self.task.done_by_id), (True, "Ada Miller", self.technician))
        self.assertEqual(self.task.date_done, self._ago(hours=2))
        [file] = self._files()
        for content in (file.raw, base64.b64decode(self.task.signature)):
            self.assertNotIn(b"Secret", content, "only pixels survive")
            image = Image.open(io.BytesIO(content))
            self.assertEqual(image.size, (120, 60))
            self.assertEqual((image.getpixel((60, 12)), image.getpixel((60, 40))[3]), ((20, 20, 60, 255), 0))
        message = self.job.sudo().message_ids.filtered("attachment_ids")
        self.assertEqual((message.date, message.author_id), (self._ago(hours=2), self.technician.partner_id))
        self.assertIn("Ada Miller", message.body)
        self.assertFalse(self._row(answer).content["png"], "it is kept once")

    def test_what_is_no_signature(self):
        for png in (
            None, 7, "", "x", "data:image/png;base64,x", draw(width=2049, height=10), draw(kind="JPEG"),
            f"data:image/png;base64,{base64.b64encode(b'<svg/>').decode()}", draw(said="x" * 70_000), draw()[:-40],
        ):  # fmt: skip
            values = {"task": self.task.id, "name": "Ada", "png": png}
            answer = self._do(self.technician, "signature", self.job, state="look", **values)
            self.assertIn("sign again", answer["sentence"], png and str(png)[:40])
        self._do(self.technician, "signature", self.job, task=self.task.id, name=" ", png=draw(), state="look")
        self.assertFalse(self.task.is_done)

    def test_of_work_that_is_over_it_is_kept(self):
        self.job.with_user(self.planner).action_complete()
        self.job.with_user(self.planner).action_close()
        self._do(self.technician, "signature", self.job, task=self.task.id, name="Ada", png=draw(), state="look")
        self.assertFalse(self.task.is_done)
        self.assertEqual(self._files().mapped("mimetype"), ["image/png"])
        self.assertTrue(self._activities(self.planner, self.job))

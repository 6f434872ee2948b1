from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...models.phone import maintenance_phone_command_moment as moments
from .page_common import ALL_SENT, PageCase


@tagged("post_install", "-at_install")
class TestPageClock(PageCase):
    """When something was done, on a phone whose clock is wrong or whose words are long on their way."""

    def setUp(self):
        super().setUp()
        self.job = self._asked_days_ago(self._assigned(name="Squealing conveyor"))

    def _note(self, phone, text):
        """What became of a note. :returns: what was said of it, when it was written, and when by the device's clock"""
        self.assertTrue(self._act(phone, "note", self.job, text=text))
        phone.wait(ALL_SENT)
        with self._database():
            row = self.env["maintenance.phone.command"].search([]).filtered(lambda row: row.content["text"] == text)
            return row.sentence, row.moment, row.moment_device

    def test_long_on_its_way(self):
        """Seconds stand for minutes here: the answer says nothing of the clock, since the phone has measured it before."""
        with patch.object(moments, "CLOCKS_AGREE", timedelta(seconds=2)), self._phone() as phone:
            phone.connect(lambda params: 6 * ('"kind"' in params["request"].get("postData", "")))
            sentence, moment, by_device = self._note(phone, "On its way")
            self.assertNotIn("clock", sentence)
            self.assertEqual(moment, by_device)

    def test_three_hours_wrong(self):
        """Also where the clock is set while the page is open."""
        with self._phone() as phone:
            for hours, words in ((3, "03:00 h ahead"), (-3, "03:00 h behind"), (0, "")):
                phone.set_clock(hours=hours)
                sentence, moment, _by_device = self._note(phone, f"Clock {hours}")
                self.assertIn(words, sentence)
                self.assertEqual("clock" in sentence, bool(hours), sentence)
                self.assertLess(abs(moment - fields.Datetime.now()), timedelta(seconds=30))

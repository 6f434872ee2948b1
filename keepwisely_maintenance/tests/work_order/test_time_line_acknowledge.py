from odoo.exceptions import UserError
from odoo.tests import tagged

from .time_line_common import START, TimeLineCase


@tagged("post_install", "-at_install")
class TestAcknowledge(TimeLineCase):
    def test_reports_of_those_who_look_after_it(self):
        created = {
            user: self.env["maintenance.request"].with_user(user).create(
                {"name": "Noise", "equipment_id": self.conveyor.id}
            ).sudo().phase
            for user in (self.operator, self.technician, self.outsider, self.planner)
        }  # fmt: skip
        self.assertEqual(
            created,
            {self.operator: "acknowledge", self.technician: "approve", self.outsider: "acknowledge", self.planner: "approve"},
        )
        self.assertEqual(self._report(maintenance_type="preventive").phase, "approve")

    def test_reporter_does_not(self):
        request = self._report(user_id=self.technician.id)
        request.description = "Louder now"
        request.message_post(body="Hello?", message_type="comment")
        self.assertEqual(request.phase, "acknowledge", "that the asset has a technician is no answer")

    def test_an_answer_does(self):
        request = self._report()
        request.with_user(self.technician).message_post(body="I have a look at noon", message_type="comment")
        self.assertEqual((request.phase, request.date_acknowledged), ("approve", START))

    def test_nobody_says_so_by_hand(self):
        request = self._report()
        for user in (self.operator, self.technician, self.planner):
            with self.assertRaises(UserError):
                request.with_user(user).date_acknowledged = START
            with self.assertRaises(UserError):
                request.with_user(user).phase = "repair"
        born = self.env["maintenance.request"].with_user(self.operator).with_context(
            default_date_acknowledged=START, default_phase="repair"
        ).create({"name": "Noise"})  # fmt: skip
        self.assertEqual((born.date_acknowledged, born.phase), (False, "acknowledge"))

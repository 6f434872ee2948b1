from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .who_gets_common import WhoGetsCase


@tagged("post_install", "-at_install")
class TestTakePart(WhoGetsCase):
    """Taking a part from another job, seeing first who would lose it."""

    def _take(self, part, user=None):
        action = part.with_user(user or self.technician).action_open_take()
        self.assertEqual(action["target"], "new")
        return self.env[action["res_model"]].with_user(user or self.technician).browse(action["res_id"])

    def test_losers_are_shown_and_lose_what_was_shown(self):
        self._validate(self._coming(6))
        medium = self._job(3, priority="1")
        low = self._job(2, priority="0")
        self.assertEqual((low.state, medium.state), ("assigned", "assigned"))
        emergency = self._job(4, priority="3")
        self.assertTrue(emergency.with_user(self.technician).can_take)
        take = self._take(emergency)
        self.assertEqual(take.qty_missing, 3, "one was free")
        self.assertEqual(take.line_ids.mapped("name"), [part.maintenance_request_id.display_name for part in (low, medium)])
        shown = {line.part_id.sudo(): line.qty_lost for line in take.sudo().line_ids}
        self.assertEqual(shown, {low: 2, medium: 1})
        before = {part: part.quantity for part in shown}
        take.action_take()
        self.assertEqual({part: before[part] - part.quantity for part in shown}, shown)
        self.assertEqual(emergency.state, "assigned")
        self.assertFalse(emergency.with_user(self.technician).can_take)

    def test_planner_takes_with_a_reason(self):
        self._validate(self._coming(2))
        low = self._job(2)
        medium = self._job(2, priority="1")
        self.assertFalse(medium.with_user(self.technician).can_take, "no emergency")
        self.assertTrue(medium.with_user(self.planner).can_take)
        take = self._take(medium, self.planner)
        with self.assertRaises(UserError):
            take.action_take()
        take.reason = "Audit tomorrow"
        take.action_take()
        self.assertEqual((low.state, medium.state), ("confirmed", "assigned"))
        self.assertIn("Audit tomorrow", "".join(low.maintenance_request_id.message_ids.mapped("body")))

    def test_nobody_else_takes(self):
        self._validate(self._coming(2))
        self._job(2)
        emergency = self._job(2, priority="3")
        for stranger in (self.outsider, self.operator, self.storekeeper):
            with self.assertRaises(UserError):
                self._take(emergency, stranger)
        self.assertFalse(emergency.with_user(self.outsider).sudo(False).can_take)
        take = self._take(emergency)
        with self.assertRaises(AccessError):
            take.with_user(self.colleague).read(["reason"])
        with self.assertRaises(AccessError):
            self.env["maintenance.part.take.line"].with_user(self.technician).create(
                {"take_id": take.id, "part_id": emergency.id}
            )

    def test_no_button_where_nobody_has_it(self):
        self._validate(self._coming(2))
        urgent = self._job(2, priority="3")
        late = self._job(2, priority="3")
        self.assertEqual(urgent.state, "assigned")
        self.assertFalse(late.with_user(self.technician).can_take)
        self.assertFalse(self._take(late).line_ids)

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestRandomFindings(MaintenanceCase):
    """What random steps found, each as short as it gets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 7.0)

    def _asked(self, quantity=10, **values):
        """A job that lacks belts and asked for them; returns (work order, part, requisition line)."""
        request = self._assigned(**values)
        part = self._add_part(request, self.belt, quantity)
        request.action_request_parts(offer=False)
        return request, part, request.sudo().requisition_line_ids

    def test_nothing_is_asked_again_for_work_that_is_over(self):
        request, part, line = self._asked()
        requisition = line.requisition_id
        requisition.with_user(self.buyer).action_cancel()
        part.action_drop_part()
        request.with_user(self.planner).archive_equipment_request()
        with self.assertRaises(UserError) as caught:
            requisition.with_user(self.buyer).action_draft()
        self.assertIn(request.sudo().reference, str(caught.exception))
        self.assertFalse(line.is_open)

    def test_nothing_is_added_to_work_that_is_completed(self):
        """Nobody would use it any more, so it would stay reserved for ever."""
        request = self._assigned()
        request.action_start()
        request.action_complete()
        for user in (self.technician, self.planner):
            with self.assertRaisesRegex(UserError, "reopen it"):
                self._add_part(request.with_user(user), self.seal, 1)

    def test_one_to_do_however_often_the_job_waits(self):
        request, part, line = self._asked(2)
        self._receive(self._order(line.requisition_id))
        self.assertEqual((request.state, len(self._activities(self.technician, request))), ("assigned", 1))
        more = self._add_part(request, self.belt, 1)
        request.action_request_parts()
        self.assertEqual(request.state, "waiting_parts")
        self.assertFalse(self._activities(self.technician, request), "the work cannot go on")
        more.action_drop_part()
        self.assertEqual((request.state, len(self._activities(self.technician, request))), ("assigned", 1))

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestColdCache(MaintenanceCase):
    """What people do in a request of their own, where nothing was read for them before."""

    def test_a_reporter_cancels_an_own_report(self):
        request = self._report()
        part = self._add_part(request.with_user(self.planner), self.seal, 2)
        request.with_user(self.operator).archive_equipment_request()
        self.assertEqual((request.sudo().state, part.sudo().state), ("cancelled", "cancel"))
        theirs = self._assigned()
        with self.assertRaisesRegex(UserError, "can be cancelled by a planner only"):
            theirs.with_user(self.operator).archive_equipment_request()

    # -- The native archive flag ---------------------------------------------------------------------

    def test_the_archive_flag_cancels_through_the_gates(self):
        request = self._assigned()
        part = self._add_part(request, self.seal, 2)
        for user in (self.operator, self.technician):
            with self.subTest(user=user.login), self.assertRaisesRegex(UserError, "by a planner only"):
                request.with_user(user).write({"archive": True})
        self.assertEqual(request.sudo().state, "assigned")
        request.with_user(self.planner).write({"archive": True, "description": "Not needed"})
        request = request.sudo()
        self.assertEqual((request.state, request.archive, part.sudo().state), ("cancelled", True, "cancel"))
        self.assertIn("Not needed", request.description, "what is written with it is kept")
        request.with_user(self.planner).write({"archive": False})
        self.assertEqual((request.state, request.archive, request.date_approved), ("requested", False, False))

    def test_the_archive_flag_of_what_has_it_already_moves_nothing(self):
        request = self._assigned().with_user(self.planner)
        request.write({"archive": False})
        self.assertEqual(request.state, "assigned")

    def test_a_reporter_archives_an_own_report(self):
        request = self._report()
        request.with_user(self.operator).write({"archive": True})
        self.assertEqual(request.sudo().state, "cancelled")

from odoo.tests import tagged

from ..common import MaintenanceCase

ROLES = ("technician", "planner", "buyer")


@tagged("post_install", "-at_install")
class TestGuidedTours(MaintenanceCase):
    """Tours are offered to who has the role, and to nobody unasked."""

    def _tours(self, user):
        return self.env["web_tour.tour"].with_user(user)

    def _get_offered(self, user):
        """The roles whose tours onboarding goes through, one after another."""
        user.sudo().tour_enabled = True
        offered, tours = [], self._tours(user)
        current = tours.get_current_tour()
        while current:
            offered.append(current["name"])
            current = tours.consume(current["name"])
        return {role for role in ROLES if f"keepwisely_{role}_tour" in offered}

    def test_onboarding_offers_the_tours_of_the_role(self):
        for user, roles in (
            (self.operator, set()), (self.technician, {"technician"}), (self.planner, {"planner", "technician"}),
            (self.buyer, {"buyer"}), (self.storekeeper, set()),
        ):  # fmt: skip
            self.assertEqual(self._get_offered(user), roles, user.login)

    def test_nobody_is_shown_one_unasked(self):
        for user in (self.technician, self.planner, self.buyer):
            self.assertFalse(user.tour_enabled)
            self.assertFalse(self._tours(user).get_current_tour(), user.login)

    def test_begun_by_hand_it_is_the_only_one(self):
        """Onboarding goes off again with it, however it ends, and offers nothing meanwhile."""
        tours, name = self._tours(self.buyer), "keepwisely_buyer_tour"
        users = self.env["res.users"].with_user(self.buyer)
        for end in (lambda: tours.consume(name), lambda: users.switch_tour_enabled(False)):
            self.assertIn("That is", tours.maintenance_begin_tour(name))
            # as the browser does when it begins
            users.switch_tour_enabled(True)
            self.assertTrue(self.buyer.tour_enabled)
            self.assertFalse(tours.get_current_tour(), "nor on another device of theirs")
            self.assertFalse(end())
            self.assertFalse(self.buyer.tour_enabled)

    def test_who_wants_onboarding_keeps_it(self):
        self.buyer.tour_enabled = True
        tours, name = self._tours(self.buyer), "keepwisely_buyer_tour"
        tours.maintenance_begin_tour(name)
        tours.consume(name)
        self.assertTrue(self.buyer.tour_enabled)

    def test_tours_of_others_do_not_begin(self):
        """Neither by hand nor by a link; the link ends at once instead of waiting for a menu that never comes."""
        tours, name = self._tours(self.technician), "keepwisely_buyer_tour"
        self.assertFalse(tours.maintenance_begin_tour(name))
        self.assertFalse(self.technician.tour_enabled)
        self.assertEqual(tours.get_tour_json_by_name(name)["steps"], [])
        self.assertNotEqual(tours.get_tour_json_by_name(name)["name"], name)
        self.assertEqual(self._tours(self.buyer).get_tour_json_by_name(name)["name"], name)

    def test_tours_that_are_not_ours_are_not_begun(self):
        self.assertFalse(self._tours(self.buyer).maintenance_begin_tour("purchase_tour"))
        self.assertFalse(self.buyer.tour_enabled)

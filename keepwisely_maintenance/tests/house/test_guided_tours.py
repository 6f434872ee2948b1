from odoo.fields import Command
from odoo.tests import tagged

from ..browser_common import BrowserCase

PHONE = "390x844"


class GuidedTourCase(BrowserCase):
    """Whoever has a role takes the tour of it: played by Odoo's own runner, or by hand as it is meant."""

    def _play(self, role, url="/odoo"):
        self.start_tour(url, f"keepwisely_{role}_tour", login=f"kw_{role}")

    def _take_by_hand(self, role, url="/odoo"):
        name = f"keepwisely_{role}_tour"
        self.browser_js(
            url,
            f"odoo.keepwiselyTakeByHand({name!r})",
            f"odoo.isTourReady({name!r}).then(() => Boolean(odoo.keepwiselyTakeByHand))",
            login=f"kw_{role}",
            success_signal="taken by hand",
        )

    def _get_reports(self, user):
        return self.env["maintenance.request"].search([("owner_user_id", "=", user.id)])

    def _give_job(self):
        request = self._assigned(name="Weekly round", maintenance_type="preventive")
        request.with_user(self.planner).task_ids = [Command.create({"name": "Guard closed", "kind": "pass_fail"})]
        return request


class TechnicianTour:
    """What holds at a desk and on a phone."""

    def test_a_job_of_theirs(self):
        request = self._give_job()
        self._play("technician", "/odoo/my-work-orders")
        self.assertEqual((request.state, request.labor_ids.mapped("hours")), ("completed", [0.5]))

    def test_a_job_of_theirs_by_hand(self):
        request = self._give_job()
        self._take_by_hand("technician", "/odoo/my-work-orders")
        self.assertEqual(request.state, "completed")

    def test_a_job_that_waits_for_parts(self):
        """There is nothing to start; the tour says so and ends."""
        request = self._assigned()
        self._add_part(request, self.bearing, 3.0)
        request.action_request_parts()
        self.assertEqual(request.state, "waiting_parts")
        for take in (self._play, self._take_by_hand):
            take("technician", "/odoo/my-work-orders")
            self.assertEqual(request.state, "waiting_parts")

    def test_a_job_that_nobody_has(self):
        request = self._report(name="Weekly round", maintenance_type="preventive").with_user(self.planner)
        request.action_approve()
        self._take_by_hand("technician", "/odoo/my-work-orders")
        self.assertEqual(request.user_id, self.technician)
        self.assertEqual(request.state, "completed")

    def test_where_there_is_nothing(self):
        """An empty database: they report something, and hear that a planner comes next."""
        for take in (self._play, self._take_by_hand):
            before = self._get_reports(self.technician)
            take("technician", "/odoo/my-work-orders")
            self.assertEqual((self._get_reports(self.technician) - before).mapped("state"), ["requested"])


@tagged("post_install", "-at_install")
class TestTechnicianTourAtADesk(TechnicianTour, GuidedTourCase):
    browser_size = "1400x900"

    def test_from_the_menu_of_apps(self):
        request = self._give_job()
        self.technician.action_id = False
        self._take_by_hand("technician", "/odoo/my-maintenance-reports")
        self.assertEqual(request.state, "completed")


@tagged("post_install", "-at_install")
class TestTechnicianTourOnAPhone(TechnicianTour, GuidedTourCase):
    browser_size = PHONE
    touch_enabled = True


@tagged("post_install", "-at_install")
class TestGuidedToursAtADesk(GuidedTourCase):
    browser_size = "1400x900"

    def _check_planned(self, take):
        before = self._get_reports(self.planner)
        take("planner")
        request = self._get_reports(self.planner) - before
        self.assertEqual(len(request), 1)
        self.assertEqual(request.approved_by_id, self.planner)
        self.assertTrue(request.user_id)
        self.assertIn(request.state, ("assigned", "in_progress"))

    def _check_bought(self, take):
        before = self.env["purchase.order.line"].search([])
        take("buyer")
        line = self.env["purchase.order.line"].search([]) - before
        self.assertEqual((len(line), line.price_unit, line.order_id.state), (1, 12.0, "draft"))

    def test_planner(self):
        self._check_planned(self._play)
        self._check_planned(self._take_by_hand)

    def test_buyer(self):
        self._check_bought(self._play)
        self._check_bought(self._take_by_hand)

    def test_buyer_who_has_to_wait_for_an_approval(self):
        """There is nothing to order; the tour says whom it waits for, and ends."""
        tiers = self.env["maintenance.approval.tier"].search([("company_id", "=", self.company.id)])
        tiers.sorted("min_amount")[0].min_amount = 1.0
        orders = self.env["purchase.order"].search_count([])
        self._take_by_hand("buyer")
        requisition = self.env["maintenance.requisition"].search([("create_uid", "=", self.buyer.id)])
        self.assertEqual(requisition.state, "to_approve")
        self.assertEqual(self.env["purchase.order"].search_count([]), orders)

    def test_with_what_is_there(self):
        request = self._assigned()
        self._add_part(request, self.bearing, 3.0)
        request.action_request_parts()
        self._give_job()
        self._check_planned(self._take_by_hand)
        self._check_bought(self._take_by_hand)

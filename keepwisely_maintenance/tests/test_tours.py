from odoo.tests import HttpCase, tagged

from .common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestTours(MaintenanceCase, HttpCase):
    """The bearing story in the browser, each step as the person who does it."""

    def test_bearing_story(self):
        """A missing bearing: asked for, refused moves explained, ordered, received, used."""
        request = self._assigned(name="Squealing conveyor")

        self.start_tour("/odoo/my-work-orders", "keepwisely_technician_asks_for_parts", login="kw_technician")
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "requested"))
        requisition = request.requisition_ids
        self.assertEqual(requisition.state, "approved", "42 are below the lowest tier")

        self.start_tour("/odoo/work-orders", "keepwisely_refused_drag_says_why", login="kw_technician")
        self.start_tour("/odoo/work-orders", "keepwisely_refused_stage_says_why", login="kw_planner")
        self.assertEqual(request.state, "waiting_parts")

        self.start_tour("/odoo/maintenance-requisitions", "keepwisely_buyer_orders", login="kw_buyer")
        order = request.sudo().purchase_order_ids
        self.assertEqual(order.state, "purchase")
        self._receive(order)
        self.assertEqual((request.state, request.parts_state), ("assigned", "ready"))

        self.start_tour("/odoo/my-work-orders", "keepwisely_technician_completes", login="kw_technician")
        self.assertEqual((request.state, request.parts_state), ("completed", "consumed"))

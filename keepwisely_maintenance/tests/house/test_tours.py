import re
from urllib.parse import parse_qs, urlsplit

from odoo import Command
from odoo.tests import tagged

from ..browser_common import BrowserCase


@tagged("post_install", "-at_install")
class TestTours(BrowserCase):
    """The bearing story in the browser, each step as the person who does it."""

    def test_bearing_story(self):
        """A missing bearing: asked for, refused moves explained, ordered, received, used."""
        request = self._assigned(name="Squealing conveyor")

        self.start_tour("/odoo/my-work-orders", "keepwisely_technician_asks_for_parts", login="kw_technician")
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "requested"))
        requisition = request.requisition_ids
        self.assertEqual(requisition.state, "approved", "42 are below the lowest tier")

        self.start_tour("/odoo/maintenance-work-orders", "keepwisely_refused_drag_says_why", login="kw_technician")
        self.start_tour("/odoo/maintenance-work-orders", "keepwisely_refused_stage_says_why", login="kw_planner")
        self.assertEqual(request.state, "waiting_parts")

        self.start_tour("/odoo/maintenance-requisitions", "keepwisely_buyer_orders", login="kw_buyer")
        order = request.sudo().maintenance_purchase_order_ids
        self.assertEqual(order.state, "purchase")
        self._receive(order)
        self.assertEqual((request.state, request.parts_state), ("assigned", "ready"))

        self.start_tour("/odoo/my-work-orders", "keepwisely_technician_completes", login="kw_technician")
        self.assertEqual((request.state, request.parts_state), ("completed", "consumed"))

    def _ask(self):
        self._set_price(self.seal, 800.0)
        requisition = self.env["maintenance.requisition"].with_user(self.planner).create(
            {"line_ids": [Command.create({"product_id": self.seal.id})]}
        )
        requisition.action_submit()
        self.assertEqual(requisition.state, "to_approve")
        return requisition

    def test_deciding_from_the_to_do(self):
        requisition = self._ask()
        page = "/odoo/maintenance-requisitions"
        self.start_tour(f"{page}/{requisition.id}", "keepwisely_approve_from_activity", login="kw_procurement")
        self.assertEqual((requisition.state, requisition.decision_ids.user_id), ("approved", self.procurement))
        requisition = self._ask()
        self.start_tour(f"{page}/{requisition.id}", "keepwisely_reject_from_activity", login="kw_procurement")
        self.assertEqual((requisition.state, requisition.decision_ids.comment), ("rejected", "There is one on the shelf"))
        requisition = self._ask()
        self.env["maintenance.requisition"].search([("id", "!=", requisition.id)]).sudo()._clear_activities()
        self.start_tour(page, "keepwisely_approve_from_list", login="kw_procurement")
        self.assertEqual(requisition.state, "approved")

    def test_undo(self):
        requisition = self._ask()
        self.start_tour("/odoo/maintenance-approvals", "keepwisely_approve_and_undo", login="kw_procurement")
        self.assertEqual(requisition.state, "to_approve")
        self.assertEqual(requisition.decision_ids.sorted("id").mapped("decision"), ["approved", "taken_back"])

    def test_the_link_in_the_e_mail_opens_the_requisition_after_login(self):
        requisition = self._ask()
        self.env.ref("keepwisely_maintenance.ir_cron_todo_mails").method_direct_trigger()
        mail = self.env["mail.mail"].search([("model", "=", requisition._name), ("res_id", "=", requisition.id)])
        link = re.search(r'href="[^"]*(/mail/view\?[^"]+)"', mail[:1].body_html)[1].replace("&amp;", "&")
        page = self.url_open(link)
        self.assertIn("/web/login", page.url)
        after_login = parse_qs(urlsplit(page.url).query)["redirect"][0]
        self.authenticate("kw_procurement", "kw_procurement")
        page = self.url_open(after_login)
        self.assertRegex(page.url, rf"/odoo/maintenance.requisition/{requisition.id}\b")

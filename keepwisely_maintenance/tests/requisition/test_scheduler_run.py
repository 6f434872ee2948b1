from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.stock.models.stock_rule import ProcurementException

from ...const import UNATTENDED
from .orderpoint_common import OrderpointCase


@tagged("post_install", "-at_install")
class TestSchedulerRun(OrderpointCase):
    """One run of the scheduler over several reorder points."""

    def test_one_bad_reorder_point_between_two_good_ones(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        theirs = self.env["res.partner"].create({"name": "Their vendor", "company_id": sister.id})
        wrong = self._create_part("Wrong belt", 5.0)
        wrong.seller_ids.partner_id = theirs
        chain = self._create_part("Chain", 60.0)
        before, bad, after = (self._orderpoint(product) for product in (self.belt, wrong, chain))
        self._run()
        self.assertEqual([self._lines(point).mapped("product_qty") for point in (before, bad, after)], [[10], [], [10]])
        self.assertEqual(self._lines(before | after).requisition_id.mapped("state"), ["to_approve"])
        warnings = self.env["mail.activity"].search(
            [("res_model", "=", "product.template"), ("res_id", "in", (self.belt | wrong | chain).product_tmpl_id.ids)]
        )
        self.assertEqual(warnings.mapped("res_id"), wrong.product_tmpl_id.ids, "only what is wrong is told")
        self.assertIn("Their vendor", warnings.note)

    def test_of_one_batch_only_the_bad_one_is_given_back(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        wrong = self._create_part("Wrong belt", 5.0)
        wrong.seller_ids.partner_id = self.env["res.partner"].create({"name": "Their vendor", "company_id": sister.id})
        products = self.belt | wrong | self._create_part("Chain", 60.0)
        points = self.env["stock.warehouse.orderpoint"].union(*(self._orderpoint(product) for product in products))
        rules = self.env["stock.rule"].with_context(maintenance_unattended=UNATTENDED)
        batch = [
            (
                rules.Procurement(
                    point.product_id, 10, point.product_uom, point.location_id, point.name, point.name, point.company_id,
                    {"orderpoint_id": point, "warehouse_id": point.warehouse_id, "date_planned": fields.Datetime.now()},
                ),
                self.warehouse.buy_pull_id,
            )
            for point in points
        ]  # fmt: skip
        failed = []
        try:  # assertRaises would take back what was held
            rules._hold(batch)
        except ProcurementException as error:
            failed = error.procurement_exceptions
        self.assertEqual([procurement.product_id for procurement, _words in failed], [wrong])
        self.assertEqual(self._lines(points).product_id, products - wrong)

    def test_two_bad_ones_are_told_both(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        theirs = self.env["res.partner"].create({"name": "Their vendor", "company_id": sister.id})
        wrong = self.env["product.product"]
        for name in ("Wrong belt", "Wrong pin"):
            wrong |= self._create_part(name, 5.0)
        wrong.seller_ids.partner_id = theirs
        for product in wrong:
            self._orderpoint(product)
        _orderpoint, line = self._held()
        warnings = self.env["mail.activity"].search(
            [("res_model", "=", "product.template"), ("res_id", "in", wrong.product_tmpl_id.ids)]
        )
        self.assertEqual(line.product_qty, 10)
        self.assertEqual(set(warnings.mapped("res_id")), set(wrong.product_tmpl_id.ids))

    def test_an_earlier_need_pulls_the_date_of_a_held_requisition_forward(self):
        today = fields.Date.today()
        slow = self._create_part("Slow chain", 60.0)
        slow.seller_ids.delay = 20
        quick = self._create_part("Quick pin", 60.0)
        quick.seller_ids.delay = 2
        slower = self._create_part("Slower pin", 60.0)
        slower.seller_ids.delay = 40
        _orderpoint, line = self._held(slow)
        requisition = line.requisition_id
        late = requisition.date_required
        self.assertGreaterEqual(late, today + timedelta(days=19))
        _orderpoint, earlier = self._held(quick)
        self.assertEqual(earlier.requisition_id, requisition, "both are held together")
        self.assertEqual(requisition.date_required, earlier.date_required)
        self.assertLess(requisition.date_required, late)
        self.assertEqual(line.date_required, late, "the other line is needed when it was")
        _orderpoint, later = self._held(slower)
        self.assertEqual((later.requisition_id, requisition.date_required), (requisition, earlier.date_required))

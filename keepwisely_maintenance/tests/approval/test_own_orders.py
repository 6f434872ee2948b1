from datetime import date

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..purchase.review_common import make_review
from .test_spent_once import SpentCase


@tagged("post_install", "-at_install")
class TestOwnOrders(SpentCase):
    """A buyer's own order for maintenance meets the tiers that a requisition would meet."""

    def _draft(self, *lines, vendor=None, user=None):
        order = self.env["purchase.order"].with_user(user or self.buyer).create(
            {
                "partner_id": (vendor or self.vendor).id,
                "order_line": [
                    Command.create({"product_id": self.pump.id, "product_qty": 1, "price_unit": 9000.0, "tax_ids": False, **line})
                    for line in lines or ({},)
                ],
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return order

    def _confirmed(self, *lines, **kwargs):
        order = self._draft(*lines, **kwargs)
        order.button_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        return order

    def test_a_tier_from_nothing_on_asks_for_maintenance_only(self):
        self.tier.min_amount = 0
        order = self._confirmed({"product_id": self.env["product.product"].create({"name": "Paper"}).id, "price_unit": 5.0})
        self.assertEqual(order.state, "purchase")

    def test_confirm_asks_for_the_decision(self):
        order = self._draft()
        self.assertTrue(order.maintenance_needs_decision)
        action = order.button_confirm()
        requisition = order.maintenance_requisition_ids
        self.assertIn(requisition.name, action["params"]["message"])
        self.assertEqual((order.state, requisition.state), ("draft", "to_approve"))
        self.assertEqual(requisition.requester_id, self.buyer)
        line = requisition.line_ids
        self.assertEqual(
            (line.product_id, line.product_qty, line.partner_id, line.price_unit), (self.pump, 1, self.vendor, 9000)
        )
        self.assertEqual(requisition.sudo().tier_ids, self.tier | self.finance_tier)
        self.assertTrue(self._todos(self.procurement, requisition))
        self._refused(order.button_confirm, requisition.name)
        self.assertTrue(order.maintenance_not_approved)
        requisition.with_user(self.procurement).action_approve()
        requisition.with_user(self.finance).action_approve()
        self.env.invalidate_all()
        self.assertFalse(order.maintenance_not_approved or order.exceeds_approval)
        order.button_confirm()
        self.assertEqual((order.state, requisition.state), ("purchase", "ordered"))

    def test_several_are_confirmed_together(self):
        """Those that need no decision are placed."""
        dear, cheap = self._draft(), self._draft({"product_id": self.seal.id, "price_unit": 100.0})
        action = (dear | cheap).button_confirm()
        self.assertEqual((dear.state, cheap.state), ("draft", "purchase"))
        self.assertIn(dear.name, action["params"]["message"])
        self.assertNotIn(cheap.name, action["params"]["message"])
        self.assertFalse(cheap.maintenance_requisition_ids)

    def test_needed_by_its_day_in_the_plant(self):
        self.company.resource_calendar_id = self.env["resource.calendar"].create({"name": "Lake", "tz": "America/Chicago"})
        requisition = self._confirmed({"date_planned": "2035-03-09 02:00:00"}).maintenance_requisition_ids
        self.assertEqual(requisition.line_ids.date_required, date(2035, 3, 8), "a Thursday evening")

    def test_every_other_way_of_placing_is_refused(self):
        order = self._draft()
        manager = order.with_user(self.procurement)
        for name, place in {
            "write": lambda: order.write({"state": "purchase"}),
            "approve": lambda: manager.button_approve(force=True),
            "superuser": lambda: order.sudo().write({"state": "purchase"}),
        }.items():
            with self.subTest(way=name):
                self._refused(place, "Procurement", "9,000.00", order.name)
        with self.assertRaises(UserError):
            order.copy({"state": "purchase"})

    def test_below_the_lowest_it_is_placed_and_recorded(self):
        order = self._confirmed({"price_unit": 499.0})
        self.assertEqual((order.state, order.maintenance_requisition_ids.ids), ("purchase", []))
        self.assertIn("below the lowest approval tier", " ".join(order.message_ids.mapped("body")))

    def test_what_counts_together(self):
        """Of one vendor and product within the days, for one job, and with what requisitions ask for."""
        self.assertEqual(self._confirmed({"price_unit": 300.0}).state, "purchase")
        self.assertEqual(self._confirmed({"price_unit": 200.0}).state, "draft")
        other = self.env["res.partner"].create({"name": "Elsewhere"})
        self.assertEqual(self._confirmed({"price_unit": 200.0}, vendor=other).state, "purchase")
        job = self._assigned()
        for price, state in ((300.0, "purchase"), (200.0, "draft")):
            order = self._confirmed(
                {"product_id": self.bearing.id, "price_unit": price, "maintenance_request_id": job.id},
                vendor=self.env["res.partner"].create({"name": f"For the job, {price}"}),
            )
            self.assertEqual(order.state, state)
        asked = self.env["maintenance.requisition"].with_user(self.technician).create(
            {"line_ids": [Command.create({"product_id": self.seal.id, "maintenance_request_id": job.id})]}
        )
        asked.action_submit()
        self.assertEqual(asked.sudo().job_amount, 505, "and with the 300 that were ordered")

    def test_where_nothing_counts_together(self):
        """Each order by itself, but all of it."""
        self.company.requisition_window_days = 0
        for _n in range(2):
            self.assertEqual(self._confirmed({"price_unit": 300.0}).state, "purchase")
        self.assertEqual(self._confirmed({"price_unit": 300.0}, {"price_unit": 300.0}).state, "draft")

    def test_lines_of_one_order_count_together(self):
        parts = [self._create_part(f"Part {n}", 100.0) for n in range(5)]
        order = self._confirmed(*({"product_id": part.id, "price_unit": 100.0} for part in parts))
        self.assertEqual((order.state, len(order.maintenance_requisition_ids.line_ids)), ("draft", 5))

    def test_what_is_not_for_maintenance_is_free(self):
        paper = self.env["product.product"].create({"name": "Paper"})
        self.assertEqual(self._confirmed({"product_id": paper.id}).state, "purchase")
        order = self._draft({"product_id": paper.id}, {"product_id": paper.id, "equipment_id": self.conveyor.id})
        order.button_confirm()
        self.assertEqual(order.state, "draft", "it is for an asset")
        self.assertEqual(len(order.maintenance_requisition_ids.line_ids), 1)

    def test_placed_orders(self):
        order = self._confirmed({"price_unit": 400.0})
        line, job = order.order_line, self._assigned()
        big = self._confirmed({"product_id": self.bearing.id, "price_unit": 450.0, "maintenance_request_id": job.id})
        for name, change in {
            "dearer": lambda: line.write({"price_unit": 500.0}),
            "more": lambda: line.write({"product_qty": 2}),
            "another line": lambda: order.write(
                {"order_line": [Command.create({"product_id": self.pump.id, "product_qty": 1, "price_unit": 100.0})]}
            ),
            "to the job": lambda: line.write({"maintenance_request_id": job.id}),
            "its day": lambda: order.write({"date_approve": "2020-01-01"}),
        }.items():
            with self.subTest(change=name):
                self._refused(change)
        line.price_unit = 390.0
        line.product_qty = 0.5
        self.assertEqual(big.state, "purchase")

    def test_what_was_given_up_is_no_room_for_something_else(self):
        """Seed 7005: nothing of 334 comes any more; 133 for more pieces are less than that, and bought all the same."""
        given_up = self._confirmed({"price_unit": 167.0, "product_qty": 2})
        given_up.picking_ids.with_user(self.storekeeper).action_cancel()
        asked = self._approved({"partner_id": self.vendor.id, "product_qty": 2})
        self._confirm(self._rfq(asked))
        self._refused(lambda: given_up.order_line.write({"product_qty": 8, "price_unit": 16.67}), "Procurement", "1,733.36")
        given_up.order_line.price_unit = 16.67
        self.assertEqual(given_up.order_line.price_subtotal, 33.34)

    def test_a_refused_need_is_not_bought_that_way(self):
        job = self._assigned()
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {"line_ids": [Command.create({"product_id": self.pump.id, "maintenance_request_id": job.id})]}
        )
        requisition.action_submit()
        requisition.with_user(self.procurement).action_reject("Repair it")
        for values in ({"maintenance_request_id": job.id}, {}, {"equipment_id": self.conveyor.id}):
            for price in (10.0, 9000.0):
                with self.subTest(price=price, **values):
                    order = self._draft({**values, "price_unit": price})
                    self._refused(order.button_confirm, "refused", requisition.name)
                    self._refused(lambda order=order: order.write({"state": "purchase"}), "refused")
        other_job = self._confirmed({"maintenance_request_id": self._assigned().id, "price_unit": 10.0})
        self.assertEqual(other_job.state, "purchase", "another need")
        requisition.action_draft()
        requisition.action_submit()
        requisition.with_user(self.procurement).action_approve()
        order = self._confirmed({"price_unit": 10.0})
        self.assertEqual(order.state, "purchase", "approved since")

    def test_a_refused_one_off_is_not_bought_from_its_vendor(self):
        """Whatever it is called: what is not in the catalogue is known by the vendor alone."""
        job, other = self._assigned(), self.env["res.partner"].create({"name": "Another foundry"})
        line = {"name": "Bush, brass", "partner_id": self.vendor.id, "price_unit": 900.0, "maintenance_request_id": job.id}
        requisition = self.env["maintenance.requisition"].with_user(self.buyer).create({"line_ids": [Command.create(line)]})
        requisition.action_submit()
        requisition.with_user(self.procurement).action_reject("Turn it ourselves")
        values = {
            "product_id": self.env.ref("keepwisely_maintenance.product_one_off").id,
            "name": "Bushing", "maintenance_request_id": job.id, "price_unit": 10.0,
        }  # fmt: skip
        self._refused(self._draft(values).button_confirm, "refused", requisition.name)
        self.assertEqual(self._confirmed(values, vendor=other).state, "purchase")

    def test_what_it_says_when_the_decision_is_no(self):
        order = self._draft()
        order.button_confirm()
        requisition = order.maintenance_requisition_ids
        requisition.with_user(self.procurement).action_reject("No")
        self._refused(order.button_confirm, requisition.name, "Rejected")
        again = self._draft({"price_unit": 10.0})
        self._refused(again.button_confirm, "refused")

    def test_in_another_currency_and_unit(self):
        order = self._draft({"price_unit": 300.0, "product_uom_id": self.env.ref("uom.product_uom_dozen").id})
        order.currency_id = self._create_currency(0.5)
        order.order_line.price_unit = 300.0
        order.button_confirm()
        line = order.maintenance_requisition_ids.line_ids
        self.assertEqual((order.state, line.price_unit, line.product_uom_id.name), ("draft", 600, "Dozens"))
        line.requisition_id.with_user(self.procurement).action_approve()
        self._confirm(order.order_line)
        self.assertEqual(order.state, "purchase")

    def test_something_that_is_not_in_the_catalogue(self):
        one_off = self.env.ref("keepwisely_maintenance.product_one_off")
        order = self._draft({"product_id": one_off.id, "name": "Bush, brass", "equipment_id": self.conveyor.id})
        order.button_confirm()
        line = order.maintenance_requisition_ids.line_ids
        self.assertEqual((line.product_id.ids, line.name), ([], "Bush, brass"))

    def test_all_of_it_is_asked_for(self):
        """What the line says is what the requisition says, for its job and its cost centre."""
        crane = self.env["product.product"].create({"name": "Crane hire", "type": "service"})
        account = self.env["account.analytic.account"].create(
            {"name": "Line 1", "plan_id": self.env["account.analytic.plan"].create({"name": "Lines"}).id}
        )
        request = self._assigned()
        values = {"product_qty": 2, "price_unit": 500.0, "discount": 10.0, "date_planned": "2035-03-09 12:00:00"}
        order = self._draft(
            {"product_id": crane.id, "maintenance_request_id": request.id, **values},
            {
                "product_id": self.seal.id, "equipment_id": self.conveyor.id, "date_planned": "2035-03-10 12:00:00",
                "analytic_distribution": {str(account.id): 100.0},
            },
        )  # fmt: skip
        order.button_confirm()
        lines = order.maintenance_requisition_ids.line_ids.sudo()
        asked = {"partner_id": self.vendor.id, "equipment_id": self.conveyor.id, "is_price_manual": True}
        self.assertRecordValues(
            lines,
            [
                {
                    **asked, "product_id": crane.id, "name": "Crane hire", "is_service": True, "product_qty": 2.0,
                    "product_uom_id": crane.uom_id.id, "price_unit": 450.0, "date_required": date(2035, 3, 9),
                    "maintenance_request_id": request.id,
                },
                {
                    **asked, "product_id": self.seal.id, "name": "Seal", "is_service": False, "product_qty": 1.0,
                    "product_uom_id": self.seal.uom_id.id, "price_unit": 9000.0, "date_required": date(2035, 3, 10),
                    "maintenance_request_id": False,
                },
            ],
        )  # fmt: skip
        self.assertEqual(lines[1].analytic_distribution, {str(account.id): 100.0})
        self.assertEqual(order.order_line.requisition_line_id, lines)

    def test_who_may_ask(self):
        order = self._draft()
        for user in (self.technician, self.storekeeper, self.planner):
            with self.subTest(user=user.login):
                self._refused(order.with_user(user).action_maintenance_ask_for_decision)
        empty = self.env["purchase.order"].with_user(self.buyer).create({"partner_id": self.vendor.id})
        self._refused(empty.action_maintenance_ask_for_decision, empty.name)

    def test_what_came_or_was_billed_beyond_the_order(self):
        order = self._confirmed({"price_unit": 400.0})
        self.assertFalse(self._notifications(self.procurement, order))
        self._receive(order, 2)
        self.assertEqual(len(self._notifications(self.procurement, order)), 1)
        self.assertEqual(len(self._notifications(self.finance, order)), 0)
        self._bill(order, price=6000.0)
        self.assertEqual(len(self._notifications(self.procurement, order)), 2)
        self.assertEqual(len(self._notifications(self.finance, order)), 1)
        line = make_review(self.company).line_ids.filtered(lambda line: line.order_id == order.sudo())
        self.assertTrue(line.is_around)
        self.assertEqual(self._confirmed({"price_unit": 1.0}).state, "draft", "what came counts")

    # -- What a company may choose ----------------------------------------------------------------------

    def test_the_name_of_the_setting_works_on(self):
        company = self.company
        self.assertEqual((company.maintenance_order_rule, company.require_maintenance_link), ("tiers", False))
        company.require_maintenance_link = True
        self.assertEqual(company.maintenance_order_rule, "purpose")
        company.require_maintenance_link = False
        self.assertEqual(company.maintenance_order_rule, "tiers")
        company.maintenance_order_rule = "free"
        company.require_maintenance_link = False
        self.assertEqual((company.maintenance_order_rule, company.require_maintenance_link), ("free", False))
        company.maintenance_order_rule = "purpose"
        self.assertTrue(company.require_maintenance_link)

    def test_a_purpose_is_open(self):
        self.company.maintenance_order_rule = "purpose"
        order = self._draft()
        self._refused(order.button_confirm, "names no work order")
        job = self._assigned()
        order.order_line.maintenance_request_id = job
        order.order_line.equipment_id = False
        job.with_user(self.planner).archive_equipment_request()
        self.assertEqual(job.state, "cancelled")
        self._refused(order.button_confirm, "names no work order")
        order.order_line.maintenance_request_id = False
        scrapped = self.conveyor.copy({"scrap_date": fields.Date.today()})
        order.order_line.equipment_id = scrapped
        self._refused(order.button_confirm, "asset in use")
        order.order_line.equipment_id = self.conveyor
        self._confirm(order.order_line)
        self.assertEqual(order.state, "purchase", "9,000 with a purpose is all that this company wants")
        self._refused(lambda: order.order_line.write({"equipment_id": False}), "purpose")
        order.order_line.equipment_id = self.conveyor.copy()

    def test_a_purpose_stays_on_a_placed_order(self):
        order = self._confirmed({"price_unit": 10.0, "equipment_id": self.conveyor.id})
        self._refused(lambda: order.order_line.write({"equipment_id": False}), order.name)
        self._refused(
            lambda: order.write({"order_line": [Command.update(order.order_line.id, {"equipment_id": False})]}), order.name
        )

    def test_the_review_lists_what_went_around(self):
        self.company.maintenance_order_rule = "free"
        around = self._confirmed({"equipment_id": self.conveyor.id})
        small = self._confirmed({"product_id": self.seal.id, "price_unit": 10.0, "equipment_id": self.conveyor.id})
        self.assertEqual((around.state, small.state), ("purchase", "purchase"))
        lines = make_review(self.company).line_ids
        flags = {line.order_id: line.is_around for line in lines}
        self.assertEqual((flags[around.sudo()], flags[small.sudo()]), (True, False))

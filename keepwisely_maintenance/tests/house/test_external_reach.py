from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .json_common import JsonCase

JOB, MOVE, LINE, LOT = "maintenance.request", "stock.move", "stock.move.line", "stock.lot"
ORDER, ORDER_LINE = "purchase.order", "purchase.order.line"
REQUISITION, REQUISITION_LINE = "maintenance.requisition", "maintenance.requisition.line"
QUIET = ("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.orm.models")


class ReachCase(JsonCase):
    def setUp(self):
        super().setUp()
        logs = mute_logger(*QUIET)
        logs.__enter__()
        self.addCleanup(logs.__exit__, None, None, None)

    def _says(self, words, *args, **kwargs):
        self.assertIn(words, self._refused(*args, **kwargs)["message"])

    def _write(self, user, record, **vals):
        return self._call(user, record._name, "write", record.ids, vals=vals)

    def _write_refused(self, user, record, words="", **vals):
        self._says(words, user, record._name, "write", record.ids, vals=vals)


@tagged("post_install", "-at_install")
class TestReachOfStock(ReachCase):
    """Parts reach no stock but their own."""

    def setUp(self):
        super().setUp()
        self.part = self._add_part(self._assigned(), self.seal, 4).sudo()
        receipt = self._create_transfer(self.warehouse.in_type_id, self.bearing, 1)
        receipt.button_validate()
        self.received = receipt.move_line_ids

    def test_commands_inside_a_part(self):
        line, customers = self.received, self.env.ref("stock.stock_location_customers")
        foreign = self._add_part(self._assigned(), self.seal, 2).sudo().move_line_ids
        for command in (
            [1, line.id, {"quantity": 1001}], [1, line.id, {"location_dest_id": customers.id}], [2, line.id], [4, line.id],
            [6, 0, line.ids], [1, foreign.id, {"quantity": 0}], [4, foreign.id],
            [1, self.part.move_line_ids.id, {"location_dest_id": self.stock.id}],
            [0, 0, {"quantity": 1, "move_id": line.move_id.id}],
        ):  # fmt: skip
            with self.subTest(command=command):
                self._write_refused(self.technician, self.part, move_line_ids=[command])
        self._refused(
            self.technician, MOVE, "create",
            vals_list=[{
                "maintenance_request_id": self.part.maintenance_request_id.id, "product_id": self.seal.id,
                "product_uom_qty": 1, "move_line_ids": [[4, line.id]],
            }],
        )  # fmt: skip
        self._write_refused(self.technician, line, quantity=1001)
        self.env.invalidate_all()
        self.assertEqual((line.quantity, line.location_dest_id, foreign.quantity), (1, self.stock, 2))
        # what is theirs to say goes through the same door
        self._write(self.technician, self.part, move_line_ids=[[1, self.part.move_line_ids.id, {"quantity": 3}]])
        self.assertEqual(self.part.quantity, 3)

    def test_lots_are_chosen_not_written(self):
        gauge = self._create_part("Gauge", 80.0, tracking="lot")
        lot = self.env[LOT].create({"name": "L1", "product_id": gauge.id, "company_id": self.company.id})
        self.env["stock.quant"]._update_available_quantity(gauge, self.stock, 5, lot_id=lot)
        part = self._add_part(self.part.maintenance_request_id.with_user(self.technician), gauge, 1).sudo()
        for command in ([1, lot.id, {"name": "L2"}], [0, 0, {"name": "L3", "product_id": gauge.id}], [2, lot.id]):
            self._write_refused(self.technician, part, lot_ids=[command])
        self._write(self.technician, part, lot_ids=[[6, 0, lot.ids]])
        self.env.invalidate_all()
        self.assertEqual((lot.name, part.lot_ids), ("L1", lot))

    def test_nobody_picks_parts_of_other_work(self):
        line = self.part.move_line_ids
        for user in (self.operator, self.outsider):
            self._write_refused(user, line, picked=True)
            self._write_refused(user, self.part, picked=True)
        self.env.invalidate_all()
        self.assertFalse(line.picked or self.part.picked)
        self._write(self.technician, self.part, picked=True)

    def test_a_receipt_costs_no_job(self):
        job = self.part.maintenance_request_id
        open_receipt = self._create_transfer(self.warehouse.in_type_id, self.bearing, 7)
        for move in (self.received.move_id, open_receipt.move_ids):
            self._write_refused(self.storekeeper, move, maintenance_request_id=job.id)
        self._write_refused(
            self.storekeeper, open_receipt, move_ids=[[1, open_receipt.move_ids.id, {"maintenance_request_id": job.id}]]
        )
        self._call(self.storekeeper, "stock.picking", "button_validate", open_receipt.ids)
        self.assertEqual(self._read(self.planner, JOB, job.ids, "total_cost")["total_cost"], 0)


@tagged("post_install", "-at_install")
class TestReachOfWork(ReachCase):
    """Closed work, and what planners alone say of open work."""

    def test_closed_is_closed(self):
        press = self.env["maintenance.equipment"].create({"name": "Press"})
        job = self._assigned()
        job.action_start()
        job.labor_ids = [Command.create({"hours": 2.0})]
        job.action_complete()
        self._write_refused(self.technician, job, "planner", equipment_id=press.id)
        self._write(self.planner, job, priority="2")
        self.assertIn("Corrected", job.sudo().message_ids[0].body)
        self._call(self.planner, JOB, "action_close", job.ids)
        for user in (self.technician, self.planner):
            for name, value in {
                "equipment_id": press.id, "maintenance_type": "preventive", "request_date": "2020-01-01", "priority": "3",
                "maintenance_team_id": self.other_team.id, "description": "Nothing happened", "failure_id": False,
                "schedule_end": "2020-01-01 09:00:00", "labor_ids": [[1, job.sudo().labor_ids.id, {"hours": 1}]],
            }.items():  # fmt: skip
                with self.subTest(user=user.login, field=name):
                    self._write_refused(user, job, "closed", **{name: value})
        self._write_refused(self.planner, job.sudo().labor_ids, "Closed", hours=1)
        self._call(self.technician, JOB, "message_post", job.ids, body="Thank you")
        self._refused(self.technician, JOB, "action_reopen", job.ids, reason="It squeals")
        self._call(self.planner, JOB, "action_reopen", job.ids, reason="It squeals")
        self._write(self.planner, job, equipment_id=press.id)

    def test_whose_open_work_it_is(self):
        job = self._assigned()
        warehouse = self.env["stock.warehouse"].create({"name": "Second", "code": "WH2"})
        for name, value in {
            "maintenance_team_id": self.other_team.id, "warehouse_id": warehouse.id, "analytic_distribution": {"1": 100},
        }.items():  # fmt: skip
            with self.subTest(field=name):
                self._write_refused(self.technician, job, "planners", **{name: value})
        self._write(self.planner, job, warehouse_id=warehouse.id)


@tagged("post_install", "-at_install")
class TestReachOfMoney(ReachCase):
    """Two tiers; Procurement and Second serve the first, as buyers who also approve."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tier, cls.finance_tier = cls.env["maintenance.approval.tier"].search([("company_id", "=", cls.company.id)])
        cls.second = new_test_user(cls.env, login="kw_second", groups="purchase.group_purchase_manager", name="Second")
        cls.tier.write({"group_id": False, "user_ids": [Command.set((cls.procurement | cls.second).ids)]})
        cls.finance_tier.write({"group_id": False, "user_ids": [Command.set(cls.finance.ids)]})
        cls.pump = cls._create_part("Pump", 9000.0)
        cls.friend = cls.env["res.partner"].create({"name": "A friend"})

    def _ask(self, product=None, **values):
        """The technician asks for something for a job of its own, over the API."""
        values = {"maintenance_request_id": self._assigned().id, "product_id": (product or self.seal).id, **values}
        [asked] = self._call(self.technician, REQUISITION, "create", vals_list=[{"line_ids": [[0, 0, values]]}])
        return self.env[REQUISITION].browse(asked)

    def _buy(self, vendor=None, **values):
        line = {"product_id": self.pump.id, "product_qty": 1, "tax_ids": False, **values}
        [order] = self._call(
            self.buyer, ORDER, "create", vals_list=[{"partner_id": (vendor or self.vendor).id, "order_line": [[0, 0, line]]}]
        )
        return self.env[ORDER].browse(order)

    def _confirm(self, order):
        """The state of the order after the buyer confirmed it."""
        self._call(self.buyer, ORDER, "button_confirm", order.ids)
        return self._read(self.buyer, ORDER, order.ids, "state")["state"]

    def _approve(self, requisition, *users):
        for user in users:
            self._call(user, REQUISITION, "action_approve", requisition.ids)

    def test_nobody_decides_on_their_own_money(self):
        requisition = self._ask()
        laptop = {"name": "Laptop", "price_unit": 4800.0, "partner_id": self.vendor.id}
        self._write(self.procurement, requisition, line_ids=[[0, 0, laptop]])
        self._call(self.procurement, REQUISITION, "action_submit", requisition.ids)
        decision = {"requisition_id": requisition.id, "decision": "approved"}
        for method, ids, values in (
            ("action_approve", requisition.ids, {}),
            ("action_reject", requisition.ids, {"comment": "No"}),
        ):
            self._says("Who can decide: Second", self.procurement, REQUISITION, method, ids, **values)
        self._says(
            "Who can decide: Second", self.procurement, "maintenance.approval.decision", "create", vals_list=[decision]
        )
        self.assertEqual(requisition.sudo().state, "to_approve")
        self._approve(requisition, self.second)
        self.assertEqual(requisition.sudo().state, "approved")
        self.assertEqual(requisition.sudo().decision_ids.user_id, self.second)

    def test_the_company_may_allow_it(self):
        self._write_refused(self.procurement, self.company, maintenance_allow_own_decisions=True)
        self.company.maintenance_allow_own_decisions = True
        requisition = self._ask()
        self._write(self.procurement, requisition.sudo().line_ids, product_qty=120)
        self._call(self.procurement, REQUISITION, "action_submit", requisition.ids)
        self._approve(requisition, self.procurement)
        self.assertTrue(requisition.sudo().decision_ids.is_own)

    def test_a_buyers_order_above_the_tiers(self):
        order = self._buy()
        self.assertEqual(self._confirm(order), "draft", "it asks for the decision instead")
        self._write_refused(self.buyer, order, "To approve", state="purchase")
        requisition = order.sudo().maintenance_requisition_ids
        self.assertEqual((requisition.state, requisition.requester_id), ("to_approve", self.buyer))
        self._approve(requisition, self.second, self.finance)
        self.assertEqual(self._confirm(order), "purchase")
        self.assertEqual(self._confirm(self._buy(product_id=self.seal.id, price_unit=99.0)), "purchase", "below the tiers")

    def test_what_was_refused_is_not_bought_that_way(self):
        requisition = self._ask(self.pump)
        self._call(self.technician, REQUISITION, "action_submit", requisition.ids)
        self._call(self.second, REQUISITION, "action_reject", requisition.ids, comment="Repair it")
        order = self._buy(price_unit=10.0, maintenance_request_id=requisition.sudo().line_ids.maintenance_request_id.id)
        self._says(requisition.sudo().name, self.buyer, ORDER, "button_confirm", order.ids)
        self._write_refused(self.buyer, order, "refused", state="purchase")

    def _order(self, price):
        """An order of what was approved at ``price``, not confirmed yet."""
        requisition = self._ask(self._create_part(f"Gear for {price}", price))
        self._call(self.technician, REQUISITION, "action_submit", requisition.ids)
        if price >= self.tier.min_amount:
            self._approve(requisition, self.second)
        self._call(self.buyer, REQUISITION, "action_order", requisition.ids)
        return requisition.sudo().purchase_order_ids

    def test_the_vendor_is_the_approved_one(self):
        order = self._order(800.0)
        self._write(self.buyer, order, partner_id=self.friend.id)
        self._says("Bearings & Co", self.buyer, ORDER, "button_confirm", order.ids)
        self._write(self.buyer, order, partner_id=self.vendor.id)
        self.vendor.active = False
        self._says("archived", self.buyer, ORDER, "button_confirm", order.ids)
        self.vendor.active = True
        self.assertEqual(self._confirm(order), "purchase")

    def test_an_order_that_exceeds_stays_free_elsewhere(self):
        order = self._order(800.0)
        line = order.order_line
        self.assertEqual(self._confirm(order), "purchase")
        self._write_refused(self.buyer, line, price_unit=900.0)
        self._write_refused(self.buyer, order, order_line=[[1, line.id, {"product_qty": 2}]])
        self._write(self.buyer, order, note="Ring twice", order_line=[[1, line.id, {"price_unit": 790.0}]])
        self.assertEqual(line.price_unit, 790.0)

    def test_ten_vendors_and_one_order(self):
        orders = self.env[ORDER]
        for number in range(3):
            vendor = self.env["res.partner"].create({"name": f"Vendor {number}"})
            orders += self._buy(vendor, price_unit=400.0)
        for order in orders[:2]:
            self.assertEqual(self._confirm(order), "purchase", "of each vendor it is little")
        self._write(self.buyer, orders[0], partner_id=self.friend.id)
        self._write_refused(self.buyer, orders[1], "Procurement", partner_id=self.friend.id)
        self._write(self.buyer, orders[2], partner_id=self.friend.id)
        self.assertEqual(self._confirm(orders[2]), "draft", "with what the friend has it is too much")
        self.assertEqual(orders[1].partner_id.name, "Vendor 1")

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_schedule import ScheduleCase


@tagged("post_install", "-at_install")
class TestScheduleParts(ScheduleCase):
    """Parts are on the shelf on the day, and nothing is bought twice.

    The company takes 2 days to purchase, the vendor 28: a bearing has to be asked for 30 days ahead.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.days_to_purchase = 2
        cls.bearing.seller_ids.delay = 28
        # nothing of it is there
        cls.env["stock.quant"]._update_available_quantity(cls.bearing, cls.stock, -1)

    @classmethod
    def _schedule(cls, next_date="2027-06-01", quantity=1, **values):
        values.setdefault("part_ids", [Command.create({"product_id": cls.bearing.id, "product_uom_qty": quantity})])
        return super()._schedule(next_date, **values)

    def _planned(self, schedule):
        return self.env["stock.move"].search(
            [
                ("schedule_asset_id", "in", schedule.asset_ids.ids),
                ("maintenance_request_id", "=", False),
                ("state", "!=", "cancel"),
            ],
            order="schedule_due_date",
        )

    def _asked(self):
        """What is asked for of the bearing and not received, in requisition lines."""
        return self.env["maintenance.requisition.line"].search([("product_id", "=", self.bearing.id), ("is_open", "=", True)])

    def _asked_qty(self):
        return sum(line.product_qty for line in self._asked())

    def test_whoever_plans_a_part_wrote_how_much_is_asked_for(self):
        """They do not decide on it, although nobody presses a button."""
        schedule = self._schedule(lead_days=7)
        schedule.part_ids.with_user(self.planner).product_uom_qty = 30
        self._run("2027-05-02")
        line = self._asked()
        self.assertEqual((line.product_qty, line.quantity_author_id, line.item_author_id.ids), (30.0, self.planner, []))
        self.assertIn(self.planner, line.requisition_id.author_ids)
        self._run("2027-05-25")
        self.assertEqual(schedule.request_ids.part_ids.maintenance_author_id, self.planner)

    def test_parts_become_dated_demand_within_their_lead_time(self):
        schedule = self._schedule(lead_days=7)
        self._run("2027-05-01")
        self.assertFalse(self._planned(schedule), "31 days before is too early")
        self._run("2027-05-02")
        part = self._planned(schedule)
        self.assertEqual((part.product_uom_qty, part.schedule_due_date), (1.0, date(2027, 6, 1)))
        self.assertEqual(part.date.date(), date(2027, 6, 1))
        line = self._asked()
        self.assertEqual((line.product_qty, line.date_required), (1.0, date(2027, 6, 1)))
        self.assertEqual(line.equipment_id, self.conveyor)
        self.assertFalse(schedule.request_ids, "there is no work order yet")
        demand = self.env["maintenance.part.demand"].search([("product_id", "=", self.bearing.id)])
        self.assertEqual(sum(demand.mapped("quantity")), 0.0)

        for day in ("2027-05-02", "2027-05-03", "2027-05-20"):
            self._run(day)
        self.assertEqual(self._asked(), line, "running again asks for nothing")
        self._run("2027-05-25")
        request = schedule.request_ids
        self.assertEqual(request.part_ids, part, "the demand is the work order's now")
        self.assertFalse(self._planned(schedule))
        self.assertEqual(line.maintenance_request_id, request)
        self.assertEqual(request.parts_state, "requested")
        self.assertEqual(self._asked(), line)
        request.with_user(self.planner).action_approve()
        self._run("2027-05-26")
        self.assertEqual(self._asked(), line)
        self.assertEqual(request.state, "waiting_parts")

    def test_received_before_the_work_order_is_made(self):
        schedule = self._schedule(lead_days=2, is_pre_approved=True)
        self._run("2027-05-02")
        with freeze_time("2027-05-03 10:00:00"):
            orders = self._order(self._asked().requisition_id)
            self.assertEqual(orders.order_line.date_planned.date(), date(2027, 6, 1))
            # another job waits for a bearing, and has asked for nothing
            other = self._assigned()
            self._add_part(other, self.bearing)
        with freeze_time("2027-05-29 10:00:00"):
            self._receive(orders)
        part = self._planned(schedule)
        self.assertEqual(part.state, "assigned", "what was bought for it is kept for it")
        self._run("2027-05-30")
        request = schedule.request_ids
        self.assertEqual((request.part_ids, request.parts_state, request.state), (part, "ready", "approved"))
        self.assertEqual(orders.order_line.maintenance_request_id, request)
        self._complete(request, "2027-06-01 10:00:00")
        self.assertEqual(part.state, "done")
        self.assertFalse(self._asked())

    def test_every_due_date_within_the_lead_time(self):
        """Weekly work with parts that take a month: the next four are asked for, though one job is open at a time."""
        schedule = self._schedule("2027-05-03", interval_unit="week", is_pre_approved=True)
        self._run("2027-05-03")
        self.assertEqual(len(schedule.request_ids), 1)
        self.assertEqual(
            self._planned(schedule).mapped("schedule_due_date"),
            [date(2027, 5, 10), date(2027, 5, 17), date(2027, 5, 24), date(2027, 5, 31)],
        )
        self.assertEqual(self._asked_qty(), 5)
        # left out: what was asked for the 10th serves the 17th, and so on
        self._run("2027-05-10")
        self.assertEqual(
            self._planned(schedule).mapped("schedule_due_date"),
            [date(2027, 5, 17), date(2027, 5, 24), date(2027, 5, 31), date(2027, 6, 7)],
        )
        self.assertEqual(self._asked_qty(), 5, "nothing more")
        self._run("2027-05-11")
        self.assertEqual(self._asked_qty(), 5)

    def test_a_cancelled_work_order_gives_its_demand_back(self):
        schedule = self._schedule(interval_unit="week", lead_days=3, is_pre_approved=True)
        self._run("2027-05-29")
        request = schedule.request_ids
        self.assertEqual(self._asked_qty(), 4, "of the 1st, 8th, 15th and 22nd")
        request.with_user(self.planner).archive_equipment_request()
        self.assertEqual(self._asked_qty(), 3)
        self._run("2027-05-29")
        self.assertEqual(self._asked_qty(), 3)
        self.assertEqual(len(schedule.request_ids), 1, "cancelled is not made again")

    def test_what_is_not_planned_any_more_is_withdrawn(self):
        schedule = self._schedule(lead_days=3)
        self._run("2027-05-10")
        requisition = self._asked().requisition_id
        schedule.active = False
        self.assertFalse(self._planned(schedule))
        self.assertEqual((self._asked_qty(), requisition.state), (0, "cancelled"))
        schedule.active = True
        self._run("2027-05-11")
        self.assertEqual(self._asked_qty(), 1)
        self.conveyor.active = False
        self.assertEqual(self._asked_qty(), 0)
        self._run("2027-05-12")
        self.assertEqual(self._asked_qty(), 0)
        self.conveyor.active = True
        self._run("2027-05-13")
        self.assertEqual(self._asked_qty(), 1)
        schedule.part_ids.unlink()
        self._run("2027-05-14")
        self.assertEqual(self._asked_qty(), 0)

    def test_a_changed_template(self):
        schedule = self._schedule(lead_days=3)
        self._run("2027-05-10")
        schedule.part_ids.product_uom_qty = 3
        self._run("2027-05-11")
        self.assertEqual(self._asked_qty(), 3)
        schedule.part_ids.product_uom_qty = 2
        self._run("2027-05-12")
        self.assertEqual(self._asked_qty(), 2)
        schedule.part_ids.product_id = self.seal
        self._run("2027-05-30")
        self.assertEqual(self._asked_qty(), 0)
        self.assertEqual(schedule.request_ids.part_ids.filtered(lambda move: move.state != "cancel").product_id, self.seal)

    def test_raised_before_the_work_is_approved(self):
        """Nobody asks for more of it in somebody's name before; the next night does."""
        schedule = self._schedule(lead_days=7)
        self._run("2027-05-25")
        request = schedule.request_ids
        self.assertEqual((request.state, self._asked_qty()), ("requested", 1))
        with freeze_time("2027-05-25 12:00:00"):
            request.with_user(self.planner).part_ids.product_uom_qty = 3
            self.assertEqual(self._asked_qty(), 1)
        self._run("2027-05-26")
        self.assertEqual(self._asked_qty(), 3)

    def test_early_completion_takes_the_parts_along(self):
        schedule = self._schedule("2027-06-01", basis="completion", lead_days=2, is_pre_approved=True)
        schedule.interval_unit, schedule.interval = "week", 2
        self._run("2027-05-30")
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, 1)
        schedule.sudo().request_ids.part_ids._action_assign()
        self.assertEqual(self._planned(schedule).mapped("schedule_due_date"), [date(2027, 6, 15), date(2027, 6, 29)])
        asked = self._asked_qty()
        self._complete(schedule.request_ids, "2027-05-31 10:00:00")
        self._run("2027-05-31")
        self.assertEqual(self._planned(schedule).mapped("schedule_due_date"), [date(2027, 6, 14), date(2027, 6, 28)])
        self.assertEqual(self._asked_qty(), asked, "dates moved, nothing was bought again")

    def test_a_reorder_point_for_the_same_part(self):
        """Planned parts are demand that the reorder point sees, and what is asked for them is supply."""
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.bearing.id, "location_id": self.stock.id, "product_min_qty": 0, "product_max_qty": 0}
        )
        schedule = self._schedule(quantity=4, lead_days=7)
        self._run("2027-05-02")
        self.assertEqual(self._asked_qty(), 4)
        with freeze_time("2027-05-03 06:00:00"):
            self.env["stock.rule"].run_scheduler()
        self.assertEqual(self._asked_qty(), 4)
        self._run("2027-05-25")
        with freeze_time("2027-05-26 06:00:00"):
            self.env["stock.rule"].run_scheduler()
        self.assertEqual(self._asked_qty(), 4)
        self.assertEqual(schedule.request_ids.parts_state, "requested")

    def test_what_is_refused_is_not_asked_for_again(self):
        self.bearing.seller_ids.price = 800
        schedule = self._schedule(lead_days=7)
        self._run("2027-05-02")
        requisition = self._asked().requisition_id
        self.assertEqual(requisition.state, "to_approve")
        requisition.with_user(self.procurement).action_reject("Too dear.")
        self.assertEqual(requisition.state, "rejected")
        self._run("2027-05-03")
        self._run("2027-05-25")
        self.assertEqual(self._asked_qty(), 0)
        self.assertEqual(schedule.request_ids.parts_state, "to_request")

    def test_what_is_on_the_shelf_is_reserved_and_not_bought(self):
        schedule = self._schedule(lead_days=7)
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, 1)
        self._run("2027-05-02")
        self.assertEqual(self._planned(schedule).state, "assigned")
        self.assertFalse(self._asked())
        self._run("2027-05-25")
        self.assertEqual(schedule.request_ids.parts_state, "ready")

    def test_a_vendor_that_is_late_is_asked_earlier(self):
        for number in range(3):
            with freeze_time(f"2027-0{number + 1}-01 10:00:00"):
                order = self.env["purchase.order"].create(
                    {
                        "partner_id": self.vendor.id,
                        "order_line": [Command.create({"product_id": self.seal.id, "product_qty": 1})],
                    }
                )
                order.order_line.date_planned = "2027-01-05 10:00:00"
                order.button_confirm()
                order.picking_ids.move_ids.date_deadline = f"2027-0{number + 1}-01 10:00:00"
            with freeze_time(f"2027-0{number + 1}-06 10:00:00"):
                self._receive(order)
        schedule = self._schedule("2027-07-01", lead_days=7)
        with freeze_time("2027-05-20 10:00:00"):
            self.assertEqual(self.vendor.vendor_lateness, 5)
        self._run("2027-05-26")
        self.assertFalse(self._planned(schedule), "28 + 2 + 5 days are 35")
        self._run("2027-05-27")
        self.assertTrue(self._planned(schedule))

    def test_a_product_that_went_out_of_use_stops_one_schedule_only(self):
        gone = self._create_part("Old belt", 5.0)
        broken = self._schedule(part_ids=[Command.create({"product_id": gone.id})])
        whole = self._schedule()
        gone.active = False
        self._run("2027-06-01")
        self.assertFalse(broken.request_ids)
        self.assertTrue(whole.request_ids)
        warning = broken.activity_ids
        self.assertIn("Old belt", warning.note)
        self.assertEqual(warning.user_id, self.planner)
        self._run("2027-06-02")
        self.assertEqual(broken.activity_ids, warning, "told once")
        with freeze_time("2027-06-02 12:00:00"), self.assertRaises(UserError):
            broken.action_generate()

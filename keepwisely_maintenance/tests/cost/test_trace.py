from datetime import UTC, datetime, time, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .trace_common import TraceCase


@tagged("post_install", "-at_install")
class TestTrace(TraceCase):
    """From request to payment: every step with its day and amount, nothing twice."""

    def _job_with_order(self, quantity=5):
        """A job that lacks four of five bearings at 200, approved by Procurement and ordered."""
        request = self._assigned()
        part = self._add_part(request, self.bearing, quantity)
        request.action_request_parts()
        requisition = request.sudo().requisition_ids
        requisition.with_user(self.procurement).action_approve()
        return request, part, requisition, self._order(requisition)

    def test_whole_chain(self):
        """Two receipts and one sent back, two bills and a refund, two payments.

        Asked, decided, ordered: 4 × 200 = 800. Received 3 × 200 + 1 × 200 − 1 × 200 = 600.
        Billed 3 × 200 = 600 and 1 × 210 = 210, refunded 210: 600. The first bill is 750 with tax;
        300 of it pay 300 × 600 / 750 = 240, the other 450 pay 360. The second bill and the refund
        settle each other. Used: 4 bearings at their cost of 42 are 168, one put back is −42.
        """
        request, part, requisition, order = self._job_with_order()
        line = order.order_line
        self._receive(order, 3)
        receipt = self._receive(order)
        part.quantity = 4
        part.action_use_part()
        request.part_ids.filtered(lambda move: move.state != "done").action_drop_part()
        part.action_return_part(1)
        wizard = (
            self.env["stock.return.picking"].with_user(self.storekeeper)
            .with_context(active_id=receipt.id, active_model="stock.picking").create({})
        )  # fmt: skip
        wizard.product_return_moves.write({"quantity": 1, "to_refund": True})
        back = self.env["stock.picking"].with_user(self.storekeeper).browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        first = self._bill(order, [(line, 3, 200.0)])
        second = self._bill(order, [(line, 1, 210.0)])
        refund = self._bill(order, [(line, 1, 210.0)], "in_refund")
        (second + refund).line_ids.filtered(lambda item: item.display_type == "payment_term").reconcile()
        self._pay(first, 300.0)
        self._pay(first, 450.0)
        chain = {
            "request": [0.0],
            "requisition": [800.0],
            "decision": [800.0],
            "order": [800.0],
            "receipt": [600.0, 200.0, -200.0],
            "bill": [600.0, 210.0, -210.0],
            "payment": [240.0, 360.0],
            "used": [168.0, -42.0],
        }
        self.assertEqual(self._amounts(request), chain)
        self.assertEqual(self._amounts(self.conveyor), chain)
        self.assertEqual(self._amounts(requisition, self.buyer), chain)
        self.assertEqual(self._amounts(order, self.buyer), chain)
        self.assertEqual(self._amounts(first, self.accountant), {**chain, "bill": [600.0]})
        unpaid = {**chain, "bill": [-210.0]}
        del unpaid["payment"]
        self.assertEqual(self._amounts(refund, self.accountant), unpaid)
        rows = self._rows(request)
        self.assertEqual(
            rows.filtered(lambda row: row.step == "bill").mapped("state"), ["bill.paid", "bill.reversed", "bill.paid"]
        )
        self.assertEqual(rows.maintenance_request_id.with_user(self.planner), request.with_user(self.planner))
        measures = [f"amount_{name}:sum" for name in ("asked", "ordered", "received", "billed", "paid", "used")]
        totals = self.env["maintenance.trace"].with_user(self.planner)._read_group(
            [("maintenance_request_id", "=", request.id)], [], measures
        )
        self.assertEqual([round(total, 2) for total in totals[0]], [800.0, 800.0, 600.0, 600.0, 600.0, 126.0])

    def test_every_row_opens_its_document(self):
        request, part, requisition, order = self._job_with_order()
        self._receive(order)
        part.action_use_part()
        bill = self._bill(order, [(order.order_line, 4, 200.0)])
        payment = self._pay(bill, 1000.0)
        rows = self._rows(request, self.accountant)
        opened = {}
        for row in rows:
            action = row.action_open_document()
            opened[row.step] = (action["res_model"], action["res_id"])
        self.assertEqual(
            opened,
            {
                "request": ("maintenance.request", request.id),
                "requisition": ("maintenance.requisition", requisition.id),
                "decision": ("maintenance.requisition", requisition.id),
                "order": ("purchase.order", order.id),
                "receipt": ("stock.picking", order.picking_ids.id),
                "bill": ("account.move", bill.id),
                "payment": ("account.payment", payment.id),
                "used": ("stock.move", part.id),
            },
        )

    def test_the_newest_come_first_however_old(self):
        """A page looks in the last weeks first; days are those of the plant, not of the time zone of the database."""
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        today = self.company._get_plant_day()
        ages = (0, 3, 7, 8, 20, 31, 40, 300, 400, 800)
        jobs = self.env["maintenance.request"].create(
            [{"name": f"Job of day {age}", "request_date": today - timedelta(days=age)} for age in ages]
        )
        parts = [self._add_part(job, self.seal, 1) for job in jobs[:2]]
        self._move_moments(parts, today)
        trace = self.env["maintenance.trace"].with_user(self.planner)
        ours = ["|", ("maintenance_request_id", "in", jobs.ids), ("reference", "=", "what nothing is called")]
        every = trace.search(ours, order="date desc, id desc, step")
        self.assertEqual(len(every), len(ages) + 2)
        for offset in range(len(every)):
            for limit in range(1, len(every) + 2):
                page = trace.search(ours, offset=offset, limit=limit)
                self.assertEqual(page, every[offset : offset + limit], (offset, limit))
        for age in ages:
            day = today - timedelta(days=age)
            for operator, keeps in (
                (">=", day.__le__), (">", day.__lt__), ("<=", day.__ge__), ("<", day.__gt__), ("=", day.__eq__),
            ):
                found = trace.search([("date", operator, day), *ours])
                self.assertEqual(found, every.filtered(lambda row, keeps=keeps: keeps(row.date)), (age, operator))

    def test_the_first_page_of_the_menu(self):
        """The page and how many rows there are, in two questions to the view, however many steps and rows there are."""
        self._job_with_order()
        trace = self.env["maintenance.trace"].with_user(self.planner)
        purchases = [("step", "not in", ("request", "used"))]
        every = trace.search(purchases)
        self.env.flush_all()

        def read(limit):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            shown = {name: {} for name in ("date", "step", "amount", "currency_id")}
            found = trace.web_search_read(purchases, shown, limit=limit, count_limit=10001)
            return found, self.env.cr.sql_log_count - before

        read(3)
        found, queries = read(3)
        self.assertEqual([row["id"] for row in found["records"]], every[:3].ids)
        self.assertEqual(found["length"], len(every))
        self.assertLessEqual(queries, 7, "rows and their number, what PostgreSQL is told before each, and the day in the plant")

    def test_each_step_has_an_index_of_its_day(self):
        """Otherwise the newest rows are found by reading all that were ever made."""
        steps = self.env["maintenance.trace"]._get_steps()
        for table, alias, day in (
            ("maintenance_request", "request", steps["request"]["day"]),
            ("maintenance_requisition", "requisition", steps["requisition"]["moment"]),
            ("maintenance_approval_decision", "decision", "decision.create_date"),
            ("purchase_order", "po", steps["order"]["moment"]),
            ("stock_move", "move", steps["receipt"]["moment"]),
            ("maintenance_requisition_log", "noted", steps["noted_receipt"]["moment"]),
            ("purchase_order", "po", steps["service_receipt"]["moment"]),
            ("account_move", "bill", steps["bill"]["day"]),
            ("account_payment", "payment", "payment.date"),
            ("account_move", "entry", "entry.date"),
            ("stock_move", "move", steps["used"]["moment"]),
        ):
            with self.subTest(table=table, day=day):
                self.env.cr.execute("SET LOCAL enable_seqscan = off")
                plan = self.env.execute_query(SQL(f"EXPLAIN SELECT FROM {table} {alias} WHERE {day} >= '2026-11-01'"))
                self.env.cr.execute("SET LOCAL enable_seqscan TO DEFAULT")
                self.assertIn("Index Cond", str(plan))

    def test_service_received_in_two_parts(self):
        """What a requisition asked for and somebody noted twice as received stands once, on the day of the later note."""
        request, _part, requisition, order = self._job_with_order()
        line = order.order_line
        line.sudo().qty_received_method = "manual"
        log = self.env["maintenance.requisition.log"].sudo()
        for quantity, moment in ((1, "2026-11-03 08:00:00"), (3, "2026-11-07 08:00:00")):
            line.sudo().qty_received_manual = line.sudo().qty_received = quantity
            log._insert(
                [{"requisition_id": requisition.id, "requisition_name": requisition.name, "company_id": self.company.id,
                  "line_id": line.sudo().requisition_line_id.id, "kind": "received", "date": moment,
                  "user_id": self.storekeeper.id}]
            )  # fmt: skip
        (row,) = self._rows(request).filtered(lambda row: row.step == "receipt")
        self.assertEqual((str(row.date), row.quantity, row.amount), ("2026-11-07", 3.0, 600.0))

    def _move_moments(self, parts, today):
        """The parts are used in the first and in the last minute of the plant's day."""
        zone = self.company._get_plant_timezone()
        for part, clock in zip(parts, (time(0, 0, 30), time(23, 59, 30)), strict=True):
            part.sudo().write({"quantity": 1, "picked": True})
            part.sudo()._action_done()
            moment = zone.localize(datetime.combine(today - timedelta(days=31), clock))
            part.sudo().date = moment.astimezone(UTC).replace(tzinfo=None)

    def test_who_may_not_open_a_document_still_sees_it(self):
        request, _part, _requisition, order = self._job_with_order()
        self._receive(order)
        bill = self._bill(order, [(order.order_line, 4, 200.0)])
        self._pay(bill, 500.0)
        for user in (self.planner, self.buyer):
            rows = self._rows(request, user)
            billed = rows.filtered(lambda row: row.step == "bill")
            self.assertEqual((billed.amount, billed.state), (800.0, "bill.partial"))
            paid = rows.filtered(lambda row: row.step == "payment")
            self.assertEqual(paid.amount, 400.0)
            with self.assertRaises(UserError) as caught:
                paid.action_open_document()
            self.assertIn("You have no access to", str(caught.exception))
            self.assertNotIsInstance(caught.exception, AccessError)

    def test_technicians_see_no_chain(self):
        request, _part, _requisition, _order = self._job_with_order()
        rows = self._rows(request)
        for user in (self.technician, self.operator, self.storekeeper):
            with self.assertRaises(AccessError):
                self.env["maintenance.trace"].with_user(user).search([])
            with self.assertRaises(AccessError):
                rows[0].with_user(user).action_open_document()

    def test_other_companies_see_no_chain(self):
        request, _part, _requisition, _order = self._job_with_order()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.planner.company_ids += company
        traces = self.env["maintenance.trace"].with_user(self.planner)
        domain = [("maintenance_request_id", "=", request.id)]
        self.assertEqual(traces.search_count(domain), 4)
        self.assertFalse(traces.with_context(allowed_company_ids=company.ids).search_count(domain))

    def test_requisition_for_two_jobs(self):
        """What was decided is split as the lines are: 600 for one job, 400 for the other."""
        first, second = self._assigned(), self._assigned()
        requisition = self.env["maintenance.requisition"].with_user(self.buyer).create(
            {
                "line_ids": [
                    Command.create({"product_id": self.bearing.id, "product_qty": 3, "maintenance_request_id": first.id}),
                    Command.create({"product_id": self.bearing.id, "product_qty": 2, "maintenance_request_id": second.id}),
                ]
            }
        )
        requisition.action_submit()
        requisition.with_user(self.procurement).action_approve()
        order = self._order(requisition)
        bill = self._bill(order, [(line, line.product_qty, 200.0) for line in order.order_line])
        self._pay(bill, 625.0)
        of_first, of_second = self._amounts(first), self._amounts(second)
        self.assertEqual(
            [of_first[step] for step in ("decision", "order", "bill", "payment")], [[600.0], [600.0], [600.0], [300.0]]
        )
        self.assertEqual(
            [of_second[step] for step in ("decision", "order", "bill", "payment")], [[400.0], [400.0], [400.0], [200.0]]
        )
        together = self._amounts(requisition, self.buyer)
        self.assertEqual(together["request"], [0.0, 0.0])
        for step in ("requisition", "decision", "order", "bill"):
            self.assertEqual(sorted(together[step]), [400.0, 600.0], step)
        self.assertEqual(sorted(together["payment"]), [200.0, 300.0])

    def test_line_shared_by_two_jobs(self):
        """Four bought for a job whose part is five; a buyer lets another that lacks one have of it: five sixths and one."""
        request, _part, requisition, order = self._job_with_order()
        other = self._assigned()
        part = self._add_part(other, self.bearing, 1)
        line = requisition.line_ids.with_user(self.buyer)
        line.action_redirect(part)
        self.assertEqual(line.sudo().maintenance_request_id, request, "the first job still needs it")
        self._receive(order)
        bill = self._bill(order, [(order.order_line, 4, 200.0)])
        self._pay(bill, 1000.0)
        for step in ("requisition", "decision", "order", "receipt", "bill", "payment"):
            with self.subTest(step=step):
                self.assertEqual(self._amounts(request)[step], [round(800 * 5 / 6, 2)])
                self.assertEqual(self._amounts(other)[step], [round(800 / 6, 2)])
        both = self._rows(order, self.buyer).filtered(lambda row: row.step == "bill")
        self.assertEqual((len(both), sum(both.mapped("amount")), sum(both.mapped("quantity"))), (2, 800.0, 4.0))

    def test_cancelled_order_counts_nothing(self):
        request, _part, requisition, order = self._job_with_order()
        order.button_cancel()
        again = self._order(requisition) - order
        rows = self._rows(request).filtered(lambda row: row.step == "order")
        self.assertEqual(
            [(row.purchase_order_id.id, row.state, row.amount) for row in rows.sorted("source_id")],
            [(order.id, "order.cancel", 0.0), (again.id, "order.purchase", 800.0)],
        )

    def test_service_and_purchase_by_hand(self):
        """A service bought for the asset without a requisition: its chain begins with the order."""
        self.company.maintenance_order_rule = "free"
        crane = self.env["product.product"].create({"name": "Crane hire", "type": "service"})
        order = self.env["purchase.order"].with_user(self.buyer).create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {"product_id": crane.id, "product_qty": 10, "price_unit": 90.0, "equipment_id": self.conveyor.id}
                    )
                ],
            }
        )
        order.button_confirm()
        order.order_line.qty_received = 4
        bill = self._bill(order, [(order.order_line, 4, 95.0)])
        self.assertEqual(self._amounts(self.conveyor), {"order": [900.0], "receipt": [360.0], "bill": [380.0]})
        self.assertEqual(bill.invoice_line_ids.equipment_id, self.conveyor)
        self.assertEqual((bill.equipment_count, bill.maintenance_request_count), (1, 0))
        receipt = self._rows(order, self.buyer).filtered(lambda row: row.step == "receipt")
        self.assertEqual(receipt.action_open_document()["res_model"], "purchase.order")
        found = self.env["account.move.line"].with_user(self.accountant).search(
            [("equipment_id", "=", self.conveyor.id)]
        )
        self.assertEqual(found, bill.invoice_line_ids)

    def test_one_payment_of_two_bills_with_other_goods(self):
        """A bill of 200 for maintenance and 300 for others, 625 with tax; paid with another bill of 250: 875 in all.

        The part of the payment that pays the first bill is 625, of which 200 / 625 × 625 = 200 pay the bearing.
        """
        request, _part, _requisition, order = self._job_with_order()
        first = self._bill(order, [(order.order_line, 1, 200.0)])
        first.button_draft()
        first.invoice_line_ids = [
            Command.create({"name": "Paper", "quantity": 1, "price_unit": 300.0, "tax_ids": [Command.set(self.tax.ids)]})
        ]
        first.action_post()
        second = self._bill(order, [(order.order_line, 1, 200.0)])
        self._pay(first + second, 875.0)
        self.assertEqual(self._amounts(request)["bill"], [200.0, 200.0])
        self.assertEqual(sorted(self._amounts(request)["payment"]), [200.0, 200.0])

    def test_other_currency(self):
        """100 foreign at 2 for one of ours are 50 when billed, and 40 of cash settle them at 2.5: the rest is exchange."""
        foreign = self.env["res.currency"].create({"name": "KWX", "symbol": "K"})
        self.env["res.currency.rate"].create(
            [
                {"currency_id": foreign.id, "name": "2026-01-01", "rate": 2.0, "company_id": self.company.id},
                {"currency_id": foreign.id, "name": "2026-11-21", "rate": 2.5, "company_id": self.company.id},
            ]
        )
        request, _part, _requisition, order = self._job_with_order()
        bill = self._bill(order, [(order.order_line, 1, 100.0)], currency=foreign)
        self.assertEqual(self._amounts(request)["bill"], [50.0])
        wizard = (
            self.env["account.payment.register"].with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=bill.ids)
            .create({"payment_date": "2026-11-22", "currency_id": foreign.id, "amount": 125.0})
        )  # fmt: skip
        wizard._create_payments()
        self.assertIn(bill.payment_state, ("paid", "in_payment"))
        self.assertEqual(self._amounts(request)["payment"], [40.0])

import base64

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MaintenanceCase

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestApproverPage(MaintenanceCase):
    """What an approver is told, with its numbers, and the warranties that everybody is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.conveyor)
        cls.conveyor.write({"criticality": "vital", "downtime_hourly_cost": 400.0})
        cls._set_price(cls.seal, 400.0)

    def _draft(self, *lines, user=None, **values):
        lines = lines or ({},)
        return self.env["maintenance.requisition"].with_user(user or self.planner).create(
            {
                "line_ids": [
                    Command.create({"product_id": self.seal.id, "product_qty": 2, **line}) for line in lines
                ],
                **values,
            }
        )

    def _waiting(self, *lines, **kwargs):
        requisition = self._draft(*lines, **kwargs)
        requisition.action_submit()
        self.assertEqual(requisition.state, "to_approve")
        return requisition

    def _brief(self, requisition):
        return requisition.sudo()._get_briefs()[requisition.sudo()]

    def _bought(self, price, days_ago, vendor=None, confirm=True, company=None, **line):
        company = company or self.company
        company.maintenance_order_rule = "free"
        order = self.env["purchase.order"].with_company(company).create(
            {
                "partner_id": (vendor or self.vendor).id,
                "company_id": company.id,
                "order_line": [
                    Command.create({"product_id": self.seal.id, "product_qty": 1, "price_unit": price, **line})
                ],
            }
        )
        if confirm:
            order.button_confirm()
            order.date_approve = fields.Datetime.subtract(fields.Datetime.now(), days=days_ago)
        return order

    def _used(self, request, product, quantity=1):
        part = self._add_part(request.with_user(self.technician), product, quantity)
        request.with_user(self.technician).action_start()
        request.with_user(self.technician).action_complete()
        return part

    # -- What for -----------------------------------------------------------------------------------

    def test_what_for_and_what_waiting_costs(self):
        request = self._assigned(priority="3")
        request.sudo().request_date = fields.Date.subtract(self.today, days=5)
        # labour: 3 hours at 40 this year, 10 hours a year ago, on work of then
        a_year_ago = fields.Date.subtract(self.today, years=1)
        older = self._assigned()
        older.sudo().request_date = a_year_ago
        self.env["maintenance.labor"].create(
            [
                {"maintenance_request_id": job.id, "user_id": self.technician.id, "date": day, "hours": hours}
                for job, day, hours in ((request, self.today, 3), (older, a_year_ago, 10))
            ]
        )
        photo = self.env["ir.attachment"].create(
            {"name": "leak.png", "res_model": "maintenance.request", "res_id": request.id, "raw": PIXEL}
        )
        self.env["ir.attachment"].create(
            {"name": "leak.txt", "res_model": "maintenance.request", "res_id": request.id, "raw": b"text"}
        )
        requisition = self._waiting({"maintenance_request_id": request.id}, {"maintenance_request_id": request.id})
        brief = self._brief(requisition)
        [job] = brief["jobs"]
        self.assertEqual((job["request"], job["equipment"]), (request.sudo(), self.conveyor))
        self.assertEqual((job["days_reported"], job["photo_id"]), (5, photo.id))
        self.assertEqual((job["amount"], job["downtime_cost"], job["downtime_hours"]), (1600.0, 400.0, 4.0))
        self.assertEqual(job["year_cost"], 120.0)
        self.assertEqual(self.conveyor.total_cost_of_ownership, 12520.0)
        page = str(requisition.with_user(self.procurement).brief)
        for text in (
            "Conveyor 3", "Vital", "Emergency", "Squealing conveyor", "5 days ago", f"/web/image/{photo.id}",
            "1,600.00", "4:00", "400.00", "120.00", "12,520.00", "12,000.00",
        ):  # fmt: skip
            self.assertIn(text, page)

    def test_several_jobs_and_none(self):
        other = self.conveyor.copy({"name": "Conveyor 4", "downtime_hourly_cost": 0.0, "cost": 0.0})
        requisition = self._waiting(
            {"equipment_id": self.conveyor.id}, {"equipment_id": other.id, "product_qty": 3}, {"product_qty": 1}
        )
        jobs = {job["equipment"].name: job for job in self._brief(requisition)["jobs"]}
        self.assertEqual({name: job["amount"] for name, job in jobs.items()}, {"Conveyor 3": 800.0, "Conveyor 4": 1200.0})
        self.assertEqual(jobs["Conveyor 4"]["downtime_hours"], 0.0, "no hourly cost, no comparison")
        page = str(requisition.with_user(self.procurement).brief)
        self.assertIn("For Conveyor 4", page)
        self.assertIn("For no job or asset", page)

    def test_how_long_it_waits(self):
        requisition = self._waiting(date_required=fields.Date.subtract(self.today, days=1))
        requisition.sudo().date_submitted = fields.Datetime.subtract(fields.Datetime.now(), days=3)
        brief = self._brief(requisition)
        self.assertEqual((brief["days_asked"], brief["days_waiting"], brief["is_late"]), (0, 3, True))
        self.assertIn("3 days ago", requisition.with_user(self.procurement).brief)
        describe = requisition._describe_days_ago
        self.assertEqual([describe(0), describe(1), describe(2)], ["today", "yesterday", "2 days ago"])

    # -- What it was and is ---------------------------------------------------------------------------

    def test_stock_of_the_company(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        theirs = self.env["stock.warehouse"].search([("company_id", "=", sister.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(self.seal, theirs.lot_stock_id, 500)
        request = self._assigned()
        self._add_part(request, self.seal, 14)
        requisition = self._waiting({}, {"product_id": False, "name": "Odd thing", "price_unit": 5.0}, user=self.buyer)
        stock, odd = (line["stock"] for line in self._brief(requisition)["lines"])
        self.assertEqual((stock, odd), ({"on_hand": 10.0, "forecast": -4.0}, None))
        both = requisition.with_user(self.procurement).with_context(allowed_company_ids=[self.company.id, sister.id])
        self.assertEqual(both.sudo()._get_briefs()[both]["lines"][0]["stock"]["on_hand"], 10.0)

    def test_last_three_prices(self):
        other = self.env["res.partner"].create({"name": "Seals Ltd"})
        sister = self.env["res.company"].create({"name": "Sister plant"})
        self._bought(1.0, 400)
        self._bought(500.0, 90, other)
        self._bought(400.0, 60, discount=20.0)
        self._bought(4800.0, 30, other, product_uom_id=self.env.ref("uom.product_uom_dozen").id)
        self._bought(7.0, 1, confirm=False)
        self._bought(9.0, 1, company=sister)
        requisition = self._waiting()
        prices = self._brief(requisition)["lines"][0]["prices"]
        self.assertEqual([price["price"] for price in prices], [400.0, 320.0, 500.0])
        self.assertEqual([round(price["change"], 2) for price in prices], [0.0, 25.0, -20.0])
        self.assertEqual([price["vendor"] for price in prices], [other, self.vendor, other])
        page = str(requisition.with_user(self.procurement).brief)
        for text in ("+25 %", "-20 %", "Seals Ltd", "320.00"):
            self.assertIn(text, page)
        self.assertNotIn("+0 %", page)

    def test_prices_in_the_companys_currency(self):
        foreign = self._create_currency(0.5)
        vendor = self.env["res.partner"].create({"name": "Abroad", "property_purchase_currency_id": foreign.id})
        self._bought(160.0, 10, vendor)
        [price] = self._brief(self._waiting())["lines"][0]["prices"]
        self.assertEqual((price["price"], round(price["change"], 2)), (320.0, 25.0))

    def test_open_demand_of_the_same_part(self):
        pump = self._create_part("Pump", 900.0)
        for quantity in (2, 3):
            request = self._assigned()
            self._add_part(request, pump, quantity)
            request.action_request_parts()
        mine, theirs = self.env["maintenance.requisition"].search([("line_ids.product_id", "=", pump.id)]).sorted("id")
        theirs.with_user(self.procurement).action_approve()
        theirs.with_user(self.buyer).action_order()
        [line] = self._brief(mine)["lines"]
        self.assertEqual(line["demand"], {"wanted": 5.0, "asked": 2.0, "ordered": 3.0})
        self.assertIn("on order", str(mine.with_user(self.procurement).brief))

    def test_how_late_the_vendor_is(self):
        order = self._bought(400.0, 30)
        order.picking_ids.move_ids.date_deadline = fields.Datetime.subtract(fields.Datetime.now(), days=6)
        self._receive(order)
        page = str(self._waiting().with_user(self.procurement).brief)
        self.assertIn("one receipt so far, too few to tell", page)

    def test_expected_after_it_is_needed(self):
        requisition = self._waiting()
        line = requisition.sudo().line_ids
        expected = line.date_expected
        self.assertTrue(expected)
        page = str(requisition.with_user(self.procurement).brief)
        self.assertIn("expected", page)
        self.assertNotIn("after it is needed", page, "nobody said for when")
        requisition.date_required = fields.Date.subtract(expected, days=13)
        self.env.invalidate_all()
        self.assertIn("13 days after it is needed", " ".join(str(requisition.with_user(self.procurement).brief).split()))
        self.assertTrue(requisition.is_late)
        line.date_required = fields.Date.subtract(expected, days=1)
        self.env.invalidate_all()
        self.assertIn("a day after it is needed", str(requisition.with_user(self.procurement).brief), "the line's own day")

    def test_what_a_list_says(self):
        requisition = self._draft({}, {"product_id": False, "name": "Shim"})
        self.seal.default_code = "S-1"
        requisition.sudo().line_ids[0].name = self.seal.display_name
        self.env.invalidate_all()
        requisition = requisition.with_user(self.buyer)
        self.assertEqual(requisition.item_summary, f"2 × {self.seal.name} and 1 more")
        self.assertEqual((requisition.vendor_summary, requisition.asset_summary), (self.vendor.name, False))
        self.assertEqual(requisition.date_expected, max(requisition.line_ids.filtered("date_expected").mapped("date_expected")))
        with self.assertRaises(AccessError):
            requisition.with_user(self.technician).read(["vendor_summary"])

    def test_names_are_text(self):
        script = "<script>alert(1)</script>"
        self.conveyor.name = self.vendor.name = self.seal.name = script
        request = self._assigned(name=script)
        page = str(
            self._waiting({"maintenance_request_id": request.id}, reason=script).with_user(self.procurement).brief
        )
        self.assertNotIn("<script", page)
        self.assertIn("&lt;script", page)

    def test_a_technician_reads_no_brief(self):
        requisition = self._waiting(user=self.technician)
        with self.assertRaises(AccessError):
            requisition.read(["brief"])
        self.assertNotIn("brief", requisition.fields_get())
        self.assertNotRegex(str(requisition.warranty_message), r"\b400[.,]\d")

    def test_never_bought(self):
        odd = {"product_id": False, "name": "<script>alert(1)</script>", "price_unit": 900.0}
        requisition = self._waiting(odd, user=self.buyer)
        self.assertEqual(self._brief(requisition)["lines"][0]["prices"], [])
        page = str(requisition.with_user(self.procurement).brief)
        self.assertIn("Never bought before", page)
        self.assertNotIn("<script>", page)

    # -- Who sees it ------------------------------------------------------------------------------------

    def test_who_sees_it_and_when(self):
        request = self._assigned()
        requisition = self._draft({"maintenance_request_id": request.id})
        self.assertFalse(requisition.brief, "a draft is nobody's to decide")
        requisition.action_submit()
        for user in (self.procurement, self.finance, self.planner, self.buyer):
            self.assertIn("Seal", requisition.with_user(user).brief)
        with self.assertRaises(AccessError):
            requisition.with_user(self.technician).read(["brief"])
        requisition.with_user(self.procurement).action_approve()
        self.assertFalse(requisition.brief)

    def test_80_lines_take_no_more_queries_than_a_few(self):
        """Each look-up is done once for all lines: stock, prices, costs, photos."""
        products = self.seal
        for n in range(19):
            products += self._create_part(f"Part {n}", 20.0, on_hand=n)

        def count(lines):
            requisition = self._waiting(
                *({"product_id": products[n % 20].id, "equipment_id": self.conveyor.id} for n in range(lines))
            )
            requisition = requisition.with_user(self.procurement)
            self.assertTrue(requisition.brief, "and templates are compiled")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertTrue(requisition.brief)
            return self.cr.sql_log_count - before

        few, many = count(3), count(80)
        self.assertLessEqual(many, few + 5)
        self.assertLessEqual(many, 30)

    # -- Warranty ----------------------------------------------------------------------------------------

    def test_asset_under_warranty(self):
        self.conveyor.warranty_date = fields.Date.add(self.today, days=30)
        requisition = self._draft({"equipment_id": self.conveyor.id}, {"equipment_id": self.conveyor.id})
        self.assertRegex(requisition.warranty_message, r"^Conveyor 3 is under warranty until .*: claim it before buying\.$")
        requisition.action_submit()
        self.assertTrue(requisition.warranty_message)
        self.conveyor.warranty_date = fields.Date.subtract(self.today, days=1)
        requisition.invalidate_recordset(["warranty_message"])
        self.assertFalse(requisition.warranty_message)

    def test_no_warning_once_it_is_ordered(self):
        self.conveyor.warranty_date = self.today
        self._set_price(self.seal, 10.0)
        requisition = self._draft({"equipment_id": self.conveyor.id})
        requisition.action_submit()
        self.assertTrue(requisition.warranty_message, "approved, and not ordered yet")
        self._order(requisition)
        self.assertFalse(requisition.warranty_message)

    def test_part_under_warranty_on_the_same_asset(self):
        self.seal.warranty_months = 12
        first = self._assigned()
        part = self._used(first, self.seal)
        part.sudo().date = fields.Datetime.subtract(fields.Datetime.now(), months=11)
        other = self.conveyor.copy({"name": "Conveyor 4"})
        again = self._draft({"equipment_id": self.conveyor.id}, user=self.technician)
        elsewhere = self._draft({"equipment_id": other.id})
        another = self._draft({"product_id": self.bearing.id, "equipment_id": self.conveyor.id})
        self.assertRegex(again.warranty_message, r"^Seal was fitted to Conveyor 3 on .* under warranty until .*: claim it")
        self.assertFalse(elsewhere.warranty_message or another.warranty_message)
        part.sudo().date = fields.Datetime.subtract(fields.Datetime.now(), months=13)
        self.env.flush_all()
        again.invalidate_recordset(["warranty_message"])
        self.assertFalse(again.warranty_message)

    def test_a_part_that_came_back_was_not_fitted(self):
        self.seal.warranty_months = 12
        request = self._assigned()
        part = self._used(request, self.seal)
        request.with_user(self.planner).action_start()
        part.with_user(self.technician).action_return_part()
        self.assertFalse(self._draft({"equipment_id": self.conveyor.id}).warranty_message)

    @mute_logger("odoo.sql_db")
    def test_warranty_is_not_negative(self):
        with self.assertRaisesRegex(Exception, "warranty"), self.env.cr.savepoint():
            self.seal.warranty_months = -1
            self.env.flush_all()

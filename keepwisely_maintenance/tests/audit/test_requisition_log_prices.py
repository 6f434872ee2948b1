import json

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .log_common import LogCase


@tagged("post_install", "-at_install")
class TestRequisitionLogPrices(LogCase):
    """New prices and services by amount in the history: the amounts for who sees prices, the rest for all."""

    def _ask_for_new_price(self, price=900.0):
        requisition = self._approved()
        requisition.with_user(self.buyer).action_order()
        self._end_transaction()
        order = requisition.with_user(self.buyer).purchase_order_ids
        order.order_line.price_unit = price
        self._end_transaction()
        last = self._last_id()
        self.env["maintenance.price.approval"].with_user(self.buyer).create(
            {"order_id": order.id, "reason": "They want 900 now"}
        ).action_ask()
        self._end_transaction()
        return requisition, last

    def test_a_new_price_is_asked_for_and_approved(self):
        requisition, last = self._ask_for_new_price()
        requisition.with_user(self.procurement).action_approve("Steel is dearer")
        rows = self._rows(requisition, "amount_before", "amount", "price_reason", "user_id", since=last)
        self.assertIn(("price_asked", 800.0, 900.0, "They want 900 now", "Buyer"), rows)
        self.assertIn(("approved", 0.0, 1800.0, False, "Procurement"), rows)
        self.assertIn(("price", 800.0, 900.0), [row[:3] for row in rows])

    def test_a_new_price_that_is_refused_stays_on_record(self):
        requisition, last = self._ask_for_new_price()
        requisition.with_user(self.procurement).action_reject("Ask the other vendor")
        rows = self._rows(requisition, "amount_before", "amount", since=last)
        self.assertIn(("price_asked", 800.0, 900.0), rows)
        self.assertIn("rejected", [row[0] for row in rows])
        self.assertNotIn("price", [row[0] for row in rows])

    def test_why_a_price_changed_is_for_who_sees_prices(self):
        requisition, _last = self._ask_for_new_price()
        row = requisition.sudo().log_ids.filtered(lambda row: row.kind == "price_asked")
        self.assertRegex(row.with_user(self.buyer).amount_change, r"800\.00.* → .*900\.00: They want 900 now$")
        requisition.sudo().requester_id = self.technician
        mine = row.with_user(self.technician)
        self.assertEqual(mine.kind, "price_asked")
        for name in ("price_reason", "amount_change"):
            with self.assertRaises(AccessError):
                mine.read([name])
        with self.assertRaises(AccessError):
            requisition.with_user(self.technician).read(["price_change_reason"])
        self.assertNotRegex(" ".join(requisition.sudo().message_ids.mapped("body")), r"\b900[.,]\d")

    def test_services_by_amount_name_shares_in_words_and_money_in_amounts(self):
        request = self._assigned()
        requisition = request.action_request_service("Rewinding").with_user(self.buyer)
        line = requisition.line_ids
        line.write({"partner_id": self.vendor.id, "price_unit": 400.0, "is_by_amount": True})
        requisition.action_submit()
        self._end_transaction()
        last = self._last_id()
        order = self._order(requisition)
        self._end_transaction()
        line.action_receive(amount=100.0)
        rows = self._rows(requisition, "old_value", "new_value", "amount_before", "amount", since=last)
        self.assertIn(("ordered", False, "1 Units from Bearings & Co", 0.0, 400.0), rows)
        self.assertIn(("received", "0 Units", "0.25 Units", 0.0, 100.0), rows)
        self._end_transaction()
        last = self._last_id()
        order.order_line.product_qty = 300.0
        rows = self._rows(requisition, "old_value", "new_value", "amount_before", "amount", since=last)
        self.assertEqual(rows[0], ("order_quantity", "1 Units", "0.75 Units", 400.0, 300.0))

    def test_demand_counts_services_by_amount_in_units(self):
        """Not in money, which would tell the price and ruin every sum."""
        request = self._assigned()
        requisition = request.action_request_service("Rewinding").with_user(self.buyer)
        line = requisition.line_ids
        line.write({"partner_id": self.vendor.id, "price_unit": 400.0, "is_by_amount": True})
        requisition.action_submit()
        requisition.action_order()
        demand = self.env["maintenance.part.demand"].with_user(self.technician)
        domain = [("requisition_line_id", "=", line.id)]
        self.assertEqual(demand.search(domain).mapped(lambda row: (row.kind, row.quantity)), [("rfq", 1.0)])
        requisition.purchase_order_ids.button_confirm()
        line.action_receive(amount=100.0)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(demand.search(domain).mapped(lambda row: (row.kind, row.quantity)), [("order", 0.75)])

    def test_names_of_orders_hold_no_amount_for_who_reads_no_orders(self):
        requisition = self._approved(maintenance_request_id=self._assigned().id)
        order = self._order(requisition)
        self._end_transaction()
        row = requisition.sudo().log_ids.filtered("purchase_order_id")[:1].with_context(show_total_amount=True)
        self.assertEqual(row.with_user(self.technician).read(["purchase_order_id"])[0]["purchase_order_id"][1], order.name)
        self.assertIn("1,", row.with_user(self.buyer).read(["purchase_order_id"])[0]["purchase_order_id"][1])
        spec = {"purchase_order_id": {"fields": {"display_name": {}}, "context": {"show_total_amount": True}}}
        [seen] = row.with_user(self.technician).web_read(spec)
        self.assertEqual(seen["purchase_order_id"]["display_name"], order.name)


@tagged("post_install", "-at_install")
class TestRequisitionLogOverTheNetwork(LogCase, HttpCase):
    @mute_logger("odoo.http")
    def test_no_administrator_changes_it(self):
        """What the external API offers to the system administrator, who may do everything else."""
        admin = new_test_user(
            self.env, login="kw_admin",
            groups="base.group_system,base.group_erp_manager,purchase.group_purchase_manager,account.group_account_manager",
        )  # fmt: skip
        requisition = self._approved()
        rows = requisition.sudo().log_ids
        before = rows.read()
        key = self.env["res.users.apikeys"].with_user(admin).sudo()._generate(None, "test", None)

        def call(method, model="maintenance.requisition.log", **arguments):
            return self.url_open(
                f"/json/2/{model}/{method}",
                data=json.dumps(arguments),
                headers={"Content-Type": "application/json", "Authorization": f"bearer {key}"},
            )

        self.assertEqual(call("read", ids=rows.ids, fields=["kind", "amount"]).status_code, 200)
        values = {
            "kind": "approved", "date": "2020-01-01 00:00:00", "user_id": admin.id, "requisition_id": requisition.id,
            "requisition_name": requisition.name, "company_id": self.company.id,
        }  # fmt: skip
        forced = {"_force_unlink": True, "install_mode": True, "tracking_disable": True}
        edit = {"log_ids": [[1, rows[0].id, {"reason": "forged"}], [2, rows[0].id]]}
        attempts = {
            "create": call("create", vals_list=[values]),
            "write": call("write", ids=rows.ids, vals={"reason": "forged"}),
            "write, forced": call("write", ids=rows.ids, vals={"reason": "forged"}, context=forced),
            "unlink": call("unlink", ids=rows.ids),
            "unlink, forced": call("unlink", ids=rows.ids, context=forced),
            "web_save": call("web_save", ids=rows[:1].ids, vals={"reason": "forged"}, specification={}),
            "copy": call("copy", ids=rows[:1].ids),
            "through the requisition": call("write", "maintenance.requisition", ids=requisition.ids, vals=edit),
            "private": call("_drop_guard"),
            "private, rows": call("_add_rows", vals_list=[values]),
        }
        for name, response in attempts.items():
            with self.subTest(attempt=name):
                self.assertGreaterEqual(response.status_code, 400, response.text)
        self.env.invalidate_all()
        self.assertEqual(requisition.sudo().log_ids.read(), before)

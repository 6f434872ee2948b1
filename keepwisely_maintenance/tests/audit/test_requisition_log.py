import json

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .log_common import LogCase


@tagged("post_install", "-at_install")
class TestRequisitionLog(LogCase):
    """What is written down, by whom, and that it stays as it is."""

    # -- What is written down -----------------------------------------------------------------------

    def test_story_in_one_place(self):
        requisition = self._approved()
        requisition.with_user(self.buyer).action_order()
        self._end_transaction()
        order = requisition.with_user(self.buyer).purchase_order_ids
        order.button_confirm()
        self._end_transaction()
        self._receive(order)
        rows = self._rows(requisition, "old_value", "new_value", "amount")
        self.assertEqual(
            rows[:-2],
            [
                ("created", False, "By hand", 0.0),
                ("line_added", False, "2 Units from Bearings & Co", 800.0),
                ("submitted", "Draft", "To approve", 1600.0),
                ("approved", False, "Procurement", 1600.0),
                ("state", "To approve", "Approved", 0.0),
                ("ordered", False, "2 Units from Bearings & Co", 1600.0),
                ("state", "Approved", "Ordered", 0.0),
                ("order_confirmed", "RFQ", "Purchase Order", 1600.0),
            ],
        )
        # one transaction did both
        self.assertCountEqual(
            rows[-2:], [("received", "0 Units", "2 Units", 0.0), ("state", "Ordered", "Done", 0.0)]
        )
        log = requisition.sudo().log_ids.sorted("id")
        people = {row.kind: row.user_id for row in log if row.kind in ("created", "submitted", "approved", "order_confirmed")}
        self.assertEqual(
            people,
            {
                "created": self.planner,
                "submitted": self.planner,
                "approved": self.procurement,
                "order_confirmed": self.buyer,
            },
        )
        self.assertEqual(log.filtered(lambda row: row.kind == "approved").reason, "Fine")
        self.assertEqual(log.purchase_order_id, order.sudo())
        self.assertEqual(set(log.mapped("company_id")), {self.company})

    def test_changes_of_lines(self):
        request = self._assigned().with_user(self.planner)
        other_vendor = self.env["res.partner"].create({"name": "Seals Ltd"})
        requisition = self._draft(user=self.buyer)
        line = requisition.line_ids
        last = self._last_id()
        for values in (
            {"product_qty": 5},
            {"price_unit": 750.0},
            {"partner_id": other_vendor.id},
            {"maintenance_request_id": request.id},
            {"name": "Seal, oil-proof"},
        ):
            line.write(values)
            self._end_transaction()
        requisition.line_ids = [Command.create({"product_id": self.bearing.id, "product_qty": 1})]
        self._end_transaction()
        requisition.line_ids[-1].unlink()
        self.assertEqual(
            self._rows(requisition, "old_value", "new_value", "amount_before", "amount", since=last),
            [
                ("quantity", "2 Units", "5 Units", 0.0, 0.0),
                ("price", False, False, 800.0, 750.0),
                ("vendor", "Bearings & Co", "Seals Ltd", 0.0, 0.0),
                ("job", False, request.display_name, 0.0, 0.0),
                ("item", "Seal", "Seal, oil-proof", 0.0, 0.0),
                ("line_added", False, "1 Units from Bearings & Co", 0.0, 42.0),
                ("line_removed", "1 Units", False, 42.0, 0.0),
            ],
        )
        removed = requisition.sudo().log_ids[0]
        self.assertEqual((removed.line_name, removed.line_id.id), ("Bearing 6204", False))
        job = requisition.sudo().log_ids.filtered(lambda row: row.kind == "job")
        self.assertEqual((job.maintenance_request_id, job.equipment_id), (request.sudo(), self.conveyor))

    def test_a_price_that_follows_the_list_is_a_price_change(self):
        self.seal.seller_ids = [Command.create({"partner_id": self.vendor.id, "price": 4.0, "min_qty": 100, "delay": 3})]
        self.seal.seller_ids[0].price = 5.0
        requisition = self._ended(
            self.env["maintenance.requisition"]
            .with_user(self.planner)
            .create({"line_ids": [Command.create({"product_id": self.seal.id, "product_qty": 1})]})
        )
        last = self._last_id()
        requisition.line_ids.product_qty = 100
        self.assertEqual(
            self._rows(requisition, "amount_before", "amount", since=last), [("quantity", 0, 0), ("price", 5.0, 4.0)]
        )

    def test_a_change_after_submission_is_sent_back_and_submitted_again(self):
        requisition = self._approved()
        last = self._last_id()
        requisition.line_ids.product_qty = 3
        self._end_transaction()
        requisition.action_submit()
        self.assertEqual(
            self._rows(requisition, "old_value", "new_value", "revision", since=last),
            [
                ("sent_back", "Approved", "Draft", 1),
                ("quantity", "2 Units", "3 Units", 1),
                ("submitted", "Draft", "To approve", 2),
            ],
        )

    def test_rejected_taken_back_and_cancelled(self):
        requisition = self._waiting()
        last = self._last_id()
        requisition.with_user(self.procurement).action_reject("Too dear")
        self._end_transaction()
        requisition.action_draft()
        self._end_transaction()
        requisition.action_cancel()
        self.assertEqual(
            self._rows(requisition, "old_value", "new_value", "reason", since=last),
            [
                ("rejected", False, "Procurement", "Too dear"),
                ("state", "To approve", "Rejected", False),
                ("sent_back", "Rejected", "Draft", False),
                ("cancelled", "Draft", "Cancelled", False),
            ],
        )

    def test_below_the_tiers_the_system_decides(self):
        requisition = self._waiting(price=10.0)
        row = requisition.sudo().log_ids.filtered(lambda row: row.kind == "approved")
        self.assertEqual((row.user_id, row.amount), (self.env.ref("base.user_root"), 20.0))
        self.assertIn("Below the lowest tier", row.reason)

    def test_changes_of_orders(self):
        requisition = self._approved()
        orders = requisition.with_user(self.buyer)
        orders.action_order()
        self._end_transaction()
        order = orders.purchase_order_ids
        last = self._last_id()
        order.order_line.price_unit = 820.0
        self._end_transaction()
        order.order_line.discount = 50.0
        self._end_transaction()
        order.order_line.write({"product_qty": 3, "price_unit": 820.0})
        self._end_transaction()
        order.partner_id = self.env["res.partner"].create({"name": "Seals Ltd"})
        self._end_transaction()
        order.button_cancel()
        rows = self._rows(requisition, "old_value", "new_value", "amount_before", "amount", since=last)
        self.assertEqual(rows[0], ("order_price", False, False, 800.0, 820.0))
        self.assertEqual(rows[1], ("order_price", False, False, 820.0, 410.0))
        self.assertEqual(rows[2][:3], ("order_quantity", "2 Units", "3 Units"))
        self.assertIn(("order_changed", "Bearings & Co", "Seals Ltd"), [row[:3] for row in rows])
        self.assertEqual(rows[-2][:3], ("order_cancelled", "RFQ", "Cancelled"))
        self.assertEqual(rows[-1][:3], ("state", "Ordered", "Approved"))

    def test_order_prices_are_in_the_companys_currency(self):
        foreign = self._create_currency(0.5)
        self.seal.seller_ids.currency_id = foreign
        requisition = self._approved()
        self.assertEqual(requisition.line_ids.price_unit, 1600.0)
        requisition.with_user(self.buyer).action_order()
        self._end_transaction()
        last = self._last_id()
        requisition.with_user(self.buyer).purchase_order_ids.order_line.price_unit = 900.0
        self.assertEqual(
            self._rows(requisition, "amount_before", "amount", since=last), [("order_price", 1600.0, 1800.0)]
        )

    def test_merged_requests_for_quotation_leave_no_noise(self):
        requisition = self._approved()
        requisition.with_user(self.buyer).action_order()
        first = requisition.with_user(self.buyer).purchase_order_ids
        second = first.copy()
        self._end_transaction()
        last = self._last_id()
        (first | second).action_merge()
        rows = self._rows(requisition, since=last)
        self.assertFalse([row for row in rows if row[0] in ("order_changed", "order_cancelled", "ordered")], rows)

    def test_who_decides_changes_while_it_waits(self):
        requisition = self._waiting()
        tier = requisition.sudo().current_tier_id
        last = self._last_id()
        tier.user_ids = self.finance
        [(kind, old, new, reason)] = self._rows(requisition, "old_value", "new_value", "reason", since=last)
        self.assertEqual((kind, reason), ("approvers", "Procurement"))
        self.assertNotIn("Finance", old)
        self.assertIn("Finance", new)

    def test_requester_and_reason(self):
        requisition = self._draft()
        last = self._last_id()
        requisition.sudo().requester_id = self.technician
        requisition.sudo().reason = "Leaks badly"
        self.assertEqual(
            self._rows(requisition, "old_value", "new_value", since=last),
            [("requester", "Planner", "Technician"), ("purpose", "Leaks", "Leaks badly")],
        )

    def test_what_the_job_needs_less_is_written_down(self):
        request = self._assigned()
        self._set_price(self.bearing, 800.0)
        part = self._add_part(request, self.bearing, 3)
        request.action_request_parts()
        requisition = self._ended(request.sudo().requisition_ids)
        last = self._last_id()
        part.product_uom_qty = 2
        rows = self._rows(requisition, "old_value", "new_value", since=last)
        self.assertIn(("quantity", "2 Units", "1 Units"), rows)

    def test_a_note_of_ones_own(self):
        requisitions = self._draft() | self._draft()
        last = self._last_id()
        requisitions.with_user(self.buyer)._log("note", reason="Looked into", amount=5.0)
        for requisition in requisitions:
            self.assertEqual(self._rows(requisition, "reason", "amount", since=last), [("note", "Looked into", 5.0)])

    def test_no_context_switches_it_off_or_gets_into_it(self):
        requisition = self._draft()
        last = self._last_id()
        requisition.with_context(
            tracking_disable=True,
            mail_notrack=True,
            default_reason="forged",
            default_amount=1.0,
            default_user_id=self.finance.id,
            default_date="2001-01-01",
        ).line_ids.product_qty = 9
        self._end_transaction()
        self.env.invalidate_all()
        row = requisition.sudo().log_ids[0]
        self.assertGreater(row.id, last)
        self.assertEqual((row.kind, row.user_id, row.reason, row.amount), ("quantity", self.planner, False, 0.0))
        self.assertGreater(row.date.year, 2001)

    def test_nothing_is_written_of_what_was_rolled_back(self):
        requisition = self._draft()
        last = self._last_id()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            requisition.line_ids.product_qty = 50
            raise ZeroDivisionError
        self.assertFalse(self._rows(requisition, since=last))

    def test_a_transaction_writes_its_rows_at_once(self):
        """One INSERT, whatever the number of lines; reading what it says is batched."""

        def count(lines):
            requisition = self.env["maintenance.requisition"].create(
                {"line_ids": [Command.create({"product_id": self.seal.id, "name": str(n)}) for n in range(lines)]}
            )
            self._end_transaction()
            requisition.line_ids.sudo().write({"product_qty": 7})
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.env.cr.precommit.run()
            used = self.cr.sql_log_count - before
            rows = self._rows(requisition)
            self.assertEqual(len([row for row in rows if row[0] == "quantity"]), lines)
            return used

        count(2)
        self.assertLessEqual(count(80), count(2))

    # -- It stays as it is ------------------------------------------------------------------------------

    def _everybody(self):
        admin = new_test_user(self.env, login="kw_admin", groups="base.group_system,base.group_erp_manager")
        return (
            self.operator, self.technician, self.planner, self.buyer, self.procurement, self.finance, admin,
            self.env.ref("base.user_admin"), self.env.ref("base.user_root"),
        )  # fmt: skip

    def test_nobody_writes_it(self):
        requisition = self._approved()
        row = requisition.sudo().log_ids[0]
        before = row.read()
        values = {
            "kind": "approved",
            "date": "2020-01-01",
            "user_id": self.finance.id,
            "requisition_id": requisition.id,
            "requisition_name": requisition.name,
            "company_id": self.company.id,
        }
        for user in self._everybody():
            log = row.with_user(user)
            attempts = {
                "create": lambda log=log: log.create(values),
                "write": lambda log=log: log.write({"reason": "forged"}),
                "unlink": lambda log=log: log.unlink(),
                "uninstalling": lambda log=log: log.with_context(_force_unlink=True).unlink(),
                "copy": lambda log=log: log.copy(),
                "from the requisition": lambda user=user: requisition.with_user(user).write(
                    {"log_ids": [Command.update(row.id, {"reason": "forged"})]}
                ),
                "sudo create": lambda log=log: log.sudo().create(values),
                "sudo write": lambda log=log: log.sudo().write({"reason": "forged"}),
                "sudo unlink": lambda log=log: log.sudo().unlink(),
                "install mode": lambda log=log: log.sudo().with_context(install_mode=True).write({"user_id": self.buyer.id}),
            }
            for name, attempt in attempts.items():
                with self.subTest(user=user.login, attempt=name), self.assertRaises(UserError):
                    attempt()
            fields = ["kind", "requisition_name", "reason"]
            result = log.load(fields, [["approved", requisition.name, "forged"]])
            self.assertFalse(result["ids"], user.login)
            result = log.load([".id", "reason"], [[str(row.id), "forged"]])
            self.assertFalse(result["ids"], user.login)
        self.env.invalidate_all()
        self.assertEqual(row.read(), before)

    def test_rights_do_not_help(self):
        """An administrator may give themselves rights; the rows stand all the same."""
        row = self._approved().sudo().log_ids[0]
        self.env["ir.model.access"].search([("model_id.model", "=", row._name)]).write(
            {"perm_write": True, "perm_create": True, "perm_unlink": True}
        )
        for attempt in (lambda log: log.write({"reason": "x"}), lambda log: log.unlink(), lambda log: log.copy()):
            with self.assertRaisesRegex(UserError, "writes itself"):
                attempt(row.with_user(self.planner))

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses(self):
        requisition = self._approved()
        row = requisition.sudo().log_ids[0]

        def raw_orm():
            row._write({"reason": "forged"})

        def sql(statement):
            return lambda: self.env.cr.execute(statement, [row.id])

        attempts = {
            "update": sql("UPDATE maintenance_requisition_log SET reason = 'forged' WHERE id = %s"),
            "reference": sql("UPDATE maintenance_requisition_log SET requisition_id = NULL WHERE id = %s"),
            "delete": sql("DELETE FROM maintenance_requisition_log WHERE id = %s"),
            "truncate": lambda: self.env.cr.execute("TRUNCATE maintenance_requisition_log"),
            "raw ORM": raw_orm,
        }
        for name, attempt in attempts.items():
            with self.subTest(attempt=name), self.assertRaises(psycopg2.errors.RestrictViolation):
                with self.env.cr.savepoint():
                    attempt()
        self.assertEqual(len(requisition.sudo().log_ids), 5)

    def test_deleted_documents_leave_their_history(self):
        request = self._assigned()
        requisition = self._draft(maintenance_request_id=request.id)
        name, line = requisition.name, requisition.line_ids
        self.assertTrue(line)
        requisition.unlink()
        self._end_transaction()
        self.env.invalidate_all()
        rows = self.env["maintenance.requisition.log"].search([("requisition_name", "=", name)], order="id")
        self.assertEqual(rows.mapped("kind"), ["created", "line_added", "deleted"])
        self.assertFalse(rows.requisition_id or rows.line_id)
        self.assertEqual((rows[-1].user_id, rows[-1].old_value, rows[-1].amount), (self.planner, "Seal", 1600.0))
        self.assertEqual(rows.maintenance_request_id, request.sudo())
        self.assertEqual(rows.with_user(self.finance).mapped("kind"), rows.mapped("kind"))
        self.assertFalse(self.env["maintenance.requisition.log"].with_user(self.technician).search([("id", "in", rows.ids)]))

    def test_upgrades_and_the_way_out(self):
        """`_auto_init` lifts the guard for an upgrade, `init` puts it back, the uninstallation drops it."""
        requisition = self._draft()
        log = self.env["maintenance.requisition.log"]
        log._drop_guard()
        self.env.cr.execute("UPDATE maintenance_requisition_log SET reason = reason")
        log.init()
        with self.assertRaises(psycopg2.errors.RestrictViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM maintenance_requisition_log")
        log._drop_guard()
        self.env.cr.execute("DELETE FROM maintenance_requisition_log WHERE requisition_id = %s", [requisition.id])

    # -- Who reads ------------------------------------------------------------------------------------

    def test_prices_stay_hidden(self):
        self.technician.group_ids += self.env.ref("base.group_allow_export")
        request = self._assigned()
        requisition = self._approved(maintenance_request_id=request.id)
        own = self._draft(user=self.technician)
        for seen in (requisition, own):
            log = seen.with_user(self.technician).log_ids
            self.assertTrue(log)
            for name in ("amount", "amount_before"):
                with self.assertRaises(AccessError):
                    log.read([name])
                with self.assertRaises(AccessError):
                    log.export_data([name])
                with self.assertRaises(AccessError):
                    log.search([(name, ">", 1)])
                with self.assertRaises(AccessError):
                    log._read_group([], [], [f"{name}:sum"])
            texts = json.dumps(log.read(), default=str)
            self.assertNotRegex(texts, r"\b(800|1600|1,600)[.,]\d")
        self.assertEqual(
            sorted(requisition.with_user(self.finance).log_ids.mapped("amount"))[-2:], [1600.0, 1600.0]
        )

    def test_who_reads_what(self):
        requisition = self._approved(maintenance_request_id=self._assigned().id)
        log = self.env["maintenance.requisition.log"]
        domain = [("requisition_id", "=", requisition.id)]
        for user in (self.technician, self.colleague, self.planner, self.buyer, self.procurement, self.finance):
            self.assertTrue(log.with_user(user).search(domain), user.login)
        for user in (self.operator, self.outsider):
            self.assertFalse(log.with_user(user).search(domain), user.login)
        portal = new_test_user(self.env, login="kw_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            log.with_user(portal).search([])
        with self.assertRaises(AccessError):
            log.with_user(self.env.ref("base.public_user")).search([])
        sister = self.env["res.company"].create({"name": "Sister plant"})
        stranger = new_test_user(
            self.env, login="kw_stranger", groups="purchase.group_purchase_manager",
            company_id=sister.id, company_ids=[Command.set(sister.ids)],
        )  # fmt: skip
        self.assertFalse(log.with_user(stranger).search([]))

    def test_search_export_and_ways_in(self):
        request = self._assigned().with_user(self.planner)
        requisition = self._approved(maintenance_request_id=request.id)
        order = self._order(requisition)
        self._end_transaction()
        for record in (order, request):
            action = record.action_view_requisition_log()
            found = self.env["maintenance.requisition.log"].with_user(self.buyer).search(action["domain"])
            self.assertEqual(found, requisition.sudo().log_ids)
        self.buyer.group_ids += self.env.ref("base.group_allow_export")
        log = self.env["maintenance.requisition.log"].with_user(self.buyer)
        found = log.search([("equipment_id", "=", self.conveyor.id), ("kind", "=", "approved")])
        data = found.export_data(["requisition_name", "user_id/name", "kind", "amount", "reason"])["datas"]
        self.assertEqual(data, [[requisition.name, "Procurement", "Approved", 1600.0, "Fine"]])
        self.assertEqual(found.action_open()["res_id"], requisition.id)

import re
from pathlib import Path

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .approval_common import ApprovalCase

QUIET = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.orm.models", "odoo.sql_db")


@tagged("post_install", "-at_install")
class TestPathsToApproval(ApprovalCase):
    """One test per way in which somebody who may not decide could try to get a requisition approved.

    What `test_requisition`, `test_delegation` and `test_external_api` prove is not repeated.
    """

    def setUp(self):
        super().setUp()
        self.everybody = (self.operator, self.technician, self.planner, self.buyer, self.storekeeper, self.finance)
        self.requisitions = self.env["maintenance.requisition"]
        self.requisition = self._waiting()

    def _still_waits(self, requisition=None):
        requisition = (requisition or self.requisition).sudo()
        self.env.flush_all()
        requisition.invalidate_recordset()
        self.assertEqual(requisition.state, "to_approve")
        self.assertFalse(requisition.decision_ids)
        self.assertEqual(requisition.current_tier_id, self.tier)

    def test_of_what_one_cannot_read_one_cannot_decide(self):
        for user, reads in ((self.operator, False), (self.finance, True)):
            theirs = self.requisition.with_user(user)
            self.assertFalse(theirs.user_can_decide)
            self.assertEqual(theirs.has_access("read"), reads)
        self.assertTrue(self.requisition.with_user(self.procurement).user_can_decide)

    # -- Creating it approved ------------------------------------------------------------------------

    def test_defaults_set_nothing_that_only_decisions_set(self):
        """Neither the context nor a person's own default values make a requisition that is submitted or approved."""
        forged = {
            "state": "approved",
            "date_submitted": "2026-01-01 00:00:00",
            "revision": 7,
            "approved_revision": 7,
            "tier_ids": [],
            "date_emergency": "2026-01-01 00:00:00",
            "emergency_user_id": self.finance.id,
            "source": "work_order",
            "name": "MR/FORGED",
            "amount_total": 1.0,
        }
        line = {"name": "Gear", "product_qty": 1, "partner_id": self.vendor.id, "price_unit": 9000.0}

        def check(requisitions, words):
            made = requisitions.create({"line_ids": [Command.create(dict(line))]}).sudo()
            self.env.flush_all()
            made.invalidate_recordset()
            with self.subTest(words):
                self.assertEqual((made.state, made.revision, made.source), ("draft", 0, "manual"))
                self.assertFalse(made.date_submitted or made.date_emergency or made.approved_revision)
                self.assertNotEqual(made.name, "MR/FORGED")
                self.assertEqual(made.amount_total, 9000.0)
                with self.assertRaises(UserError):
                    made.with_user(self.buyer).action_order()

        context = {f"default_{name}": value for name, value in forged.items()}
        check(self.requisitions.with_user(self.buyer).with_context(**context), "context")
        for name, value in forged.items():
            if name != "tier_ids":
                self.env["ir.default"].with_user(self.buyer).set("maintenance.requisition", name, value, user_id=True)
        check(self.requisitions.with_user(self.buyer), "own defaults")

    def test_a_line_is_not_slipped_into_what_is_approved(self):
        self.requisition.with_user(self.procurement).action_approve()
        self.assertEqual(self.requisition.state, "approved")
        lines = self.env["maintenance.requisition.line"].with_user(self.buyer)
        vals = {"name": "Gear", "partner_id": self.vendor.id, "price_unit": 90000.0}
        lines.with_context(default_requisition_id=self.requisition.id).create(dict(vals))
        self.assertEqual(self.requisition.state, "draft", "sent back, as any other change")
        self.requisition.action_submit()
        self.requisition.with_user(self.procurement).action_approve()
        self.requisition.with_user(self.finance).action_approve()
        lines.create({**vals, "requisition_id": self.requisition.id})
        self.assertEqual(self.requisition.state, "draft")

    def test_import(self):
        for user in (self.technician, self.planner, self.buyer):
            requisitions = self.requisitions.with_user(user).with_context(import_file=True)
            result = requisitions.load(["state", "line_ids/name"], [["Approved", "Gear"]])
            with self.subTest(user=user.login, way="create"):
                self.assertFalse(result["ids"])
            result = requisitions.load([".id", "state"], [[str(self.requisition.id), "Approved"]])
            with self.subTest(user=user.login, way="update"):
                self.assertFalse(result["ids"])
            result = (
                self.env["maintenance.approval.decision"]
                .with_user(user)
                .load(["requisition_id/.id", "decision"], [[str(self.requisition.id), "Approved"]])
            )
            with self.subTest(user=user.login, way="decision"):
                self.assertFalse(result["ids"])
        self._still_waits()

    def test_list_edit(self):
        for user in self.everybody:
            for vals in (
                {"state": "approved"},
                {"current_tier_id": False},
                {"decision_ids": [Command.create({"decision": "approved"})]},
                {"date_waiting": False},
            ):
                with self.subTest(user=user.login, vals=vals), self.assertRaises(UserError):
                    self.requisition.with_user(user).web_save(vals, {"state": {}})
        self._still_waits()

    def test_copies_start_anew(self):
        self.requisition.with_user(self.procurement).action_approve()
        for user in (self.planner, self.buyer):
            approved = self.requisition.with_user(user)
            copied = approved.copy()
            self.assertEqual((copied.state, copied.requester_id, copied.sudo().revision), ("draft", user, 0))
            self.assertFalse(copied.sudo().decision_ids)
            for vals in ({"state": "approved"}, {"date_submitted": fields.Datetime.now()}, {"tier_ids": []}):
                with self.subTest(user=user.login, vals=vals), self.assertRaises(UserError):
                    approved.copy(vals)
            data = approved.copy_data()[0]
            self.assertFalse({"state", "date_submitted", "revision", "approved_revision", "tier_ids"} & data.keys())
            line = approved.line_ids.copy({"requisition_id": copied.id})
            self.assertEqual(copied.state, "draft")
            self.assertFalse(line.sudo().purchase_line_ids)

    def test_incoming_messages(self):
        message = {"subject": "Approved", "body": "Approved", "from": self.operator.email, "message_id": "<x@y>"}
        for user in self.everybody:
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.requisitions.with_user(user).message_new(message, {"state": "approved"})
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.requisition.with_user(user).message_update(message, {"state": "approved"})
        self.requisition.message_post(body="I approve this", subtype_xmlid="mail.mt_comment")
        self._still_waits()

    # -- Deciding in somebody's place -------------------------------------------------------------------

    def test_no_decision_for_another_tier_or_person_or_twice(self):
        decisions = self.env["maintenance.approval.decision"]
        big = self._waiting(price=8000.0)
        vals = {"requisition_id": big.id, "decision": "approved"}
        with self.assertRaises(UserError):  # the later tier, before the first
            decisions.with_user(self.finance).create({**vals, "tier_id": self.finance_tier.id})
        with self.assertRaises(UserError):
            decisions.with_user(self.procurement).create({**vals, "tier_id": self.finance_tier.id})
        with self.assertRaises(UserError):
            decisions.with_user(self.procurement).create({**vals, "user_id": self.finance.id})
        with self.assertRaises(UserError):  # two in one call
            decisions.with_user(self.procurement).create([dict(vals), dict(vals)])
        self.assertFalse(big.sudo().decision_ids)
        context = {"default_tier_id": self.finance_tier.id, "default_user_id": self.finance.id, "default_revision": 9}
        made = decisions.with_user(self.procurement).with_context(**context, default_amount=1.0).create(dict(vals))
        made = made.sudo()
        self.assertEqual((made.tier_id, made.user_id, made.amount, made.revision), (self.tier, self.procurement, 8000.0, 1))
        with self.assertRaises(UserError):
            decisions.with_user(self.procurement).create(dict(vals))
        self.assertEqual((big.state, big.sudo().current_tier_id), ("to_approve", self.finance_tier))

    @mute_logger(*QUIET)
    def test_decisions_are_not_made_or_moved_through_other_records(self):
        decided = self._waiting(price=8000.0)
        decided.with_user(self.procurement).action_approve()
        decision = decided.sudo().decision_ids
        for user in self.everybody:
            for vals in (
                {"decision_ids": [Command.link(decision.id)]},
                {"decision_ids": [Command.update(decision.id, {"requisition_id": self.requisition.id})]},
                {"decision_ids": [Command.clear()]},
            ):
                with self.subTest(user=user.login, vals=vals), self.assertRaises(UserError):
                    self.requisition.with_user(user).write(vals)
                with self.subTest(user=user.login, vals=vals, way="decided"), self.assertRaises(UserError):
                    decided.with_user(user).write(vals)
            with self.subTest(user=user.login, way="forced"), self.assertRaises(UserError):
                decision.with_user(user).with_context(_force_unlink=True).unlink()
        with self.assertRaises(UserError):
            decision.with_user(self.procurement).with_context(_force_unlink=True).unlink()
        self.assertEqual(decided.sudo().decision_ids, decision)
        self._still_waits()

    def test_another_companys_approver(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        groups = "purchase.group_purchase_manager,account.group_account_manager"
        theirs = new_test_user(
            self.env, login="kw_theirs", groups=groups, company_id=sister.id, company_ids=[Command.set(sister.ids)]
        )
        tier = self.env["maintenance.approval.tier"].search([("company_id", "=", sister.id)], limit=1)
        (tier | self.tier).user_ids += theirs
        with mute_logger(*QUIET):
            for context in ({}, {"allowed_company_ids": self.company.ids}, {"allowed_company_ids": [sister.id, self.company.id]}):
                requisition = self.requisition.with_user(theirs).with_context(**context)
                with self.subTest(context=context), self.assertRaises(UserError):
                    requisition.action_approve()
                with self.subTest(context=context), self.assertRaises(UserError):
                    self.env["maintenance.approval.decision"].with_user(theirs).with_context(**context).create(
                        {"requisition_id": requisition.id, "decision": "approved", "tier_id": tier.id}
                    )
        self._still_waits()

    # -- Becoming somebody who may ------------------------------------------------------------------------

    @mute_logger(*QUIET)
    def test_nobody_joins_a_tier_or_a_group_by_own_hand(self):
        group = self.env.ref("purchase.group_purchase_manager")
        self.tier.group_id = group
        for user in (*self.everybody, self.procurement):
            other = self.finance_tier if user == self.procurement else self.tier
            for record, vals in (
                (other, {"user_ids": [Command.link(user.id)]}),
                (other, {"min_amount": 1e9}),
                (other, {"active": False}),
                (other, {"group_id": self.env.ref("base.group_user").id}),
                (user, {"group_ids": [Command.link(group.id)]}),
                (group, {"user_ids": [Command.link(user.id)]}),
                (self.env.ref("base.group_user"), {"implied_ids": [Command.link(group.id)]}),
                (self.company, {"requisition_price_tolerance": 1e6}),
                (self.env.ref("keepwisely_maintenance.rule_decision_create"), {"active": False}),
                (self.env.ref("keepwisely_maintenance.access_decision_user"), {"perm_write": True}),
                (self.env.ref("keepwisely_maintenance.ir_cron_approvals"), {"code": "pass"}),
            ):
                with self.subTest(user=user.login, model=record._name, vals=vals), self.assertRaises(UserError):
                    record.with_user(user).write(vals)
            with self.subTest(user=user.login), self.assertRaises(UserError):
                other.with_user(user).with_context(_force_unlink=True).unlink()
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.env["maintenance.approval.tier"].with_user(user).create(
                    {"name": "Mine", "min_amount": 0, "user_ids": [Command.set(user.ids)]}
                )
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.env["ir.actions.server"].with_user(user).create(
                    {
                        "name": "Approve", "state": "code", "code": "records.sudo().write({})",
                        "model_id": self.env["ir.model"]._get_id("maintenance.requisition"),
                    }
                )  # fmt: skip
        self._still_waits()

    def test_changing_the_requester_does_not_free_who_asked(self):
        """An approver who asked stays who asked, whoever offers to stand in."""
        self.tier.user_ids += self.finance
        own = self._waiting(user=self.procurement)
        for user in (self.planner, self.buyer, self.technician, self.procurement, self.finance):
            for requester in (user, self.operator):
                with self.subTest(user=user.login, requester=requester.login), self.assertRaises(UserError):
                    own.with_user(user).requester_id = requester
        self.assertEqual(own.requester_id, self.procurement)
        with self.assertRaises(UserError):
            own.with_user(self.procurement).action_approve()

    # -- Changing the tier meanwhile ------------------------------------------------------------------------

    def test_a_tier_changed_meanwhile_decides_all_the_same(self):
        big = self._waiting(price=8000.0)
        self.tier.min_amount = self.finance_tier.min_amount = 1e6
        self.env.invalidate_all()
        self._still_waits()
        big.with_user(self.procurement).action_approve()
        self.assertEqual((big.state, big.sudo().current_tier_id), ("to_approve", self.finance_tier))
        for context in ({}, {"_force_unlink": True}):
            with self.subTest(context=context), self.assertRaises(UserError):
                self.finance_tier.with_context(**context).unlink()

    def test_what_an_archived_tier_refuses_is_refused(self):
        """It was not approved in full, though only archived tiers are left."""
        big = self._waiting(price=8000.0)
        self.finance_tier.active = False
        big.with_user(self.procurement).action_approve()
        self.assertEqual((big.state, big.sudo().approved_revision), ("to_approve", 0))
        big.with_user(self.finance).action_reject("Too dear")
        self.assertEqual(big.state, "rejected")
        with self.assertRaises(UserError):
            big.with_user(self.buyer).action_order()

    # -- To-dos, actions, deleting ---------------------------------------------------------------------------

    def test_server_actions_run_as_their_user(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Approve", "state": "code", "code": "records.action_approve()",
                "model_id": self.env["ir.model"]._get_id("maintenance.requisition"),
            }
        )  # fmt: skip
        for user in self.everybody:
            context = {"active_model": "maintenance.requisition", "active_ids": self.requisition.ids}
            with self.subTest(user=user.login), mute_logger(*QUIET, "odoo.addons.base.models.ir_actions"):
                with self.assertRaises(UserError):
                    action.with_user(user).with_context(**context).run()
        self._still_waits()

    @mute_logger(*QUIET)
    def test_what_was_asked_for_is_not_deleted(self):
        """Also not with the context key of an uninstallation, which anybody may send."""
        self.requisition.with_user(self.procurement).action_approve()
        other = self._waiting()
        for context in ({}, {"_force_unlink": True}):
            for user in (self.planner, self.buyer):
                for requisition in (self.requisition, other):
                    with self.subTest(user=user.login, context=context), self.assertRaises(UserError):
                        requisition.with_user(user).with_context(**context).unlink()
        other.with_user(self.planner).with_context(_force_unlink=True).line_ids.unlink()
        self.assertEqual(other.state, "draft", "without the line it is another requisition")

    def test_to_dos_of_others_are_not_decisions(self):
        todo = self._todos(self.procurement, self.requisition)
        for user in (self.planner, self.buyer):
            with mute_logger(*QUIET):
                try:
                    todo.with_user(user).action_feedback(feedback="Approved")
                except AccessError:
                    continue
        self._still_waits()

    # -- Around the work order ---------------------------------------------------------------------------------

    def test_a_stage_does_not_carry_its_work_orders_past_the_gates(self):
        stage = self.env["maintenance.stage"].create({"name": "Being looked at", "state": "requested"})
        request = self._report()
        request.with_user(self.planner).stage_id = stage
        mine = stage.with_user(self.planner)
        for vals in ({"state": "closed"}, {"done": True}, {"state": "approved", "done": False}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "move them first"):
                mine.write(vals)
            with self.subTest(vals=vals, way="list"), self.assertRaises(UserError):
                mine.web_save(vals, {"state": {}})
        self.assertFalse(mine.load([".id", "state"], [[str(stage.id), "Closed"]])["ids"])
        request.flush_recordset()
        self.cr.execute("UPDATE maintenance_request SET archive = TRUE WHERE id = %s", request.ids)
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            mine.state = "closed"
        mine.write({"name": "Looked at", "state": "requested"})
        self.assertEqual((request.state, mine.name), ("requested", "Looked at"))
        request.unlink()
        mine.state = "approved"

    def test_parts_come_through_the_checks_of_their_work_order_also_as_a_default(self):
        request = self._assigned()
        for user, vals in (
            (self.outsider, {}),
            (self.technician, {"price_unit": 9.0}),
            (self.technician, {"location_dest_id": self.stock.id}),
        ):
            moves = self.env["stock.move"].with_user(user).with_context(default_maintenance_request_id=request.id)
            with self.subTest(user=user.login, vals=vals), self.assertRaises(UserError):
                moves.create({"product_id": self.seal.id, "product_uom_qty": 1, **vals})
        forged = {"default_state": "done", "default_price_unit": 9.0, "default_location_dest_id": self.stock.id}
        part = self._add_part(request.with_context(**forged), self.seal).sudo()
        self.assertEqual((part.state, part.price_unit), ("assigned", 0.0))
        self.assertTrue(part.location_dest_id.is_maintenance)

    # -- Context keys ---------------------------------------------------------------------------------------------

    def test_internal_context_keys_mean_nothing_when_they_are_sent(self):
        """Every key that the module reads; what is sent over the network is never the object that counts."""
        code = "".join(path.read_text() for path in Path(__file__).parents[2].glob("[mrw]*/**/*.py"))
        kinds = "BY_SYSTEM|UNATTENDED|RuleMemory|WorkingDaysMemory|OwnIds|AsOf"
        keys = set(re.findall(rf'(maintenance_\w+)"?(?:=|: )(?:{kinds})', code))
        expected = {"maintenance_parts_settling", "maintenance_extending", "maintenance_unattended", "maintenance_as_of"}
        self.assertLessEqual(expected, keys)
        # said by the screens themselves, and grant nothing: where a part is looked for, what hours were shown, that a
        # place is made, that a file is read as one for maintenance
        sent_by_screens = {
            "maintenance_find_by_code", "maintenance_import", "maintenance_new_place", "maintenance_shown_hours",
        }  # fmt: skip
        # read otherwise than through `is_by_system`: compared with an object of their own
        self.assertEqual(
            set(re.findall(r'context(?:\.get\(|\[)"(maintenance_\w+)"(?!\] = BY_SYSTEM)', code)),
            {
                "maintenance_history_log", "maintenance_import_reading", "maintenance_unattended", "maintenance_rules",
                "maintenance_tracking_logs", "maintenance_forecast_asked", "maintenance_working_days",
                "maintenance_reorder_decision", "maintenance_as_of",
            }
            | sent_by_screens,
        )
        sent = dict.fromkeys(keys, True)
        self.requisition.with_user(self.procurement).action_approve()
        self.requisition.with_context(**sent).line_ids.product_qty = 2
        self.assertEqual(self.requisition.state, "draft")
        # wakes up with them as without
        request = self._assigned()
        self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        self.assertEqual(request.state, "waiting_parts")
        order = self._order(request.sudo().requisition_ids)
        picking = order.sudo().picking_ids.with_user(self.storekeeper).with_context(**sent)
        picking.button_validate()
        self.assertEqual(request.state, "assigned")
        self.assertTrue(request.with_user(self.planner).with_context(**sent).copy())

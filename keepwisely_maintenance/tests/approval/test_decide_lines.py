import json

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestDecideLines(ApprovalCase):
    """Some lines are approved, others refused or left waiting, in one decision on the whole."""

    def _asked(self, *amounts):
        """A requisition of the technician's job with a line of each amount; its lines, dearest last."""
        request = self._assigned()
        parts = [self._create_part(f"Part {amount:g}", amount, standard_price=1.0) for amount in amounts]
        for part in parts:
            self._add_part(request, part, 1)
        request.action_request_parts(offer=False)
        requisition = request.sudo().requisition_ids
        return requisition, requisition.line_ids.sorted("price_subtotal")

    def test_one_refused(self):
        requisition, lines = self._asked(600.0, 700.0)
        request = requisition.maintenance_request_ids
        before = self._notifications(self.technician, requisition)
        self._end_transaction()
        requisition.with_user(self.procurement).action_decide_lines(refused_line_ids=lines[1].ids, comment="One will do")
        self.env.invalidate_all()
        self.assertEqual((requisition.state, requisition.amount_total), ("approved", 600))
        self.assertEqual((lines[0].state, lines[1].state, lines[1].is_open), ("approved", "rejected", False))
        decision = requisition.decision_ids
        self.assertEqual((decision.amount, decision.amount_refused, decision.refused_line_ids), (600, 700, lines[1]))
        self.assertEqual((decision.user_id, decision.comment), (self.procurement, "One will do"))
        told = self._notifications(self.technician, requisition) - before
        self.assertEqual(len(told), 1, "who asked is told once")
        self.assertIn("Refused: 1 × Part 700", told.mail_message_id.body)
        self.assertIn("One will do", told.mail_message_id.body)
        self.assertEqual(len([body for body in request.message_ids.mapped("body") if "was refused" in body]), 1)
        self.assertEqual(request.parts_state, "to_request", "what was refused is missing and not asked for")
        self._end_transaction()
        rows = self.env["maintenance.requisition.log"].search([("requisition_id", "=", requisition.id)])
        refusal = rows.filtered(lambda row: row.kind == "rejected")
        self.assertEqual((refusal.line_id, refusal.user_id, refusal.reason), (lines[1], self.procurement, "One will do"))
        self.assertEqual(rows.filtered(lambda row: row.kind == "approved").amount, 600)
        orders = self._order(requisition)
        self.assertEqual(orders.order_line.product_id, lines[0].product_id)

    def test_the_tiers_of_the_whole_stay(self):
        """Refusing the dear line is no way past Finance for the rest; what is asked for again meets the whole."""
        requisition, lines = self._asked(600.0, 5500.0)
        self.assertEqual(requisition.tier_ids, self.tier | self.finance_tier)
        requisition.with_user(self.procurement).action_decide_lines(lines[1].ids, comment="Too dear")
        self.env.invalidate_all()
        self.assertEqual((requisition.state, requisition.current_tier_id), ("to_approve", self.finance_tier))
        self.assertEqual(lines[0].amount_counted, 600, "what is decided on is what is left")
        requisition.with_user(self.finance).action_approve()
        self.assertEqual(requisition.state, "approved")
        request = requisition.maintenance_request_ids
        request.with_user(self.technician).action_request_parts(offer=False)
        again = request.sudo().requisition_ids - requisition
        self.assertEqual((again.state, again.job_amount, again.tier_ids), ("to_approve", 6100, self.tier | self.finance_tier))

    def test_one_held(self):
        requisition, lines = self._asked(600.0, 700.0, 5500.0)
        requisition.with_user(self.procurement).action_decide_lines(lines[2].ids, lines[1].ids, "Not both")
        self.env.invalidate_all()
        self.assertEqual((requisition.current_tier_id, requisition.amount_total), (self.finance_tier, 600))
        other = lines[1].requisition_id
        self.assertNotEqual(other, requisition)
        self.assertEqual((other.state, other.requester_id, other.current_tier_id), ("to_approve", self.technician, self.tier))
        self.assertEqual(other.tier_ids, self.tier | self.finance_tier, "700 alone would not meet Finance")
        self.assertTrue(self._todos(self.procurement, other))
        self.assertNotIn(self.procurement, other.author_ids)
        other.with_user(self.procurement).action_approve()
        other.with_user(self.finance).action_approve()
        requisition.with_user(self.finance).action_approve()
        self.assertEqual((other.state, requisition.state), ("approved", "approved"))
        self.assertEqual(len(self._notifications(self.technician, other)), 1)

    def test_what_cannot_be_decided_apart(self):
        requisition, lines = self._asked(600.0, 700.0)
        elsewhere, others = self._asked(800.0)
        decide = requisition.with_user(self.procurement).action_decide_lines
        for refused, held, comment, words in (
            (lines[1].ids, [], "", "Say why"),
            (lines.ids, [], "No", "one line"),
            (lines[0].ids, lines[1].ids, "No", "one line"),
            (lines[0].ids, lines[0].ids, "No", "once on each line"),
            (others.ids, [], "No", "once on each line"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                decide(refused, held, comment)
        decide(lines[1].ids, [], "No")
        with self.assertRaises(UserError):
            decide(lines[0].ids, [], "No")
        self.assertEqual(elsewhere.state, "to_approve")

    def test_who_may(self):
        requisition, lines = self._asked(600.0, 700.0)
        for user in (self.technician, self.planner, self.buyer, self.finance, self.operator, self.deputy):
            with self.subTest(user=user.login):
                with self.assertRaises(UserError), self.cr.savepoint():
                    requisition.with_user(user).action_decide_lines(lines[1].ids, [], "No")
                with self.assertRaises(UserError), self.cr.savepoint():
                    requisition.with_user(user).action_decide_lines([], lines[1].ids, "No")
        for vals in ({"is_cancelled": True}, {"refused_decision_id": 1}):
            with self.assertRaises(UserError), self.cr.savepoint():
                lines[1].with_user(self.procurement).write(vals)
        self.assertEqual(set(lines.mapped("state")), {"to_approve"})
        self._delegate()
        requisition.with_user(self.deputy).action_decide_lines(lines[1].ids, [], "No")
        self.assertEqual(requisition.decision_ids.on_behalf_of_id, self.procurement)

    def test_nobody_on_their_own_money(self):
        requisition, lines = self._asked(600.0, 700.0)
        self.tier.user_ids += self.deputy
        lines[1].with_user(self.procurement).price_unit = 650.0
        requisition.with_user(self.technician).action_submit()
        with self.assertRaisesRegex(UserError, "You"):
            requisition.with_user(self.procurement).action_decide_lines(lines[1].ids, [], "Not mine")

    def test_by_the_decision_itself(self):
        """The decision is what counts, whoever makes it how."""
        requisition, lines = self._asked(600.0, 700.0)
        decisions = self.env["maintenance.approval.decision"].with_user(self.procurement)
        vals = {"requisition_id": requisition.id, "decision": "approved", "comment": "No"}
        for wrong in (
            {"refused_line_ids": [Command.create({"name": "Own"})]},
            {"refused_line_ids": [Command.update(lines[0].id, {"price_unit": 1})]},
            {"refused_line_ids": [Command.link(lines[0].id)], "decision": "rejected"},
            {"refused_line_ids": [Command.set(lines.ids)]},
        ):
            with self.subTest(wrong=wrong), self.assertRaises(UserError), self.cr.savepoint():
                decisions.create({**vals, **wrong})
        decisions.create({**vals, "refused_line_ids": [Command.link(lines[1].id)]})
        self.env.invalidate_all()
        self.assertEqual(lines[1].state, "rejected")

    def test_the_screen(self):
        requisition, lines = self._asked(600.0, 700.0)
        wizards = self.env["maintenance.requisition.decide"].with_user(self.procurement).with_context(active_id=requisition.id)
        wizard = wizards.create(wizards.default_get(["requisition_id", "line_ids"]))
        self.assertEqual(wizard.line_ids.line_id.ids, requisition.line_ids.ids)
        wizard.line_ids.filtered(lambda row: row.line_id.id == lines[1].id).choice = "refuse"
        wizard.comment = "One will do"
        wizard.action_decide()
        self.assertEqual((requisition.state, lines[1].state), ("approved", "rejected"))

    def test_taken_back_to_draft(self):
        """What was refused stays refused when the rest is asked for again."""
        requisition, lines = self._asked(600.0, 700.0)
        requisition.with_user(self.procurement).action_decide_lines(lines[1].ids, [], "No")
        requisition.with_user(self.planner).action_draft()
        requisition.with_user(self.planner).action_submit()
        self.env.invalidate_all()
        self.assertEqual((requisition.amount_total, lines[1].state), (600, "rejected"))


@tagged("post_install", "-at_install")
class TestDecideLinesApi(ApprovalCase, HttpCase):
    def test_over_the_external_api(self):
        requisition, lines = TestDecideLines._asked(self, 600.0, 700.0)
        key = self.env["res.users.apikeys"].with_user(self.procurement).sudo()._generate(None, "lines", None)
        response = self.url_open(
            "/json/2/maintenance.requisition/action_decide_lines",
            data=json.dumps({"ids": requisition.ids, "refused_line_ids": lines[1].ids, "comment": "One will do"}),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        self.assertEqual((response.status_code, response.json()), (200, True), response.text)
        self.env.invalidate_all()
        self.assertEqual((requisition.state, lines[1].state), ("approved", "rejected"))

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from .test_spent_once import SpentCase


@tagged("post_install", "-at_install")
class TestWhatIsNoted(SpentCase):
    """What the system writes down when something is asked, decided, taken back or ordered beforehand, field by field."""

    def test_a_decision(self):
        requisition = self._waiting(price=800.0)
        requisition.with_user(self.procurement).action_approve("Go")
        decision = requisition.sudo().decision_ids
        what = {
            "requisition_id": requisition.id, "tier_id": self.tier.id, "revision": requisition.sudo().revision,
            "user_id": self.procurement.id, "on_behalf_of_id": False, "is_own": False, "is_price_change": False,
            "amount": 800.0, "amount_refused": 0.0, "comment": "Go", "company_id": self.company.id,
        }  # fmt: skip
        self.assertRecordValues(decision, [{**what, "decision": "approved", "times_taken_back": 0, "taken_back_id": False}])
        requisition.with_user(self.procurement).action_take_back_approval()
        back = requisition.sudo().decision_ids - decision
        taken = {**what, "amount": 800.0, "comment": False, "amount_refused": 0.0}
        self.assertRecordValues(
            back, [{**taken, "decision": "taken_back", "times_taken_back": 0, "taken_back_id": decision.id}]
        )
        self.assertEqual((back | decision)._get_standing().ids, [], "neither of both counts")
        requisition.with_user(self.procurement).action_approve("Go at last")
        again = requisition.sudo().decision_ids - decision - back
        self.assertRecordValues(
            again, [{**what, "comment": "Go at last", "decision": "approved", "times_taken_back": 1, "taken_back_id": False}]
        )
        self.assertEqual((back | decision | again)._get_standing(), again)

    def test_below_the_lowest_tier(self):
        requisition = self._waiting(price=300.0, submit=False)
        requisition.action_submit()
        self.assertRecordValues(
            requisition.sudo().decision_ids,
            [
                {
                    "requisition_id": requisition.id, "tier_id": False, "revision": requisition.sudo().revision,
                    "user_id": self.env.ref("base.user_root").id, "decision": "approved", "amount": 300.0,
                    "comment": f"Below the lowest tier: {self.tier.description}.",
                }
            ],
        )  # fmt: skip
        (self.tier | self.finance_tier).active = False
        other = self._waiting(price=300.0, submit=False)
        other.action_submit()
        self.assertEqual(other.sudo().decision_ids.comment, "No approval tier is set up.")

    def test_of_several_tiers_the_lowest_is_named(self):
        self.tier.copy({"name": "Shift lead", "min_amount": 400.0, "user_ids": [Command.set(self.finance.ids)]})
        requisition = self._waiting(price=300.0, submit=False)
        requisition.action_submit()
        self.assertIn("Shift lead", requisition.sudo().decision_ids.comment)

    def test_a_to_do_to_approve(self):
        requisition = self._waiting()
        kind = self.env.ref("keepwisely_maintenance.mail_activity_approve")
        self.assertRecordValues(
            self._todos(self.procurement, requisition),
            [
                {
                    "activity_type_id": kind.id, "automated": True, "res_model": requisition._name, "res_id": requisition.id,
                    "summary": f"Approve {requisition.name}", "date_deadline": self.company._get_plant_day(),
                    "user_id": self.procurement.id,
                }
            ],
        )  # fmt: skip

    def test_the_next_tier_waits_anew(self):
        """Days of waiting, reminders and escalations are those of the tier that is asked now."""
        self.company.write({"approval_reminder_days": 1, "approval_escalation_days": 2})
        requisition = self._waiting(price=8000.0)
        later = fields.Datetime.now() + timedelta(days=4)
        with freeze_time(later):
            self._run_cron("ir_cron_approvals")
            seen = requisition.sudo()
            self.assertTrue(seen.date_reminded and seen.date_escalated)
            self.assertLess(seen.date_waiting, later)
            requisition.with_user(self.procurement).action_approve()
            seen.invalidate_recordset()
            self.assertEqual((seen.date_reminded, seen.date_escalated), (False, False))
            self.assertEqual(seen.date_waiting, fields.Datetime.now())
            self.assertEqual(len(self._todos(self.finance, requisition)), 1)
            self.assertFalse(self._todos(self.procurement, requisition))

    def test_what_is_ordered_in_emergency(self):
        self._set_price(self.bearing, 800.0)
        request = self._assigned(priority="3")
        self._add_part(request, self.bearing, 2)
        request.action_request_parts(offer=False)
        requisition = request.sudo().requisition_ids
        with freeze_time("2037-01-05 08:00:00"):
            requisition.with_user(self.planner).action_order_emergency("The line stands")
            moment = fields.Datetime.now()
        self.assertRecordValues(
            requisition.sudo(),
            [
                {
                    "date_emergency": moment, "emergency_user_id": self.planner.id, "emergency_reason": "The line stands",
                    "date_emergency_reminder": moment, "is_emergency_due": True,
                }
            ],
        )  # fmt: skip
        self.assertIn("before the decision: The line stands", requisition.sudo().message_ids.mapped("body")[0])

    def test_a_move_that_waits_knows_its_part(self):
        """The job that is to get it has two parts of the product; the one that was chosen gets it."""
        gear = self._create_part("Gear", 450.0)
        lines = self.env["maintenance.requisition.line"].with_user(self.buyer)
        for _n in range(2):
            lines |= self._create_job_part(gear, 1).maintenance_requisition_line_ids
        target = self._create_job_part(gear, 1, ask=False)
        other = self._add_part(target.maintenance_request_id, gear, 5)
        for line in lines:
            line.part_move_ids.sudo()._action_cancel()
        lines[0].action_redirect(target.id)
        lines[1].action_redirect(other.id)
        waiting = lines[1].sudo()
        self.assertEqual((waiting.is_move_asked, waiting.new_request_id, waiting.new_part_id),
                         (True, target.maintenance_request_id.sudo(), other.sudo()))  # fmt: skip
        self.assertEqual(waiting.new_price_author_id, self.buyer)
        waiting.requisition_id.with_user(self.procurement).action_approve()
        waiting.invalidate_recordset()
        self.assertEqual(waiting.part_move_ids, other.sudo())
        self.assertEqual((waiting.is_move_asked, waiting.new_request_id.ids, waiting.new_part_id.ids), (False, [], []))

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalLinks(ApprovalCase, HttpCase):
    """Deciding from where one is told: the list, the to-do, and the e-mail."""

    def test_many_at_once_from_the_list(self):
        waiting = self._waiting() | self._waiting() | self._waiting()
        waiting.with_user(self.procurement).action_approve("All needed")
        self.assertEqual(set(waiting.mapped("state")), {"approved"})
        self.assertEqual(len(waiting.sudo().decision_ids), 3)
        more = self._waiting() | self._waiting()
        more.with_user(self.procurement).action_reject("Next year")
        self.assertEqual(set(more.mapped("state")), {"rejected"})

    def test_one_that_does_not_wait_stops_all_and_is_named(self):
        waiting, decided = self._waiting(), self._waiting()
        decided.with_user(self.procurement).action_approve()
        with self.assertRaises(UserError) as refusal:
            (waiting | decided).with_user(self.procurement).action_approve()
        self.assertIn(decided.name, str(refusal.exception))
        self.assertEqual(waiting.state, "to_approve")
        self.assertFalse(waiting.sudo().decision_ids)

    def test_many_that_one_cannot_read(self):
        """They are named all the same, in the one sentence."""
        waiting = self._waiting() | self._waiting()
        names = ", ".join(waiting.mapped("name"))
        with self.assertRaisesRegex(UserError, rf"2 of the 2 requisitions do not wait for you \({names}\)"):
            waiting.with_user(self.operator).action_approve()

    def test_the_to_do_says_who_may_decide(self):
        requisition = self._waiting()
        todo = self._todos(self.procurement, requisition)
        self.assertTrue(todo.with_user(self.procurement).can_decide_requisition)
        self.assertFalse(todo.with_user(self.planner).can_decide_requisition)
        requisition.with_user(self.procurement).action_approve()
        self.assertFalse(self._todos(self.procurement, requisition))

    def test_the_link_of_the_e_mail_leads_to_it_after_login(self):
        requisition = self._waiting()
        link = f"/mail/view?model=maintenance.requisition&res_id={requisition.id}"
        answer = self.url_open(link, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])
        self.assertNotRegex(answer.text, r"\b800[.,]\d")
        self.authenticate("kw_procurement", "kw_procurement")
        answer = self.url_open(link, allow_redirects=False)
        self.assertIn(f"maintenance.requisition/{requisition.id}", answer.headers["Location"])
        self.authenticate("kw_operator", "kw_operator")
        answer = self.url_open(link, allow_redirects=False)
        self.assertNotIn(f"maintenance.requisition/{requisition.id}", answer.headers["Location"])

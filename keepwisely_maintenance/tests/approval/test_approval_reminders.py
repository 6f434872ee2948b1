from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .approval_common import ApprovalCase

#: Queries of one native notification by e-mail: to a next tier, or to who asked.
PER_E_MAIL = 18

CRON_LOGGER = "odoo.addons.keepwisely_maintenance.models.approval.mail_activity"


@tagged("post_install", "-at_install")
class TestWaiting(ApprovalCase):
    """What waits is asked of the right people, and is not forgotten."""

    def _in_days(self, days):
        # noon, so that it is the same day everywhere that matters
        return freeze_time(fields.Datetime.to_datetime(self.today) + timedelta(days=days, hours=12))

    def _run_after(self, days):
        with self._in_days(days):
            self._run_cron("ir_cron_approvals")

    def _reminders(self, user, requisition):
        return self._notifications(user, requisition).mail_message_id.filtered(
            lambda message: "waits for your approval since" in (message.body or "")
        )

    def _escalations(self, user, requisition):
        return self._notifications(user, requisition).mail_message_id.filtered(
            lambda message: "who can decide" in (message.body or "")
        )

    def _unserved(self, user, requisition):
        return self._activities(user, requisition).filtered(
            lambda todo: todo.activity_type_id == self.env.ref("keepwisely_maintenance.mail_activity_no_approver")
        )

    # -- Asking ---------------------------------------------------------------------------------------

    def test_only_the_current_tier_is_asked_and_any_one_of_it_decides(self):
        self.tier.user_ids += self.buyer
        requisition = self._waiting(price=8000.0)
        for user in (self.procurement, self.buyer):
            self.assertEqual(len(self._todos(user, requisition)), 1)
        self.assertFalse(self._todos(self.finance, requisition))
        requisition.with_user(self.buyer).action_approve()
        self.assertEqual((requisition.state, requisition.current_tier_id), ("to_approve", self.finance_tier))
        for user in (self.procurement, self.buyer):
            self.assertFalse(self._todos(user, requisition))
        self.assertEqual(len(self._todos(self.finance, requisition)), 1)
        requisition.with_user(self.finance).action_approve()
        self.assertFalse(self._todos(self.finance, requisition))

    def test_people_get_the_native_e_mail(self):
        """Not in the click of whoever submits, but a moment later; once, in their name, and only about what waits still."""
        requisition, answered = self._waiting(), self._waiting()
        answered.with_user(self.procurement).action_approve()
        asked = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("keepwisely_maintenance.ir_cron_todo_mails").id)]
        )
        self.assertTrue(asked, "the scheduler is called at once")
        self.assertFalse(self._notifications(self.procurement, requisition))
        for _time in range(2):
            self._run_cron("ir_cron_todo_mails")
        message = self._notifications(self.procurement, requisition).mail_message_id
        self.assertEqual(len(message), 1)
        self.assertIn(f"Approve {requisition.name}", message.subject)
        self.assertNotRegex(message.body, r"\b800[.,]\d")
        self.assertEqual(message.author_id, requisition.requester_id.partner_id)
        self.assertFalse(self._notifications(self.procurement, answered))
        self.assertIn(self.procurement.partner_id, requisition.message_partner_ids)

    def test_answered_todos_are_deleted_by_the_scheduler(self):
        """Off every list at once; what somebody ticked off by hand is their history and stays."""
        answered, ticked_off = self._waiting(), self._waiting()
        todos = [self._todos(self.procurement, requisition) for requisition in (answered, ticked_off)]
        todos[1].with_user(self.procurement).action_done()
        answered.with_user(self.procurement).action_approve()
        self.assertFalse(self._todos(self.procurement, answered))
        self._run_cron("ir_cron_todo_mails")
        self.assertEqual([bool(todo.exists()) for todo in todos], [False, True])

    def test_one_e_mail_that_cannot_be_written_stops_no_other(self):
        broken, good = self._waiting(user=self.planner), self._waiting()
        activities = type(self.env["mail.activity"])
        notify = activities.action_notify

        def fail_for_one(todos):
            if broken.id in todos.mapped("res_id"):
                raise ValueError("no template")
            return notify(todos)

        with patch.object(activities, "action_notify", fail_for_one), mute_logger(CRON_LOGGER):
            self._run_cron("ir_cron_todo_mails")
        self.assertEqual(len(self._notifications(self.procurement, good)), 1)
        self.assertFalse(self._notifications(self.procurement, broken))
        self.assertTrue(self._todos(self.procurement, broken), "it is still asked")

    def test_no_e_mail_is_asked_for_from_outside(self):
        requisition = self._waiting()
        todo = self._todos(self.procurement, requisition).with_user(self.procurement)
        with self.assertRaises(AccessError):
            todo.maintenance_is_untold = True
        with self.assertRaises(AccessError):
            requisition.with_user(self.procurement).activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.buyer.id, maintenance_is_untold=True
            )

    def test_who_is_refused_takes_no_question_away(self):
        requisition = self._waiting()
        # caught without a savepoint, unlike by `assertRaises`
        with self.assertRaisesRegex(UserError, "you do not serve that tier"):
            requisition.with_user(self.operator).action_approve()
        self.assertEqual(len(self._todos(self.procurement, requisition)), 1)

    def test_done_without_a_decision_decides_nothing_and_comes_back(self):
        requisition = self._waiting()
        todo = self._todos(self.procurement, requisition)
        self.assertTrue(todo.with_user(self.procurement).can_decide_requisition)
        self.assertFalse(todo.with_user(self.planner).can_decide_requisition)
        todo.with_user(self.procurement).action_feedback("Seen")
        self.assertEqual((requisition.state, requisition.sudo().decision_ids), ("to_approve", requisition.decision_ids.browse()))
        self.assertFalse(self._todos(self.procurement, requisition))
        self._run_after(1)
        self.assertFalse(self._todos(self.procurement, requisition))
        self._run_after(2)
        self.assertEqual(len(self._todos(self.procurement, requisition)), 1)

    def test_who_joins_or_leaves_a_tier_is_asked_or_not_any_more(self):
        requisition = self._waiting()
        self.tier.user_ids += self.buyer
        self.assertEqual(len(self._todos(self.buyer, requisition)), 1)
        self.tier.user_ids -= self.procurement
        self.assertFalse(self._todos(self.procurement, requisition))

    def test_a_tier_archived_meanwhile_must_approve_all_the_same(self):
        self.finance_tier.user_ids = self.deputy
        requisition = self._waiting(price=8000.0)
        self.finance_tier.action_archive()
        requisition.with_user(self.procurement).action_approve()
        self.env.invalidate_all()
        self.assertEqual((requisition.state, requisition.sudo().current_tier_id), ("to_approve", self.finance_tier))
        theirs = self.env["maintenance.requisition"].with_user(self.deputy).search([("user_can_decide", "=", True)])
        self.assertIn(requisition, theirs)
        self.assertEqual(requisition.with_user(self.deputy).amount_total, 8000.0)
        requisition.with_user(self.deputy).action_approve()
        self.assertEqual(requisition.state, "approved")

    def test_the_scheduler_hears_how_much_is_left(self):
        waiting = self.env["maintenance.requisition"].search_count([("state", "=", "to_approve")])
        self.assertEqual(self._run_cron("ir_cron_approvals")[:1], [waiting])
        self._waiting()
        self._waiting()
        told = self._run_cron("ir_cron_approvals")
        self.assertEqual((told[0], sum(told[1:])), (waiting + 2, waiting + 2))

    # -- Reminders ----------------------------------------------------------------------------------------

    def test_reminders_once_every_so_many_days(self):
        requisition = self._waiting()
        expected = {1: 0, 2: 1, 3: 1, 4: 2, 6: 3}
        for day, count in expected.items():
            for _again in range(2):
                self._run_after(day)
            with self.subTest(day=day):
                self.assertEqual(len(self._reminders(self.procurement, requisition)), count)
        self.assertFalse(self._reminders(self.finance, requisition))
        self.assertEqual(len(self._todos(self.procurement, requisition)), 1, "the to-do is there still, not twice")

    def test_the_next_tier_has_its_own_days(self):
        requisition = self._waiting(price=8000.0)
        with self._in_days(3):
            requisition.with_user(self.procurement).action_approve()
        self._run_after(4)
        self.assertFalse(self._reminders(self.finance, requisition))
        self._run_after(5)
        self.assertEqual(len(self._reminders(self.finance, requisition)), 1)
        requisition.with_user(self.finance).action_approve()
        self._run_after(30)
        self.assertEqual(len(self._reminders(self.finance, requisition)), 1, "what is decided is left alone")

    def test_delegates_are_reminded_too_and_none_is_when_switched_off(self):
        requisition = self._waiting()
        self._delegate(date_to=self.today + timedelta(days=9))
        self.company.approval_reminder_days = 0
        self._run_after(2)
        self.assertFalse(self._reminders(self.procurement, requisition))
        self.company.approval_reminder_days = 2
        self._run_after(2)
        self.assertEqual(len(self._reminders(self.deputy, requisition)), 1)

    # -- Escalation ---------------------------------------------------------------------------------------

    def test_escalation_tells_the_person_of_the_company_once(self):
        boss = new_test_user(self.env, login="kw_boss", groups="base.group_user", name="Plant Manager")
        self.company.approval_escalation_user_id = boss
        requisition = self._waiting()
        for day, count in {4: 0, 5: 1, 6: 1, 12: 1}.items():
            for _again in range(2):
                self._run_after(day)
            with self.subTest(day=day):
                self.assertEqual(len(self._escalations(boss, requisition)), count)
        self.assertIn("Procurement", self._escalations(boss, requisition).body)
        self.assertFalse(self._escalations(self.finance, requisition))
        self.assertEqual(requisition.with_user(boss).state, "to_approve", "whoever is told can read it")
        with self.assertRaises(UserError):
            requisition.with_user(boss).action_approve()
        self.assertIn("Plant Manager", requisition.sudo().message_ids.filtered("body")[0].body)

    def test_without_a_person_the_next_tier_else_purchase_managers(self):
        small, big = self._waiting(), self._waiting(price=8000.0)
        self.tier.user_ids = self.buyer
        self._run_after(5)
        self.assertEqual(len(self._escalations(self.finance, big)), 1)
        self.assertFalse(self._escalations(self.procurement, big))
        self.assertEqual(len(self._escalations(self.procurement, small)), 1)
        self.assertFalse(self._escalations(self.finance, small))
        with self.assertRaises(UserError):
            big.with_user(self.finance).action_approve()
        self.company.approval_escalation_days = 0
        other = self._waiting()
        self._run_after(9)
        self.assertFalse(self._escalations(self.procurement, other))

    # -- Nobody is left -------------------------------------------------------------------------------------

    def test_the_last_approver_archived_is_said_at_once(self):
        admin = self.env.ref("base.user_admin")
        requisition = self._waiting()
        self.procurement.with_user(admin).action_archive()
        self.assertFalse(self._todos(self.procurement, requisition))
        todo = self._unserved(admin, requisition)
        self.assertEqual(len(todo), 1)
        self.assertIn("Procurement", todo.summary)
        self.assertIn(requisition.name, todo.note)
        self._run_after(1)
        self._run_after(1)
        self.assertEqual(self._unserved(admin, requisition), todo, "nothing twice")
        administrator = new_test_user(self.env, login="kw_administrator", groups="base.group_system")
        self.assertEqual(requisition.with_user(administrator).state, "to_approve")
        self.tier.user_ids = self.buyer
        self.assertFalse(self._unserved(admin, requisition))
        self.assertEqual(len(self._todos(self.buyer, requisition)), 1)
        requisition.with_user(self.buyer).action_approve()
        self.assertEqual(requisition.state, "approved")

    def test_the_last_approver_of_an_archived_tier_is_said_at_once(self):
        admin = self.env.ref("base.user_admin")
        self.finance_tier.user_ids = self.deputy
        requisition = self._waiting(price=8000.0)
        self.finance_tier.action_archive()
        requisition.with_user(self.procurement).action_approve()
        self.deputy.with_user(admin).action_archive()
        self.assertEqual(len(self._unserved(admin, requisition)), 1)

    def test_leaving_the_group_is_found_by_the_daily_job(self):
        admin = self.env.ref("base.user_admin")
        group = self.env["res.groups"].create({"name": "Buys", "user_ids": [Command.set(self.buyer.ids)]})
        self.tier.write({"group_id": group.id, "user_ids": [Command.clear()]})
        requisition = self._waiting()
        self.assertEqual(len(self._todos(self.buyer, requisition)), 1)
        group.user_ids = False
        self.env.invalidate_all()
        self._run_after(1)
        self.assertEqual(len(self._unserved(admin, requisition)), 1)
        group.user_ids = self.storekeeper
        self.env.invalidate_all()
        self._run_after(1)
        self.assertFalse(self._unserved(admin, requisition))
        self.assertEqual(len(self._todos(self.storekeeper, requisition)), 1)

    def test_only_the_requester_is_left(self):
        self.tier.user_ids += self.planner
        requisition = self._waiting()
        self.procurement.action_archive()
        self.assertEqual(len(self._unserved(self.env.ref("base.user_admin"), requisition)), 1)

    def test_withdrawing_closes_what_administrators_were_asked(self):
        requisition = self._waiting()
        self.procurement.action_archive()
        requisition.action_cancel()
        self.assertFalse(self._unserved(self.env.ref("base.user_admin"), requisition))

    def test_an_empty_pool_is_refused_for_every_reason(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        elsewhere = new_test_user(
            self.env, login="kw_elsewhere", groups="base.group_user", company_id=sister.id,
            company_ids=[Command.set(sister.ids)],
        )  # fmt: skip
        gone = new_test_user(self.env, login="kw_gone", groups="base.group_user")
        gone.action_archive()
        for users in (elsewhere, gone, self.planner):
            self.tier.with_context(active_test=False).user_ids = users
            requisition = self._waiting(submit=False)
            with self.subTest(users=users.login), self.assertRaisesRegex(UserError, "the tier Procurement"):
                requisition.action_submit()
        self.tier.user_ids = self.procurement

    # -- Many at once ---------------------------------------------------------------------------------------

    def test_a_mixed_selection_gets_one_sentence_and_nothing_is_decided(self):
        first, second, third = self._waiting(), self._waiting(), self._waiting(price=8000.0)
        third.with_user(self.procurement).action_approve()
        mixed = (first | second | third).with_user(self.procurement)
        for method in ("action_approve", "action_reject"):
            with self.assertRaises(UserError) as caught:
                getattr(mixed, method)("All of it")
            self.assertEqual(
                str(caught.exception), f"Nothing was decided: {third.name} waits for Finance; you do not serve that tier."
            )
        own = self._waiting(user=self.procurement, submit=False)
        self.tier.user_ids += self.buyer
        own.action_submit()
        with self.assertRaises(UserError) as caught:
            (mixed | own).action_approve()
        self.assertEqual(
            str(caught.exception),
            f"Nothing was decided: 2 of the 4 requisitions do not wait for you ({third.name}, {own.name}).",
        )
        self.assertEqual(set((first | second | third | own).mapped("state")), {"to_approve"})
        (first | second).with_user(self.procurement).action_approve()
        self.assertEqual(set((first | second).mapped("state")), {"approved"})

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        self._end_transaction()
        return self.cr.sql_log_count - before

    def _many(self, number, price=800.0):
        requisitions = self.env["maintenance.requisition"].with_user(self.planner).create(
            [
                {"line_ids": [Command.create({"name": f"Shaft {n}", "partner_id": self.vendor.id, "price_unit": price})]}
                for n in range(number)
            ]
        )
        self.company.requisition_window_days = 0
        requisitions.action_submit()
        self.assertEqual(set(requisitions.mapped("state")), {"to_approve"})
        return requisitions.with_user(self.procurement)

    def test_decisions_on_80_requisitions(self):
        """Looking at, and deciding on, 80: a bounded number of queries each, few to find out who may."""
        self._delegate()
        for user, method, price, state, each in (
            (self.procurement, "action_approve", 800.0, "approved", 3),
            (self.deputy, "action_approve", 800.0, "approved", 3),
            (self.procurement, "action_approve", 8000.0, "to_approve", PER_E_MAIL),
            (self.deputy, "action_reject", 800.0, "rejected", PER_E_MAIL),
        ):
            few, many = self._many(8, price).with_user(user), self._many(80, price).with_user(user)
            with self.subTest(user=user.login, method=method, price=price):
                seen_few = self._count(lambda few=few: few.mapped("user_can_decide"))
                seen_many = self._count(lambda many=many: many.mapped("user_can_decide"))
                self.assertLessEqual(seen_many, seen_few + 5)
                first, second = self._count(getattr(few, method)), self._count(getattr(many, method))
                self.assertLessEqual(second - first, 72 * each)
                self.assertEqual(set(many.sudo().mapped("state")), {state})

    def test_decision_on_a_requisition_with_80_lines(self):
        def ask(lines):
            requisition = self.env["maintenance.requisition"].with_user(self.planner).create(
                {
                    "line_ids": [
                        Command.create({"name": f"Shaft {n}", "partner_id": self.vendor.id, "price_unit": 800.0})
                        for n in range(lines)
                    ]
                }
            )
            self.finance_tier.min_amount = 1e6
            requisition.action_submit()
            return requisition.with_user(self.procurement)

        few, many = ask(8), ask(80)
        first, second = self._count(few.action_approve), self._count(many.action_approve)
        self.assertEqual(many.state, "approved")
        self.assertLessEqual(second, first + 5)

    def test_the_daily_job_is_bounded(self):
        few = self._many(8)
        with self._in_days(5):
            first = self._count(few.sudo()._follow_waiting)
            again = self._count(few.sudo()._follow_waiting)
        many = self._many(80)
        with self._in_days(5):
            second = self._count(many.sudo()._follow_waiting)
        self.assertLessEqual(second - first, 72 * 2 * PER_E_MAIL, "a reminder and an escalation each")
        self.assertLessEqual(again, 20, "nothing is left to do that day")

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestDelegationOnce(ApprovalCase):
    """The daily job may run as often as it likes: it writes what changed, and once."""

    def _spy(self):
        """What is written on delegations from now on."""
        delegations = type(self.env["maintenance.approval.delegation"])
        write, written = delegations.write, []

        def spy(records, vals):
            if records:
                written.append(vals)
            return write(records, vals)

        self.patch(delegations, "write", spy)
        return written

    def _traces(self, requisition):
        self._end_transaction()
        rows = requisition.sudo().log_ids.filtered(lambda row: row.kind == "approvers")
        todos = self._todos(self.deputy, requisition) | self._todos(self.procurement, requisition)
        return rows.ids, todos.ids, requisition.sudo().message_ids.ids

    def test_twice_a_day_writes_once(self):
        tomorrow = self.today + timedelta(days=1)
        delegation = self._delegate(date_from=tomorrow, date_to=tomorrow)
        after = tomorrow + timedelta(days=1)
        self._delegate(user=self.finance, delegate=self.operator, date_from=after, date_to=after)  # begins later
        requisition = self._waiting()
        for days, followed in ((1, True), (3, False)):
            with self.subTest(days=days), freeze_time(fields.Datetime.to_datetime(self.today) + timedelta(days=days, hours=12)):
                before = self._traces(requisition)
                written = self._spy()
                self._run_cron("ir_cron_delegations")
                self.assertIn({"is_followed": followed}, written)
                self.assertEqual(delegation.sudo().is_followed, followed)
                once = self._traces(requisition)
                self.assertEqual(len(once[0]), len(before[0]) + 1, "the history says so once")
                written.clear()
                self._run_cron("ir_cron_delegations")
                self.assertEqual(written, [])
                self.assertEqual(self._traces(requisition), once)

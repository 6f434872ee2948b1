from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..purchase.review_common import NOW, ReviewCase

LOGGERS = (
    "odoo.sql_db",
    "odoo.addons.keepwisely_maintenance.models.company.ir_cron",
    "odoo.addons.keepwisely_maintenance.models.approval.mail_activity",
    "odoo.addons.keepwisely_maintenance.models.purchase.maintenance_purchase_review_make",
)


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestSchedulerBroken(ReviewCase):
    """In each scheduled action one record breaks a rule of the database: the rest is done, and administrators are told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls.env.ref("base.user_admin")
        cls.company.write({"approval_reminder_days": 1, "order_lock_days": 2, "order_review": True})

    def _break(self, record, when="UPDATE", column=None):
        """The row of ``record``, or the one that names it in ``column``, cannot be written from now on."""
        row = "NEW" if when == "INSERT" else "OLD"
        self.env.flush_all()
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION kw_break() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'this row breaks a rule'; END $$
            """
        )
        table, _dot, name = (column or f"{record._table}.id").partition(".")
        self.env.cr.execute(
            f"CREATE TRIGGER kw_break BEFORE {when} ON {table} FOR EACH ROW"
            f" WHEN ({row}.{name} = {record.id}) EXECUTE FUNCTION kw_break()"
        )

    def _run(self, name):
        with mute_logger(*LOGGERS):
            answer = self._run_cron(name)
        self.env.invalidate_all()
        return answer

    def _told(self):
        """What administrators have been told since the test began."""
        todos = self.env["mail.activity"].search([("user_id", "=", self.administrator.id)])
        return "\n".join(f"{todo.summary}: {todo.note}" for todo in todos - self.before)

    def setUp(self):
        super().setUp()
        self.before = self.env["mail.activity"].search([("user_id", "=", self.administrator.id)])

    def _assert_told(self, record):
        self.assertIn(f"{record.display_name}: the scheduler cannot go on with it", self._told())

    def test_all_of_them_are_tried(self):
        ours = [("module", "=", "keepwisely_maintenance"), ("model", "=", "ir.cron")]
        names = self.env["ir.model.data"].search(ours).mapped("name")
        tried = {name.removeprefix("test_") for name in dir(self) if name.startswith("test_ir_cron_")}
        self.assertEqual(tried, set(names), "each scheduled action has a test here")

    # -- One for each ---------------------------------------------------------------------------------

    def _waiting(self, **values):
        self._set_price(self.bearing, 800.0)
        request = self._assigned(**values)
        self._add_part(request, self.bearing, 2)
        request.action_request_parts(offer=False)
        requisition = request.sudo().requisition_ids
        self.assertEqual(requisition.state, "to_approve")
        requisition.date_waiting = fields.Datetime.subtract(fields.Datetime.now(), days=5)
        return requisition

    def test_ir_cron_approvals(self):
        odd, good = self._waiting(), self._waiting()
        self._break(odd)
        self._run("ir_cron_approvals")
        self.assertEqual((bool(good.date_reminded), bool(odd.date_reminded)), (True, False))
        self._assert_told(odd)

    def test_ir_cron_emergency_reminder(self):
        odd, good = self._waiting(priority="3"), self._waiting(priority="3")
        for requisition in (odd, good):
            requisition.with_user(self.planner).action_order_emergency("The line stands")
            requisition.date_emergency_reminder = "2026-11-01 08:00:00"
        self._break(odd)
        self._run("ir_cron_emergency_reminder")
        self.assertEqual([str(day)[:10] for day in (odd | good).mapped("date_emergency_reminder")], ["2026-11-01", "2026-11-23"])
        self._assert_told(odd)

    def test_ir_cron_delegations(self):
        finance = new_test_user(self.env, "kw_second_approver", groups="account.group_account_manager")
        tomorrow = fields.Date.today() + timedelta(days=1)
        made = self.env["maintenance.approval.delegation"]
        for approver, delegate in ((self.procurement, self.buyer), (finance, self.storekeeper)):
            made |= made.with_user(approver).create(
                {"delegate_id": delegate.id, "date_from": tomorrow, "date_to": tomorrow}
            ).sudo()
        odd, good = made
        self.env.flush_all()
        self.env.cr.execute("UPDATE maintenance_approval_delegation SET date_from = date_from - 1 WHERE id IN %s", [made._ids])
        self.env.invalidate_all()
        self._break(odd)
        self._run("ir_cron_delegations")
        self.assertEqual((odd.is_followed, good.is_followed), (False, True))
        self.assertIn("the scheduler cannot go on with it", self._told())

    def test_ir_cron_forgotten_timers(self):
        labors = self.env["maintenance.labor"]
        for worker in (self.technician, self.planner):
            job = self._assigned().with_user(worker)
            job.action_start()
            job.action_timer_start()
            labors |= job.sudo().labor_ids.filtered("is_running")
        odd, good = labors
        labors.timer_start = "2026-11-20 08:00:00"
        self._break(odd)
        self._run("ir_cron_forgotten_timers")
        self.assertEqual((odd.is_running, good.is_running), (True, False))
        self._assert_told(odd)

    def _schedules(self):
        schedules = self.env["maintenance.schedule"]
        for number in range(2):
            asset = self.conveyor.copy({"name": f"Conveyor {number}"})
            schedules |= schedules.create(
                {"name": f"Grease {number}", "equipment_ids": [Command.set(asset.ids)], "next_date": "2026-11-20"}
            )
        return schedules

    def test_ir_cron_schedules(self):
        """The row of an asset cannot be written when its work order was made: it is not made either."""
        odd, good = self._schedules()
        self._break(odd.asset_ids)
        self._run("ir_cron_schedules")
        made = self.env["maintenance.request"].search([("schedule_id", "in", (odd | good).ids)])
        self.assertEqual(made.schedule_id, good)
        self._assert_told(odd.asset_ids)

    def test_what_is_prepared_for_schedules(self):
        """A date that changed overnight cannot be written: the other schedules go on."""
        odd, good = self._schedules()
        self.env.flush_all()
        self.env.cr.execute("UPDATE maintenance_schedule_asset SET next_date = '2026-11-01' WHERE schedule_id = %s", [odd.id])
        self.env.invalidate_all()
        self._break(odd.asset_ids)
        self._run("ir_cron_schedules")
        self.assertEqual(self.env["maintenance.request"].search([("schedule_id", "in", (odd | good).ids)]).schedule_id, good)
        self.assertIn("the scheduler cannot go on with it", self._told())

    def test_ir_cron_expected_dates(self):
        self._set_price(self.bearing, 5.0)
        lines = self.env["maintenance.requisition.line"]
        for _number in range(2):
            lines |= self._create_job_part(self.bearing, 5).sudo().maintenance_requisition_line_ids
        odd, good = lines
        self.env.flush_all()
        self.env.cr.execute("UPDATE maintenance_requisition_line SET date_expected = '2026-11-01' WHERE id IN %s", [lines._ids])
        self.env.invalidate_all()
        self._break(odd)
        self._run("ir_cron_expected_dates")
        self.assertEqual((str(odd.date_expected), good.date_expected > fields.Date.today()), ("2026-11-01", True))
        self.assertIn("the scheduler cannot go on with it", self._told())

    def test_ir_cron_order_lock(self):
        odd, good = (self._buy(self._linked(), ordered="2026-10-20") for _number in range(2))
        for order in (odd, good):
            self._received(order, "2026-11-01")
            self._billed(order, "2026-11-02")
        self._break(odd)
        self._run("ir_cron_order_lock")
        self.assertEqual((odd.locked, good.locked), (False, True))
        self._assert_told(odd)

    def test_ir_cron_order_review(self):
        odd, good = (self._buy(self._linked(), promised="2026-11-01", ordered="2026-10-20") for _number in range(2))
        self._break(odd.order_line, "INSERT", "maintenance_purchase_review_line.purchase_line_id")
        self._run("ir_cron_order_review")
        listed = self.reviews.search([("company_id", "=", self.company.id)], limit=1).line_ids.order_id
        self.assertEqual((odd in listed, good in listed), (False, True))
        self.assertIn(odd.name, self._told())

    def test_a_review_that_cannot_begin(self):
        """Another company has its review, and administrators are told which has none."""
        other = self.env["res.company"].create({"name": "Another plant", "order_review": True})
        self._buy(self._linked(), promised="2026-11-01", ordered="2026-10-20")
        self.administrator.company_ids |= other
        self._break(self.company, "INSERT", "maintenance_purchase_review.company_id")
        self._run("ir_cron_order_review")
        self.assertFalse(self.reviews.search([("company_id", "=", self.company.id)]))
        self._assert_told(self.company)

    def test_ir_cron_phone_commands(self):
        job = self._assigned()
        rows = self.env["maintenance.phone.command"]
        for number in range(2):
            command = {"id": f"00000000-0000-4000-8000-00000000000{number}", "kind": "note", "job": job.id}
            rows.with_user(self.technician)._receive(None, [{**command, "values": {"text": "x"}}])
        odd, good = rows.search([], order="id")
        self.env.flush_all()
        self.env.cr.execute("UPDATE maintenance_phone_command SET create_date = create_date - INTERVAL '90 days'")
        self.env.invalidate_all()
        self._break(odd, when="DELETE")
        self._run("ir_cron_phone_commands")
        self.assertEqual((odd.exists(), good.exists()), (odd, good.browse()))
        self._assert_told(odd)

    def test_ir_cron_reorder_suggest(self):
        odd, good = (self._create_part(name, 5.0) for name in ("Odd", "Good"))
        points = self.env["stock.warehouse.orderpoint"].create(
            [{"product_id": part.id, "location_id": self.stock.id, "trigger": "manual"} for part in (odd, good)]
        )
        self.env["maintenance.reorder.suggestion"]._sync_places()
        suggestions = [
            self.env["maintenance.reorder.suggestion"].search([("orderpoint_id", "=", point.id)]) for point in points
        ]
        self._break(suggestions[0])
        self._run("ir_cron_reorder_suggest")
        self.assertEqual([bool(suggestion.date_made) for suggestion in suggestions], [False, True])
        self._assert_told(suggestions[0])

    def _untold(self):
        self.procurement.notification_type = "email"
        todos = self.env["mail.activity"]
        for requisition in (self._waiting(), self._waiting()):
            todos |= self._activities(self.procurement, requisition).sudo()
        self.assertEqual(todos.mapped("maintenance_is_untold"), [True, True])
        return todos

    def test_ir_cron_todo_mails(self):
        odd, good = self._untold()
        self._break(odd)
        self._run("ir_cron_todo_mails")
        self.assertEqual((odd.maintenance_is_untold, good.maintenance_is_untold), (True, False))
        self._assert_told(odd)

    def test_an_e_mail_that_cannot_be_written(self):
        odd, good = self._untold()
        self.env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM mail_mail")
        [last] = self.env.cr.fetchone()
        self._break(self.env["maintenance.requisition"].browse(odd.res_id), "INSERT", "mail_message.res_id")
        self._run("ir_cron_todo_mails")
        self.assertEqual((odd.maintenance_is_untold, good.maintenance_is_untold), (False, False), "it is not tried for ever")
        mails = self.env["mail.mail"].search([("id", ">", last)])
        mails = mails.filtered(lambda mail: mail.model == odd.res_model)
        self.assertEqual(set(mails.mapped("res_id")), {good.res_id})
        self._assert_told(odd)

    def test_ir_cron_message_mails(self):
        self.technician.notification_type = "email"
        jobs = [self._assigned(name=name) for name in ("Odd", "Good")]
        odd, good = (
            job.message_notify(partner_ids=self.technician.partner_id.ids, body="Here", subject="Squeals") for job in jobs
        )
        self._break(odd, "INSERT", "mail_mail.mail_message_id")
        self._run("ir_cron_message_mails")
        states = [message.notification_ids.notification_status for message in (odd, good)]
        self.assertEqual(states, ["exception", "ready"])
        self.assertEqual(self.env["mail.mail"].search([("mail_message_id", "in", (odd | good).ids)]).mail_message_id, good)
        self.assertFalse((odd | good).notification_ids.sudo().filtered("maintenance_is_unwritten"), "it is not tried for ever")
        self._assert_told(jobs[0])

    def test_where_not_even_a_to_do_can_be_given(self):
        """Then the administrator has it on the own person, and the rest is done."""
        odd, good = self._waiting(), self._waiting()
        self._break(odd)
        self.env.cr.execute(
            f"CREATE TRIGGER kw_break_too BEFORE INSERT ON mail_activity FOR EACH ROW"
            f" WHEN (NEW.res_id = {odd.id} AND NEW.res_model = 'maintenance.requisition') EXECUTE FUNCTION kw_break()"
        )
        self._run("ir_cron_approvals")
        self.assertTrue(good.date_reminded)
        self.assertIn(odd.name, self._told())

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.keepwisely_maintenance.tests.common import MaintenanceCase
from odoo.addons.keepwisely_maintenance_timesheet.hooks import uninstall_hook


@tagged("post_install", "-at_install")
class TestTimesheets(MaintenanceCase):
    """Hours on work orders as timesheets: once, costing once, following the hours."""

    acts_cold = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls._create_employee(cls.technician)
        # were it counted, hours would cost 99 and not 40
        cls.employee.hourly_cost = 99.0
        cls.project, cls.other_project = cls.env["project.project"].create(
            [{"name": name, "allow_timesheets": True, "company_id": cls.company.id} for name in ("Maintenance", "Mechanics")]
        )
        cls.company.maintenance_timesheet_project_id = cls.project
        plan = cls.env["account.analytic.plan"].create({"name": "Lines"})
        cls.line_1, cls.line_2 = cls.env["account.analytic.account"].create(
            [{"name": f"Line {number}", "plan_id": plan.id} for number in (1, 2)]
        )
        cls.plan_column = plan._column_name()

    @classmethod
    def _create_employee(cls, user, **values):
        return cls.env["hr.employee"].create({"name": user.name, "user_id": user.id, "company_id": cls.company.id, **values})

    def _book(self, hours=2.0, user=None, request=None, **values):
        return self.env["maintenance.labor"].with_user(user or self.technician).create(
            {"maintenance_request_id": (request or self._assigned()).id, "hours": hours, **values}
        )

    def _get_items(self, labor):
        self.env.flush_all()
        return self.env["account.analytic.line"].search([("maintenance_labor_id", "=", labor.id)], order="id")

    def _get_sheets(self, labor):
        return self._get_items(labor).filtered("project_id")

    def _sum(self, field, **domain):
        self.env.flush_all()
        items = self.env["account.analytic.line"].search([(name, "=", value) for name, value in domain.items()])
        return round(sum(items.mapped(field)), 2)

    # -- Once -------------------------------------------------------------------------------------

    def test_the_project_of_the_work_order_comes_first(self):
        request = self._assigned()
        request.sudo().maintenance_project_id = self.other_project
        self.assertEqual(self._get_sheets(self._book(request=request)).project_id, self.other_project)
        self.other_project.allow_timesheets = False
        self.assertEqual(self._get_sheets(self._book(request=request)).project_id, self.project)

    def test_the_item_of_the_hours_is_the_timesheet(self):
        self.conveyor.analytic_distribution = {str(self.line_1.id): 100.0}
        request = self._assigned()
        sheet = self._get_items(self._book(2.5, request=request))
        self.assertEqual(len(sheet), 1)
        self.assertEqual((sheet.project_id, sheet.employee_id, sheet.user_id), (self.project, self.employee, self.technician))
        self.assertEqual((sheet.unit_amount, sheet.amount), (2.5, -100.0), "at the cost of the work order, 40 an hour")
        self.assertEqual((sheet[self.plan_column], sheet.account_id.id), (self.line_1, False), "the project pays nothing")
        self.assertEqual((sheet.ref, sheet.name), (request.reference, request.display_name))
        self.project.invalidate_recordset()
        self.assertEqual(self.project.timesheet_ids, sheet)
        self.assertEqual(self.project.effective_hours, 2.5)

    def test_of_several_accounts_the_first_item_is_the_timesheet(self):
        self.conveyor.analytic_distribution = {str(self.line_1.id): 60.0, str(self.line_2.id): 40.0}
        labor = self._book(2.0)
        items = self._get_items(labor)
        self.assertEqual(sorted(items.mapped("amount")), [-48.0, -32.0])
        self.assertEqual(self._get_sheets(labor).mapped("unit_amount"), [2.0])
        labor.hours = 3.0
        self.assertEqual(self._get_sheets(labor), items[0])
        self.assertEqual(self._get_sheets(labor).mapped("unit_amount"), [3.0])
        self.assertEqual(self._sum("amount", maintenance_labor_id=labor.id), -120.0)

    def test_without_accounts_the_project_pays(self):
        labor = self._book(2.0)
        sheet = self._get_items(labor)
        self.assertEqual((len(sheet), sheet.account_id, sheet.amount), (1, self.project.account_id, -80.0))
        report = self.env["maintenance.cost.report"].search([("maintenance_request_id", "=", labor.maintenance_request_id.id)])
        self.assertEqual(sum(report.mapped("amount")), 80.0, "the ledger counts the hours once")

    def test_without_the_bridge_hours_are_no_timesheets(self):
        self.conveyor.analytic_distribution = {str(self.line_1.id): 100.0}
        labor = self._book(2.0)
        self.technician.maintenance_hourly_cost = self.company.maintenance_hourly_cost = 0.0
        idle = self._book(1.0)
        self.assertEqual((len(self._get_sheets(labor)), len(self._get_sheets(idle))), (1, 1))
        uninstall_hook(self.env)
        self.assertEqual((self._get_sheets(labor).ids, self._get_items(idle).ids), ([], []))
        item = self._get_items(labor)
        self.assertEqual((item.amount, item.unit_amount, item[self.plan_column]), (-80.0, 2.0, self.line_1))

    def test_hours_that_cost_nothing(self):
        self.technician.maintenance_hourly_cost = 0.0
        self.company.maintenance_hourly_cost = 0.0
        labor = self._book(2.0)
        self.assertEqual(self._get_sheets(labor).mapped(lambda item: (item.unit_amount, item.amount)), [(2.0, 0.0)])
        labor.hours = 1.5
        self.assertEqual(self._get_sheets(labor).mapped(lambda item: (item.unit_amount, item.amount)), [(1.5, 0.0)])
        labor.sudo().hourly_cost = 20.0
        self.assertEqual(self._get_items(labor).mapped(lambda item: (item.unit_amount, item.amount)), [(1.5, -30.0)])
        self.assertEqual(self._get_sheets(labor).employee_id, self.employee)

    def test_a_timer_books_a_timesheet_when_it_stops(self):
        request = self._assigned()
        request.action_start()
        request.action_timer_start()
        labor = request.sudo().labor_ids
        self.assertFalse(self._get_items(labor))
        labor.write({"hours": 1.0})
        self.assertEqual(self._get_sheets(labor).mapped("unit_amount"), [1.0])

    # -- Whose and where --------------------------------------------------------------------------

    def test_the_project_of_the_team_comes_first(self):
        self.team.with_user(self.planner).maintenance_timesheet_project_id = self.other_project
        self.assertEqual(self._get_sheets(self._book()).project_id, self.other_project)
        self.other_project.allow_timesheets = False
        self.assertEqual(self._get_sheets(self._book()).project_id, self.project, "one that takes none is passed over")

    def test_no_project_no_timesheet(self):
        self.company.maintenance_timesheet_project_id = False
        self.assertFalse(self._get_items(self._book()))
        self.conveyor.analytic_distribution = {str(self.line_1.id): 100.0}
        labor = self._book()
        self.assertEqual(self._get_items(labor).mapped("amount"), [-80.0])
        self.assertFalse(self._get_sheets(labor))

    def test_a_project_of_another_company_is_passed_over(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.company.maintenance_timesheet_project_id = other.internal_project_id
        self.assertFalse(self._get_items(self._book()))

    def test_nobody_without_an_employee_breaks(self):
        self.conveyor.analytic_distribution = {str(self.line_1.id): 100.0}
        self.colleague.maintenance_hourly_cost = 30.0
        labor = self._book(1.0, self.colleague, self._assigned(), user_id=self.colleague.id)
        item = self._get_items(labor)
        self.assertEqual((item.project_id.id, item.user_id, item.amount), (False, self.colleague, -30.0))
        self.employee.sudo().active = False
        labor = self._book(1.0)
        self.assertFalse(self._get_sheets(labor))

    def test_a_person_without_a_login_who_is_an_employee(self):
        welder = self.env["res.partner"].create({"name": "Welder"})
        employee = self.env["hr.employee"].create(
            {"name": "Welder", "work_contact_id": welder.id, "company_id": self.company.id}
        )
        labor = self._book(1.0, self.planner, person_id=welder.id)
        self.assertEqual(self._get_sheets(labor).employee_id, employee)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        labor.person_id = stranger
        self.assertFalse(self._get_sheets(labor))

    def test_hours_go_to_the_employee_of_the_company_of_the_work(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.technician.company_ids += other
        self.employee.company_id = other
        self.assertFalse(self._get_sheets(self._book()))

    # -- What follows -----------------------------------------------------------------------------

    def test_corrections_follow(self):
        self.conveyor.analytic_distribution = {str(self.line_1.id): 100.0}
        request = self._assigned()
        request.sudo().request_date = "2026-11-02"
        labor = self._book(2.0, request=request, date="2026-11-02")
        sheet = self._get_sheets(labor)
        labor.write({"hours": 3.0, "date": "2026-11-03"})
        self.assertEqual(self._get_items(labor), sheet)
        self.assertEqual((sheet.unit_amount, sheet.amount, str(sheet.date)), (3.0, -120.0, "2026-11-03"))
        theirs = self._create_employee(self.colleague)
        labor.with_user(self.planner).user_id = self.colleague
        sheet = self._get_items(labor)
        self.assertEqual((sheet.employee_id, sheet.user_id, sheet.project_id), (theirs, self.colleague, self.project))
        self.assertEqual(sheet.amount, -labor.sudo().amount)

    def test_whoever_left_keeps_their_timesheet(self):
        labor = self._book(2.0)
        self.employee.sudo().active = False
        labor.with_user(self.planner).hours = 1.0
        sheet = self._get_sheets(labor)
        self.assertEqual((sheet.employee_id, sheet.unit_amount), (self.employee, 1.0))

    def test_a_setting_counts_from_then_on(self):
        labor = self._book(2.0)
        self.company.maintenance_timesheet_project_id = self.other_project
        labor.hours = 1.0
        self.assertEqual(self._get_sheets(labor).project_id, self.project)
        self.assertEqual(self._get_sheets(self._book()).project_id, self.other_project)

    def test_another_work_order_and_another_asset(self):
        request = self._assigned()
        labor = self._book(2.0, request=request)
        self.assertEqual(self._get_items(labor).account_id, self.project.account_id)
        press = self.env["maintenance.equipment"].create(
            {"name": "Press", "maintenance_team_id": self.team.id, "analytic_distribution": {str(self.line_2.id): 100.0}}
        )
        request.with_user(self.planner).equipment_id = press
        sheet = self._get_items(labor)
        self.assertEqual(sheet.mapped(lambda item: (item[self.plan_column], item.amount)), [(self.line_2, -80.0)])
        self.assertFalse(sheet.account_id, "the project does not pay beside the asset")
        self.assertEqual(sheet.project_id, self.project)
        other = self._assigned()
        labor.maintenance_request_id = other
        sheet = self._get_sheets(labor)
        self.assertEqual((sheet.ref, sheet.account_id, len(sheet)), (other.reference, self.project.account_id, 1))

    def test_deleted_hours_take_their_timesheet_along(self):
        labor = self._book(2.0)
        sheet = self._get_sheets(labor)
        labor.unlink()
        self.assertFalse(sheet.exists())

    # -- Not by the back door ---------------------------------------------------------------------

    def test_the_timesheet_is_corrected_on_the_work_order(self):
        sheet = self._get_sheets(self._book(2.0))
        self.technician.group_ids = [Command.link(self.env.ref("hr_timesheet.group_hr_timesheet_user").id)]
        manager = new_test_user(self.env, "kw_sheets", groups="hr_timesheet.group_timesheet_manager", name="Sheets")
        for user in (self.technician, manager):
            mine = sheet.with_user(user)
            self.assertTrue(mine.readonly_timesheet)
            for values in ({"unit_amount": 9.0}, {"date": "2026-01-01"}, {"employee_id": False}, {"project_id": False}):
                with self.subTest(user=user.login, values=values), self.assertRaisesRegex(UserError, "correct them there"):
                    mine.write(values)
            with self.assertRaisesRegex(UserError, "correct them there"):
                mine.unlink()

    def test_nobody_adds_timesheets_to_hours_of_a_work_order(self):
        labor = self._book(2.0)
        self.technician.group_ids = [Command.link(self.env.ref("hr_timesheet.group_hr_timesheet_user").id)]
        sheets = self.env["account.analytic.line"].with_user(self.technician)
        values = {"name": "More", "project_id": self.project.id, "unit_amount": 1.0}
        with self.assertRaisesRegex(UserError, "hours of"):
            sheets.create({**values, "maintenance_labor_id": labor.id})
        with self.assertRaisesRegex(UserError, "hours of"):
            sheets.with_context(default_maintenance_labor_id=labor.id).create(dict(values))
        own = sheets.create(dict(values))
        with self.assertRaisesRegex(UserError, "on the work order"):
            own.maintenance_labor_id = labor
        own.unit_amount = 2.0
        self.assertEqual(own.unit_amount, 2.0, "their own timesheets are as ever")
        self.assertEqual(own.sudo().amount, -198.0)

from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ...hooks import _name_reporters
from ..common import MaintenanceCase

#: The forms and lists in which somebody names the asset of a work order.
SCREENS = (
    ("form", "maintenance.hr_equipment_request_view_form"),
    ("list", "maintenance.hr_equipment_request_view_tree"),
    ("form", "keepwisely_maintenance.maintenance_request_view_form_report"),
    ("form", "keepwisely_maintenance.maintenance_request_view_form_quick_create"),
)


@tagged("post_install", "-at_install")
class TestReporterStays(MaintenanceCase):
    """Who reported is a fact, whatever another module computes it from and whichever is loaded first."""

    def test_no_compute_changes_who_reported(self):
        request = self._report()
        field = request._fields["owner_user_id"]
        self.assertFalse(field.readonly, "so that what is given on creation is not computed")
        with patch.object(field, "compute", lambda records: records.update({"owner_user_id": False})):
            request.sudo()._compute_field_value(field)
        self.env.flush_all()
        request.invalidate_recordset()
        self.assertEqual(request.owner_user_id, self.operator)

    def test_every_asset_can_be_chosen(self):
        for view_type, name in SCREENS:
            with self.subTest(name):
                view = self.env.ref(name)
                arch = etree.fromstring(self.env["maintenance.request"].get_view(view.id, view_type)["arch"])
                (domain,) = {node.get("domain") for node in arch.xpath("//field[@name='equipment_id'][not(ancestor::field)]")}
                self.assertEqual(domain, "[('company_id', 'in', (False, company_id))]")


@tagged("post_install", "-at_install")
class TestEmployees(MaintenanceCase):
    """Beside Employees: with an employee record or without, naming an asset or none, everybody reports as ever."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "hr_maintenance" not in cls.env.registry._init_modules:
            cls.skipTest(cls, "hr_maintenance is not installed here: make test WITH=hr")
        cls.clerk = new_test_user(cls.env, login="kw_clerk", groups="base.group_user", name="Clerk")
        cls.boss = new_test_user(cls.env, login="kw_boss", groups="base.group_user", name="Boss")
        cls.clerk_employee, cls.boss_employee, cls.planner_employee = cls.env["hr.employee"].create(
            [{"name": user.name, "user_id": user.id} for user in (cls.clerk, cls.boss, cls.planner)]
        )
        cls.office = cls.env["hr.department"].create({"name": "Office", "manager_id": cls.boss_employee.id})
        cls.laptop, cls.printer, cls.car = cls.env["maintenance.equipment"].create(
            [
                {"name": "Laptop", "equipment_assign_to": "employee", "employee_id": cls.boss_employee.id},
                {"name": "Printer", "equipment_assign_to": "department", "department_id": cls.office.id},
                {"name": "Car", "equipment_assign_to": "other"},
            ]
        )
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _report_as(self, user, **values):
        """What the user reports, read with a cold cache and their own rights."""
        request = self.env["maintenance.request"].with_user(user).create({"name": "It squeals", **values})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((request.owner_user_id, request.name), (user, "It squeals"))
        self.assertIn(user.partner_id, request.message_partner_ids)
        self.assertEqual(request.search([("owner_user_id", "=", user.id)]), request)
        return request

    def _do_work(self, request):
        planned = request.with_user(self.planner)
        planned.action_approve()
        planned.user_id = self.technician
        planned.action_assign()
        request.with_user(self.technician).action_start()
        request.with_user(self.technician).action_complete()

    # -- Reporting ----------------------------------------------------------------------------

    def test_everybody_reports_about_everything_shared(self):
        for user in (self.operator, self.clerk):
            for asset in (self.env["maintenance.equipment"], self.conveyor, self.printer, self.car):
                with self.subTest(user=user.name, asset=asset.name), self.env.cr.savepoint() as savepoint:
                    asset.with_user(user).check_access("read")
                    request = self._report_as(user, equipment_id=asset.id)
                    request.description = "Since this morning"
                    request.archive_equipment_request()
                    self.assertEqual(request.state, "cancelled")
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_the_reporter_confirms_or_objects(self):
        for user in (self.operator, self.clerk):
            with self.subTest(user.name), self.env.cr.savepoint() as savepoint:
                request = self._report_as(user, maintenance_team_id=self.team.id)
                self._do_work(request)
                request.invalidate_recordset()
                self.assertTrue(request.can_confirm_fix)
                request.action_not_fixed("Still squeals")
                self.assertEqual(request.state, "assigned")
                request.with_user(self.technician).action_start()
                request.with_user(self.technician).action_complete()
                request.action_confirm_fix()
                self.assertTrue(request.date_fix_confirmed)
                savepoint.rollback()
                self.env.invalidate_all()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_what_belongs_to_somebody_in_person_stays_theirs(self):
        self.assertEqual(self.laptop.owner_user_id, self.boss)
        with self.assertRaises(AccessError):
            self.laptop.with_user(self.clerk).read(["name"])
        self._report_as(self.boss, equipment_id=self.laptop.id)
        unknown = self.env["hr.employee"].create({"name": "Without login"})
        self.laptop.employee_id = unknown
        self.env.invalidate_all()
        self.assertEqual(self.laptop.with_user(self.clerk).name, "Laptop", "colleagues report for who has no login")

    # -- The employee is a detail, not the reporter ---------------------------------------------

    def test_naming_an_employee_does_not_change_who_reported(self):
        request = self._report_as(self.planner, equipment_id=self.laptop.id, employee_id=self.boss_employee.id)
        self.assertIn(self.boss.partner_id, request.message_partner_ids)
        self.assertEqual(request.with_user(self.boss).name, "It squeals", "they follow it")
        request.employee_id = self.clerk_employee
        self.env.flush_all()
        request.invalidate_recordset()
        self.assertEqual((request.employee_id, request.owner_user_id), (self.clerk_employee, self.planner))
        self.clerk_employee.sudo().user_id = False
        self.env.flush_all()
        self.assertEqual(request.owner_user_id, self.planner)

    def test_naming_an_employee_in_the_form(self):
        with Form(self.env["maintenance.request"].with_user(self.planner)) as form:
            form.name = "For the boss"
            self.assertEqual(form.employee_id, self.planner_employee)
            form.employee_id = self.boss_employee
            self.assertEqual(form.owner_user_id, self.planner)
            form.equipment_id = self.laptop
        request = form.save()
        self.assertEqual((request.employee_id, request.owner_user_id), (self.boss_employee, self.planner))

    def test_the_form_tells_the_two_apart(self):
        arch = self.env["maintenance.request"].get_view(self.env.ref("maintenance.hr_equipment_request_view_form").id)["arch"]
        (employee,) = etree.fromstring(arch).xpath("//field[@name='employee_id']")
        self.assertFalse(employee.get("string"), "“Created By” is who reported")
        reporter = etree.fromstring(arch).xpath("//group[@name='report']/field[@name='owner_user_id']")
        self.assertEqual([node.get("string") for node in reporter], ["Reported by"])

    def test_a_copy_has_the_same_reporter(self):
        request = self._report_as(self.operator)
        self.assertEqual(request.with_user(self.planner).copy().owner_user_id, self.operator)

    # -- What hr_maintenance does with assets goes on --------------------------------------------

    def test_assets_are_given_to_employees_and_departments(self):
        self.assertEqual(
            (self.laptop | self.printer).mapped("owner_user_id"), self.boss, "of the employee, and of the department's manager"
        )
        self.assertIn(self.boss.partner_id, self.printer.message_partner_ids)
        self.printer.equipment_assign_to = "employee"
        self.printer.employee_id = self.clerk_employee
        self.assertEqual((self.printer.owner_user_id, self.printer.department_id.id), (self.clerk, False))
        self.assertIn(self.clerk.partner_id, self.printer.message_partner_ids)
        self.assertEqual(self.clerk_employee.equipment_count, 1)

    # -- Work of before ---------------------------------------------------------------------------

    def test_reports_of_before_get_their_reporter(self):
        """hr_maintenance alone leaves it empty wherever the asset is not an employee's."""
        known, unknown, foreign = self.env["maintenance.request"].create(
            [
                {"name": "By the clerk", "employee_id": self.clerk_employee.id},
                {"name": "By nobody known", "employee_id": False},
                {"name": "By the planner for the clerk", "employee_id": self.clerk_employee.id},
            ]
        )
        (known | unknown).owner_user_id = False
        foreign.owner_user_id = self.planner
        _name_reporters(self.env)
        self.env.invalidate_all()
        self.assertEqual((known.owner_user_id, foreign.owner_user_id), (self.clerk, self.planner))
        self.assertFalse(unknown.owner_user_id)

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.keepwisely_maintenance.tests.common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestProjects(MaintenanceCase):
    """Work orders of a shutdown: its project pays for them and finds them."""

    acts_cold = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planner.group_ids = [Command.link(cls.env.ref("project.group_project_user").id)]
        cls.manager = new_test_user(cls.env, login="kw_project", groups="project.group_project_manager", name="Project manager")
        plan, cls.projects_plan = cls.env["account.analytic.plan"].create([{"name": "Lines"}, {"name": "Shutdowns"}])
        cls.line, cls.old_shutdown, cls.shutdown_account = cls.env["account.analytic.account"].create(
            [
                {"name": "Line 1", "plan_id": plan.id},
                {"name": "Spring", "plan_id": cls.projects_plan.id},
                {"name": "Autumn", "plan_id": cls.projects_plan.id},
            ]
        )
        # with timesheets it would get an account of its own
        without = {"allow_timesheets": False} if "allow_timesheets" in cls.env["project.project"]._fields else {}
        cls.project = cls.env["project.project"].create(
            {"name": "Shutdown", "privacy_visibility": "employees", cls.projects_plan._column_name(): cls.shutdown_account.id,
             **without}
        )  # fmt: skip
        cls.conveyor.analytic_distribution = {str(cls.line.id): 100.0}

    def _get_charged(self, account):
        self.env.flush_all()
        items = self.env["account.analytic.line"].search([(account.plan_id._column_name(), "=", account.id)])
        return round(sum(items.mapped("amount")), 2)

    def test_the_project_pays(self):
        """An hour at 40 and a seal at 4 are charged to the line and to the project, each once."""
        request = self._assigned()
        request.with_user(self.planner).maintenance_project_id = self.project
        self.assertEqual(
            request.sudo().analytic_distribution, {str(self.shutdown_account.id): 100.0, str(self.line.id): 100.0}
        )
        self.env["maintenance.labor"].with_user(self.technician).create({"maintenance_request_id": request.id, "hours": 1.0})
        part = self._add_part(request, self.seal, 1)
        part.action_use_part()
        cost = 40.0 + self.seal.standard_price
        self.assertEqual((self._get_charged(self.shutdown_account), self._get_charged(self.line)), (-cost, -cost))

    def test_it_takes_the_place_of_accounts_in_its_plan(self):
        both = f"{self.old_shutdown.id},{self.line.id}"
        self.conveyor.analytic_distribution = {both: 60.0, str(self.line.id): 20.0, str(self.old_shutdown.id): 20.0}
        request = self._assigned()
        request.with_user(self.planner).maintenance_project_id = self.project
        distribution = {str(self.shutdown_account.id): 100.0, str(self.line.id): 80.0}
        self.assertEqual(request.sudo().analytic_distribution, distribution)
        request.with_user(self.planner).maintenance_project_id = False
        self.assertEqual(request.sudo().analytic_distribution, self.conveyor.analytic_distribution)

    def test_what_was_entered_stays(self):
        request = self._assigned()
        request.sudo().analytic_distribution = {str(self.old_shutdown.id): 100.0}
        request.with_user(self.planner).maintenance_project_id = self.project
        self.assertEqual(request.sudo().analytic_distribution, {str(self.old_shutdown.id): 100.0})

    def test_a_project_without_accounts_changes_nothing(self):
        self.project[self.projects_plan._column_name()] = False
        request = self._assigned()
        request.with_user(self.planner).maintenance_project_id = self.project
        self.assertEqual(request.sudo().analytic_distribution, {str(self.line.id): 100.0})

    def test_planners_choose(self):
        request = self._assigned()
        self.technician.sudo().group_ids = [Command.link(self.env.ref("project.group_project_user").id)]
        with self.assertRaisesRegex(UserError, "for planners to change"):
            request.with_user(self.technician).maintenance_project_id = self.project
        hidden = self.env["project.project"].create({"name": "Secret", "privacy_visibility": "followers"})
        with self.assertRaises(AccessError):
            request.with_user(self.planner).maintenance_project_id = hidden
        with self.assertRaises(AccessError):
            self.env["maintenance.request"].with_user(self.planner).create(
                {"name": "Pump", "equipment_id": self.conveyor.id, "maintenance_project_id": hidden.id}
            )
        with Form(request.with_user(self.planner)) as form:
            form.maintenance_project_id = self.project
        self.assertEqual(request.sudo().maintenance_project_id, self.project)

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["project.project"].create({"name": "Theirs", "company_id": other.id})
        with self.assertRaisesRegex(UserError, "company inconsistencies"):
            self._assigned().sudo().maintenance_project_id = foreign

    def test_closed_work_keeps_its_project(self):
        request = self._assigned()
        request.sudo().state = "closed"
        with self.assertRaisesRegex(UserError, "closed and stays as it is"):
            request.with_user(self.planner).maintenance_project_id = self.project

    def test_the_project_finds_them(self):
        works = self._assigned() | self._assigned() | self._assigned()
        works.sudo().maintenance_project_id = self.project
        works[0].sudo().state = "closed"
        works[1].sudo().state = "cancelled"
        project = self.project.with_user(self.planner)
        self.assertEqual((project.maintenance_work_order_count, project.maintenance_open_work_order_count), (2, 1))
        action = project.action_maintenance_view_work_orders()
        self.assertEqual(self.env["maintenance.request"].search_count(action["domain"]), 3)
        requests = self.env["maintenance.request"].with_user(self.planner).with_context(**action["context"])
        created = requests.create({"name": "Belt"})
        self.assertEqual(created.sudo().maintenance_project_id, self.project)
        button = [one for one in project._get_stat_buttons() if one["action"] == "action_maintenance_view_work_orders"]
        self.assertEqual([one["number"] for one in button], ["1 / 3"])

    def test_a_project_manager_counts_what_they_see(self):
        """Who has no rights on maintenance sees their own reports only, and no error."""
        self._assigned().sudo().maintenance_project_id = self.project
        self.assertEqual(self.project.with_user(self.manager).maintenance_work_order_count, 0)
        self.assertTrue(self.project.with_user(self.manager)._get_stat_buttons())

    def test_a_deleted_project(self):
        request = self._assigned()
        request.sudo().maintenance_project_id = self.project
        self.project.unlink()
        self.assertFalse(request.sudo().maintenance_project_id)

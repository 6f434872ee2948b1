from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestFirstSteps(MaintenanceCase):
    """What is done on the first day, until it is done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steps = cls.env["maintenance.first.step"].search([])
        cls.steps.write({"is_done": False, "is_skipped": False})
        cls.menu = cls.env.ref("keepwisely_maintenance.menu_first_steps")
        cls.menu.active = True
        cls.administrator = new_test_user(cls.env, login="kw_administrator", groups="base.group_system")

    def _get_step(self, name, user=None):
        step = self.env.ref(f"keepwisely_maintenance.first_step_{name}")
        return step.with_user(user or self.planner)

    def _is_in_menu(self, user):
        return self.menu.id in self.env["ir.ui.menu"].with_user(user).load_web_menus(False)

    def test_records_tell_what_is_done(self):
        self.assertEqual(self._get_step("assets").state, "done")
        self.assertEqual(self._get_step("teams").state, "done")
        self.env["maintenance.team"].search([]).member_ids = False
        self.assertEqual(self._get_step("teams").state, "open")
        self.assertEqual(self._get_step("labels").state, "open")

    def test_planners_see_what_they_may_do(self):
        seen = self.env["maintenance.first.step"].with_user(self.planner).search([])
        self.assertEqual(self.steps - seen, self._get_step("stages", self.env.user) | self._get_step("tiers", self.env.user))
        self.assertEqual(self.env["maintenance.first.step"].with_user(self.administrator).search([]), self.steps)
        for stranger in (self.operator, self.technician, self.buyer):
            self.assertFalse(self._is_in_menu(stranger), stranger.login)
            with self.assertRaises(AccessError):
                self._get_step("labels", stranger).action_skip()
            with self.assertRaises(AccessError):
                self.env["maintenance.first.step"].with_user(stranger).action_close()
        with self.assertRaises(AccessError):
            self._get_step("tiers").action_skip()
        with self.assertRaises(AccessError):
            self._get_step("labels").is_skipped = True

    def test_each_step_leads_to_its_screen(self):
        for step in self.steps.with_user(self.administrator):
            action = step.action_open()
            self.assertEqual((action["type"], action["id"]), ("ir.actions.act_window", step.sudo().action_id.id))
        self.assertEqual(self._get_step("tiers", self.administrator).state, "done", "they were looked at")
        self.assertEqual(self._get_step("labels").state, "open", "none was printed")

    def test_printing_labels_does_the_step(self):
        self.env["ir.actions.report"].with_user(self.planner)._render_qweb_html(
            "keepwisely_maintenance.report_asset_label", self.conveyor.ids
        )
        self.assertEqual(self._get_step("labels").state, "done")

    def test_closed_for_good(self):
        self.assertTrue(self._is_in_menu(self.planner))
        self.assertTrue(self._is_in_menu(self.administrator))
        action = self.env["maintenance.first.step"].with_user(self.planner).action_close()
        self.assertEqual(action["tag"], "reload")
        self.assertFalse(self._is_in_menu(self.planner))
        again = self.env.ref("keepwisely_maintenance.menu_first_steps_again")
        self.assertIn(again.id, self.env["ir.ui.menu"].with_user(self.planner).load_web_menus(False))

    def test_goes_when_everything_is_done_or_skipped(self):
        for name in ("teams", "assets", "parts"):
            self._get_step(name).action_skip()
        self._get_step("labels").action_skip()
        self.assertTrue(self._is_in_menu(self.planner), "the tiers are left")
        self._get_step("labels").action_skip()
        self.assertEqual(self._get_step("labels").state, "open", "taken up again")
        self._get_step("labels").action_skip()
        self._get_step("tiers", self.administrator).action_open()
        self.assertFalse(self._is_in_menu(self.planner))


@tagged("post_install", "-at_install")
class TestRoles(MaintenanceCase):
    """Roles as the form of a user shows them."""

    def test_each_role_is_described(self):
        hierarchy = self.env["res.groups"]._get_view_group_hierarchy()
        privilege = self.env.ref("maintenance.res_groups_privilege_maintenance")
        groups = [hierarchy["groups"][group_id] for group_id in hierarchy["privileges"][privilege.id]["group_ids"]]
        self.assertEqual([group["name"] for group in groups], ["Technician", "Planner"])
        for group in groups:
            self.assertRegex(group["comment"], r"^[A-Z].*[.]$")
            self.assertNotIn("equipment", group["comment"])

    def test_machines_are_no_role_of_people(self):
        gateway = self.env.ref("keepwisely_maintenance.group_meter_gateway")
        self.assertFalse(gateway.privilege_id)
        machine = new_test_user(self.env, login="kw_machine", groups="base.group_user")
        administrator = new_test_user(self.env, login="kw_administrator", groups="base.group_erp_manager")
        machine.with_user(administrator).group_ids = [(4, gateway.id)]
        self.assertTrue(machine.has_group("keepwisely_maintenance.group_meter_gateway"))

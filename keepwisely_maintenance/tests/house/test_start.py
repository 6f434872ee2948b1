from odoo.fields import Command
from odoo.tests import Form, HttpCase, new_test_user, tagged

from ..common import MaintenanceCase

#: What a technician finds in the menu, and no more.
TECHNICIAN_ENTRIES = 8


@tagged("post_install", "-at_install")
class TestStart(MaintenanceCase, HttpCase):
    """Everybody starts where their work is, and a technician's menu is short."""

    def _get_entries(self, user):
        menus = self.env["ir.ui.menu"].with_user(user).load_web_menus(False)

        def visit(menu):
            if not menu["children"]:
                return [menu["name"]]
            return [name for child in menu["children"] for name in visit(menus[child])]

        return visit(menus[self.env.ref("maintenance.menu_maintenance_title").id])

    def test_a_technician_s_menu(self):
        entries = self._get_entries(self.technician)
        self.assertLessEqual(len(entries), TECHNICIAN_ENTRIES, entries)
        self.assertLessEqual({"My Work Orders", "My Reports", "Work Orders", "Assets", "Requisitions"}, set(entries))
        self.assertLessEqual({"Schedules", "Downtime", "Hours", "Readings"}, set(self._get_entries(self.planner)))
        self.assertEqual(self._get_entries(self.operator)[0], "My Reports")

    def test_work_on_the_floor_is_an_app(self):
        page = self.env.ref("keepwisely_maintenance.menu_work_page").id
        for user, has_it in ((self.technician, True), (self.planner, True), (self.operator, False), (self.buyer, False)):
            apps = self.env["ir.ui.menu"].with_user(user).load_web_menus(False)["root"]["children"]
            self.assertEqual(page in apps, has_it, user.login)
            self.assertNotEqual(apps[0], page, "whoever logs in lands in the ordinary screens")

    def test_whoever_a_menu_is_for_gets_to_it(self):
        """No entry names a group that what it stands in keeps out."""
        ours = self.env["ir.model.data"].search([("model", "=", "ir.ui.menu"), ("module", "=", "keepwisely_maintenance")])
        hidden = []
        for menu in self.env["ir.ui.menu"].browse(ours.mapped("res_id")).exists():
            above, parent = [], menu.parent_id
            while parent:
                above, parent = [*above, parent], parent.parent_id
            hidden += [
                f"{group.full_name}: {menu.complete_name}"
                # whoever administers a new database is a planner as well
                for group in menu.group_ids - self.env.ref("base.group_system")
                if any(parent.group_ids and not (group | group.all_implied_ids) & parent.group_ids for parent in above)
            ]
        self.assertFalse(hidden)

    def test_the_start_is_proposed_by_the_role(self):
        mine = self.env.ref("keepwisely_maintenance.action_my_work_orders")
        to_approve = self.env.ref("keepwisely_maintenance.action_requisitions_to_approve")
        tier = self.env["maintenance.approval.tier"].search([("company_id", "=", self.company.id)], limit=1)
        tier.user_ids = self.buyer
        for user, home in (
            (self.technician, mine), (self.buyer, to_approve), (self.procurement, to_approve),
            (self.planner, None), (self.operator, None), (self.storekeeper, None),
        ):  # fmt: skip
            self.assertEqual(user.maintenance_home_id.id, home.id if home else False, user.login)
        self.assertFalse(self.buyer.action_id, "who is there already is not moved unasked")
        self.buyer.action_maintenance_use_home()
        self.assertEqual(self.buyer.action_id.id, to_approve.id)

    def test_whoever_is_new_starts_where_the_role_begins(self):
        """However they are made: in the form, by import, from outside."""
        mine = self.env.ref("keepwisely_maintenance.action_my_work_orders")
        self.assertEqual(self.technician.action_id.id, mine.id)
        self.assertFalse((self.planner | self.operator | self.storekeeper).action_id)
        chosen = self.env.ref("keepwisely_maintenance.action_my_reports")
        groups = "keepwisely_maintenance.group_maintenance_technician"
        for action_id in (chosen.id, False):
            user = new_test_user(self.env, login=f"kw_new_{action_id}", groups=groups, action_id=action_id)
            self.assertEqual(user.action_id.id, action_id)
        newcomer = new_test_user(self.env, login="kw_newcomer3", groups="base.group_user")
        newcomer.write({"group_ids": [Command.link(self.env.ref(groups).id)]})
        self.assertFalse(newcomer.action_id)

    def test_the_role_fills_in_the_start_but_takes_none_away(self):
        group = self.env.ref("keepwisely_maintenance.group_maintenance_technician")
        other = self.env.ref("keepwisely_maintenance.action_my_reports")
        newcomer = new_test_user(self.env, login="kw_newcomer", groups="base.group_user")
        with Form(newcomer, "base.view_users_form") as form:
            form.group_ids.add(group)
            self.assertEqual(form.action_id.id, self.env.ref("keepwisely_maintenance.action_my_work_orders").id)
        newcomer = new_test_user(self.env, login="kw_newcomer2", groups="base.group_user", action_id=other.id)
        with Form(newcomer, "base.view_users_form") as form:
            form.group_ids.add(group)
            self.assertEqual(form.action_id.id, other.id)
        newcomer.action_maintenance_use_home()
        self.assertEqual(newcomer.action_id.id, other.id)

"""Every menu of the app and every view of it, opened in the browser by each role."""

import json
import re

from lxml import etree

from odoo.tests import new_test_user, tagged

from ..browser_common import BrowserCase
from ..common import MaintenanceCase
from .random_plant import ROLES, RandomPlant

#: Window, and whether it is touched.
DESK, PHONE = ("1400x900", False), ("390x844", True)
LAPTOP, TABLET = ("1280x800", False), ("820x1180", False)

#: The column of the main lists that says what a row is.
NAMING = {
    "maintenance.downtime": "equipment_id",
    "maintenance.equipment": "name",
    "maintenance.meter": "equipment_id",
    "maintenance.purchase.review.line": "name",
    "maintenance.request": "name",
    "maintenance.requisition": "item_summary",
    "maintenance.requisition.line": "name",
    "maintenance.schedule": "name",
    "stock.move": "product_id",
    "stock.move.line": "product_id",
}


class ScreensCase(BrowserCase):
    """Opens what the menu of a person leads to."""

    @classmethod
    def _get_screens(cls, user, window):
        """What the menu of ``user`` leads to, as ``walk.js`` takes it."""
        menus = cls.env["ir.ui.menu"].with_user(user).load_web_menus(False)
        screens, seen = [], set()

        def visit(menu, path):
            path = [*path, menu["name"]]
            if not menu["children"] and len(path) > 1:
                add(menu, path)
            for child in menu["children"]:
                visit(menus[child], path)

        def add(menu, path):
            model, action_id, name = menu["actionModel"], menu["actionID"], " › ".join(path[1:])
            if not action_id or (model, action_id) in seen:
                return
            seen.add((model, action_id))
            if model == "ir.actions.act_window":
                screens.extend(cls._get_views(user, action_id, name, window))
            elif model == "ir.actions.client":
                screens.append({"name": name, "action": action_id, "view": "client"})

        visit(menus[cls.env.ref("maintenance.menu_maintenance_title").id], [])
        return screens

    @classmethod
    def _get_views(cls, user, action_id, name, window):
        """One screen per view of the action; a form shows the newest record, if there is one."""
        action = cls.env["ir.actions.act_window"].sudo().browse(action_id)
        model = cls.env[action.res_model].with_user(user)
        views = action.view_mode.split(",")
        if window == PHONE:  # opens the cards, whatever else there is
            views = ["kanban" if "kanban" in views else views[0], *(view for view in views[1:] if view == "form")]
        for view in views:
            screen = {"name": name, "action": action_id, "view": view, "dialog": action.target == "new"}
            if view == "form" and not screen["dialog"] and action.view_mode != "form":
                record = model.search([], limit=1, order="id desc")
                if not record:
                    continue
                screen["record"] = record.id
            yield screen

    def _walk(self, user, window):
        self.browser_size, self.touch_enabled = window
        self._open(user, self._get_screens(user, window))

    def _open(self, user, screens):
        self.assertTrue(screens)
        self.browser_js(
            "/odoo",
            f"odoo.maintenanceWalk({json.dumps(screens)})",
            "odoo.isReady === true && !!odoo.maintenanceWalk",
            login=user.login,
            timeout=600,
            success_signal="walk succeeded",
        )

    def _read(self, user):
        """Lists, and those in forms, are read without moving them, on a laptop and a tablet."""
        for window in (LAPTOP, TABLET):
            self.browser_size, self.touch_enabled = window
            screens = []
            for screen in self._get_screens(user, window):
                if screen["view"] not in ("list", "form") or screen["dialog"]:
                    continue
                model = self.env["ir.actions.act_window"].browse(screen["action"]).res_model
                if screen["view"] == "list":
                    screen["naming"] = NAMING.get(model)
                screens.append({**screen, "pages": screen["view"] == "form"})
            self._open(user, screens)


class RolesCase:
    """The same walk by each role, at a desk and with a phone."""

    def test_operator(self):
        self._walk_twice("operator")

    def test_technician(self):
        self._walk_twice("technician")

    def test_planner(self):
        self._walk_twice("planner")

    def test_buyer(self):
        self._walk_twice("buyer")

    def test_storekeeper(self):
        self._walk_twice("storekeeper")

    def test_procurement(self):
        self._walk_twice("procurement")

    def test_finance(self):
        self._walk_twice("finance")

    def _walk_twice(self, role):
        user = self._get_user(role)
        self._walk(user, DESK)
        self._walk(user, PHONE)


@tagged("post_install", "-at_install")
class TestScreensWithNothing(RolesCase, ScreensCase):
    def _get_user(self, role):
        self.env["maintenance.equipment"].search([]).active = False
        return new_test_user(self.env, login=f"kw_walk_{role}", groups=ROLES[role])


@tagged("post_install", "-at_install")
class TestScreensOfAPlant(RolesCase, ScreensCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plant = RandomPlant(cls.env, 5)
        cls.plant.run(60, check_every=1000)
        cls.env["maintenance.reorder.suggestion"]._suggest_at_once()

    def _get_user(self, role):
        return getattr(self.plant, role)

    def test_names_are_read_by_a_planner(self):
        self._read(self._get_user("planner"))

    def test_names_are_read_by_a_buyer(self):
        self._read(self._get_user("buyer"))

    def test_names_are_read_by_a_storekeeper(self):
        self._read(self._get_user("storekeeper"))


@tagged("post_install", "-at_install")
class TestPhones(ScreensCase):
    def test_a_phone_opens_no_list(self):
        """Lists scroll sideways there; what is set up once is set up at a desk."""
        lists = set()
        for role, groups in ROLES.items():
            user = new_test_user(self.env, login=f"kw_phone_{role}", groups=groups)
            screens = self._get_screens(user, PHONE)
            self.assertTrue(screens)
            lists |= {
                screen["name"] for screen in screens
                if screen["view"] == "list" and not screen["name"].startswith("Configuration")
            }  # fmt: skip
        self.assertFalse(lists)


@tagged("post_install", "-at_install")
class TestViews(MaintenanceCase):
    """What the browser would find out too, told without one; rights take fields out of views."""

    def _get_our_views(self, kind):
        ours = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.view"), ("module", "in", ("maintenance", "keepwisely_maintenance"))]
        )
        return self.env["ir.ui.view"].search(
            [("id", "in", ours.mapped("res_id")), ("type", "=", kind), ("inherit_id", "=", False)]
        )

    def test_measures_add_up(self):
        """An amount does so where its currency is a column."""
        views = self._get_our_views("pivot") + self._get_our_views("graph")
        self.assertGreater(len(views), 10)
        for view in views:
            arch = etree.fromstring(view.get_combined_arch())
            names = arch.xpath("//field[@type='measure']/@name")
            fields = self.env[view.model].fields_get(names, ["aggregator"])
            self.assertFalse([name for name in names if not fields[name].get("aggregator")], view.xml_id)

    def test_cards_use_what_their_view_declares(self):
        views = self._get_our_views("kanban")
        self.assertGreater(len(views), 10)
        missing = []
        for role, groups in ROLES.items():
            user = new_test_user(self.env, login=f"kw_cards_{role}", groups=groups)
            for view in views:
                model = self.env[view.model].with_user(user)
                if model.has_access("read"):
                    arch = etree.fromstring(model.get_view(view.id)["arch"])
                    missing += [f"{role}: {view.xml_id}: {name}" for name in self._get_undeclared(arch)]
        self.assertFalse(missing)

    def test_what_is_ours_is_legible(self):
        """Contrast and the size of buttons hang on the class of the view's root."""
        ours = self._get_our_views("form") + self._get_our_views("kanban")
        ours = ours.filtered(lambda view: view.xml_id.startswith("keepwisely_maintenance."))
        self.assertGreater(len(ours), 60)
        roots = [(view.xml_id, etree.fromstring(view.get_combined_arch()).get("class", "")) for view in ours]
        self.assertFalse([name for name, classes in roots if "o_maintenance_view" not in classes.split()])

    def test_sample_data_draws_no_graphs_on_cards(self):
        """The widget reads JSON, and samples are plain words."""
        for view in self.env["ir.ui.view"].search([("type", "=", "kanban"), ("arch_db", "like", "dashboard_graph")]):
            arch = etree.fromstring(view.get_combined_arch())
            if arch.get("sample") == "1":
                self.assertFalse(arch.xpath("//field[@widget='dashboard_graph']"), view.xml_id)

    def _get_undeclared(self, arch):
        declared = {field.get("name") for field in arch.iter("field")} | {"id"}
        used = set()
        for node in arch.iter(etree.Element):
            for key, value in node.attrib.items():
                if key.startswith("t-"):
                    used.update(re.findall(r"\brecord\.(\w+)", value))
        return used - declared

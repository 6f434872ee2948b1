"""What only reads is marked `@api.readonly`, so that it may run on a replica, and writes nothing there."""

import inspect
import re
from contextlib import contextmanager, suppress
from unittest.mock import patch

from psycopg2.errors import ReadOnlySqlTransaction

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MaintenanceCase
from .pressed_buttons import PressedButtons
from .random_plant import ROLES, RandomPlant

#: Methods that open something by their names.
OPENS = re.compile(r"action_(maintenance_)?(view|open)")

#: Those of them that write, and what.
WRITES = {
    ("maintenance.first.step", "action_open"): "the step is done by looking at it",
    ("maintenance.reorder.suggestion", "action_open_decide"): "the questions are a record",
    ("maintenance.workload", "action_open_workload"): "the rows of the user are made anew",
    ("stock.move", "action_open_take"): "the question is a record",
}
RECORDS = 3  # of each model, from the newest to the oldest


class _RollBack(Exception):
    pass


MODULE = "odoo.addons.keepwisely_maintenance"


def get_own_methods(env, wanted, beginning=MODULE):
    """``{(model, method)}`` of what the module and its bridges define and anybody may call."""
    found = set()
    for name, model in env.registry.items():
        for cls in (cls for cls in model.mro() if cls.__module__.startswith(beginning)):
            for method, function in vars(cls).items():
                if inspect.isfunction(function) and not method.startswith("_") and wanted(method, function):
                    found.add((name, method))
    return found


@tagged("post_install", "-at_install")
class TestReads(MaintenanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plant = RandomPlant(cls.env, 9)
        cls.plant.run(80, check_every=1000)
        placed = [("requisition_line_id", "!=", False), ("order_id.state", "=", "purchase"), ("qty_received", "=", 0)]
        while not cls.env["purchase.order.line"].search_count(placed, limit=1):
            cls.plant.run(10, check_every=1000)
        cls.users = [getattr(cls.plant, role) for role in sorted({*ROLES} - {"colleague"})]
        cls._add_what_the_plant_lacks(cls.plant.planner, cls.plant.assets[0])

    @classmethod
    def _add_what_the_plant_lacks(cls, planner, asset):
        schedule = cls.env["maintenance.schedule"].with_user(planner).create(
            {"name": "Grease", "equipment_ids": asset.ids, "interval": 1, "interval_unit": "month"})
        schedule.action_generate()
        meter = cls.env["maintenance.meter"].create({"name": "Hours", "code": "KW-READS", "equipment_id": asset.id})
        cls.env["maintenance.meter.reading"].create({"meter_id": meter.id, "value": 5})
        cls.env["maintenance.budget"].create({"category_id": asset.category_id.id, "amount": 100, "year": "2026"})
        cls.env["maintenance.workload"].with_user(planner).action_open_workload()
        cls.env["maintenance.purchase.review"].with_user(cls.plant.procurement).action_make()
        cls.env["maintenance.reorder.suggestion"]._suggest_at_once()
        groups = "maintenance.group_equipment_manager,keepwisely_maintenance.group_maintenance_history"
        mover = new_test_user(cls.env, login="kw_mover", groups=groups)
        line = {"kind": "recurrence", "name": "Grease", "result_model": schedule._name, "result_id": schedule.id}
        cls.env["maintenance.takeover"].with_user(mover).create({"line_ids": [Command.create(line)]})
        cls.env["maintenance.cobie.import"].with_user(mover).create({"filename": "plant.xlsx"})
        cls.users += [mover, cls.env.ref("base.user_admin")]

    @contextmanager
    def _reading(self):
        """As on a replica: whoever writes is refused."""
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            with suppress(_RollBack), self.env.cr.savepoint():
                self.env.cr.execute("SET TRANSACTION READ ONLY")
                yield
                self.env.flush_all()
                raise _RollBack
        finally:
            self.env.invalidate_all()

    def test_what_opens_something_is_marked(self):
        marked = get_own_methods(self.env, lambda _name, function: getattr(function, "_readonly", False))
        opening = get_own_methods(self.env, lambda name, _function: OPENS.match(name))
        self.assertFalse(sorted(opening - marked - WRITES.keys()), "mark them, or say what they write")
        self.assertFalse(sorted(marked & WRITES.keys()))

    def test_what_is_marked_writes_nothing(self):
        """Each marked method runs in a transaction that only reads, as each role that sees its records; so does what it opens."""
        # what bridges open the plant has not
        marked = get_own_methods(
            self.env, lambda name, function: getattr(function, "_readonly", False) and name.startswith("action_"), f"{MODULE}.")
        never = []
        for name, method in sorted(marked):
            done = 0
            if self.env[name]._abstract:
                continue
            for user in self.users:
                model = self.env[name].with_user(user)
                if not model.has_access("read"):
                    continue
                records = model.search([], order="id desc", limit=400)
                chosen = records[:: max(len(records) // RECORDS, 1)][:RECORDS]
                done += sum(self._opens(PressedButtons(user), record, method) for record in chosen)
            if not done:
                never.append(f"{name}.{method}")
        self.assertFalse(never, "never done: nothing is known about them")

    def _opens(self, buttons, record, method):
        """Whether it could be done; that it may not be, or that there is nothing to open, is as good as done elsewhere."""
        try:
            with self._reading():
                action = getattr(record, method)()
                if isinstance(action, dict):
                    buttons._open_action(record, action)
            return True
        except (AccessError, UserError):
            return False
        except ReadOnlySqlTransaction as error:
            self.fail(f"{record._name}.{method} writes as {buttons.user.login}: {error}")

    def test_screens_of_the_menu_write_nothing(self):
        """Lists, cards, pivots and forms of every menu, by each role: a screen that wrote would be read twice."""
        opened = 0
        for user in self.users:
            menus = self.env["ir.ui.menu"].with_user(user).load_web_menus(False)
            for menu in menus.values():
                if menu.get("actionModel") != "ir.actions.act_window":
                    continue
                action = self.env["ir.actions.act_window"].sudo().browse(menu["actionID"])
                if not action.get_external_id()[action.id].startswith("keepwisely_maintenance"):
                    continue
                opened += self._shows(user, action)
        self.assertGreater(opened, 100)

    def _shows(self, user, action):
        values = action._get_action_dict()
        model = self.env[action.res_model].with_user(user)
        done = 0
        for view in values["views"]:
            shown = {**values, "views": [view]}
            if view[1] == "form" and action.view_mode != "form":
                shown["res_id"] = model.search([], limit=1, order="id desc").id
                if not shown["res_id"]:
                    continue
            try:
                with self._reading():
                    PressedButtons(user)._open_action(model, shown)
                done += 1
            except AccessError:
                continue
            except ReadOnlySqlTransaction as error:
                self.fail(f"{action.name} as {user.login}, {view[1]}: {error}")
        return done

    def test_calls_of_the_screens_write_nothing(self):
        marked = get_own_methods(
            self.env, lambda name, function: getattr(function, "_readonly", False) and not name.startswith("action_"))
        # `search` of rules hands on what is natively marked
        self.assertEqual(marked, {
            ("maintenance.history.figures", "get_figures"), ("maintenance.request", "maintenance_get_week"),
            ("product.product", "maintenance_find_parts"), ("stock.rule", "search"),
        })
        job = self.env["maintenance.request"].search([("state", "=", "approved")], limit=1)
        planner, technician = self.plant.planner, self.plant.technician
        with self._reading():
            self.assertTrue(job.with_user(planner).maintenance_get_week()["rows"])
        with self._reading():
            found = self.env["product.product"].with_user(technician).maintenance_find_parts("", job_id=job.id)
            self.assertTrue(found["parts"])
        with self._reading():
            self.assertTrue(self.env["maintenance.history.figures"].with_user(planner).get_figures())


@tagged("post_install", "-at_install")
class TestPagesThatRead(MaintenanceCase, HttpCase):
    """Pages that only read begin with a cursor that cannot write, and need no other one."""

    def _cursors(self, path, login=None):
        """Whether each cursor that a page begins with can only read."""
        if login:
            self.authenticate(login, login)
        native, opened = self.registry.cursor, []

        def cursor(readonly=False):
            opened.append(readonly)
            return native(readonly=readonly)

        with patch.object(self.registry, "cursor", cursor), mute_logger("odoo.http"):
            answer = self.url_open(path)
        return answer, opened

    def test_a_label_is_read(self):
        token = self.conveyor.sudo().scan_token
        self.env.company.scan_without_login = True
        answer, opened = self._cursors(f"/maintenance/scan/{token}")
        self.assertEqual((answer.status_code, opened), (200, [True]))
        attempts = self.env["maintenance.scan.attempt"]
        answer, opened = self._cursors("/maintenance/scan/" + "x" * len(token))
        self.assertEqual((answer.status_code, opened, attempts.search_count([])), (404, [True, False], 1))

    def test_a_label_for_people_with_a_login_only(self):
        self.env.company.scan_without_login = False
        token = self.conveyor.sudo().scan_token
        answer, opened = self._cursors(f"/maintenance/scan/{token}")
        self.assertEqual((answer.status_code, opened), (404, [True, False]), "what is counted is no surprise")
        new_test_user(self.env, login="kw_reads", groups="base.group_user")
        answer, opened = self._cursors(f"/maintenance/scan/{token}", "kw_reads")
        self.assertEqual((answer.status_code, opened), (200, [True]))

    def test_the_question_of_a_message_is_read(self):
        operator = new_test_user(self.env, login="kw_reads", groups="base.group_user")
        job = self.env["maintenance.request"].with_user(operator).create({"name": "It drips", "equipment_id": self.conveyor.id})
        for path in ("fixed", "follow"):
            answer, opened = self._cursors(f"/maintenance/report/{job.id}/{path}", "kw_reads")
            self.assertEqual(opened, [True], path)
            self.assertIn(answer.status_code, (200, 404), path)

    def test_a_call_that_writes_all_the_same_is_done(self):
        """Odoo begins again with a cursor that can write, once."""
        week = type(self.env["maintenance.request"]).maintenance_get_week

        def writing(requests, *args, **kwargs):
            requests.env["maintenance.scan.attempt"].sudo()._add_miss("10.0.0.1")
            return week(requests, *args, **kwargs)

        writing._readonly = writing._api_model = True
        new_test_user(self.env, login="kw_reads", groups="maintenance.group_equipment_manager")
        self.authenticate("kw_reads", "kw_reads")
        with patch.object(self.registry["maintenance.request"], "maintenance_get_week", writing), mute_logger("odoo.http"):
            answer = self.make_jsonrpc_request(
                "/web/dataset/call_kw/maintenance.request/maintenance_get_week",
                {"model": "maintenance.request", "method": "maintenance_get_week", "args": [], "kwargs": {}})
        self.assertTrue(answer["days"])
        self.assertEqual(self.env["maintenance.scan.attempt"].search_count([]), 1)

"""What people with poor sight, a screen reader, big thumbs or no mouse need, on the screens that people work on."""

import json
from importlib.resources import files

from odoo.fields import Command
from odoo.tests import tagged

from ..asset.test_scan_page import ScanCase
from ..browser_common import BrowserCase

#: Window, whether it is touched, and how many pixels a thumb needs.
DESK, PHONE = ("1400x900", False, 0), ("390x844", True, 44)

#: What is Odoo's own and is not looked at, with what axe-core says of it (Odoo 19.0, axe-core 4.12).
NATIVE = {
    ".o_control_panel": "search facets and switches of views: roles without their parents, icons without names",
    ".o-mail-ChatterContainer, .o-mail-Form-chatter": "chatter: pictures without words, pale dates and links",
    ".o-mail-Avatar, .o_m2o_avatar": "avatars: pictures without words, their names stand beside them",
    ".o_field_kanban_activity": "the clock of activities: a picture without words inside a button that has some",
    ".o_notebook_headers": "tabs that are no children of a list of tabs",
    ".o_field_priority": "stars of less than 24 pixels; the report has words instead",
    ".o_button_more": "the button More of the statistics: an icon without a name",
    ".o_optional_columns_dropdown": "the choice of columns: an icon without a name",
    ".o_list_record_selector": "boxes to choose rows: no label",
    ".o_kanban_header": "heads of columns: icons of less than 24 pixels, a progress bar of colours",
    ".o_dropdown_kanban": "the menu of a card: an icon without a size",
    ".o_arrow_button": "stages: pale where one cannot go",
    ".o_kanban_load_more": "the button for further cards of a column",
    ".o_field_widget .o-dropdown, .o-autocomplete, .o_select_menu": "choices: an attribute that their roles do not have",
    ".o_select_menu_toggler, .o_select_menu_input, .o-autocomplete--input": "the same",
    "#boolean_checkbox": "boxes in lists: named by the head of their column alone",
    ".o_tag": "tags: an attribute that their roles do not have",
    ".o-mail-ActivityButton": "the clock of activities in lists: a picture without words",
    "sup": "the question mark of a field's help: pale",
    ".o_field_html": "what people wrote, in their colours",
}


def get_axe():
    """The script of axe-core, which the package brings along."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


class AccessibleCase(BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.job = cls.env["maintenance.request"].with_user(cls.operator).create(
            {"name": "Squealing conveyor", "equipment_id": cls.conveyor.id, "description": "<p>Since noon</p>"}
        )
        plan = cls.job.with_user(cls.planner)
        plan.action_approve()
        plan.user_id = cls.technician
        plan.action_assign()
        plan.task_ids = [
            Command.create({"name": "Guard closed", "kind": "pass_fail", "is_mandatory": True}),
            Command.create({"name": "Oil pressure", "kind": "number", "unit": "bar", "limits": "min", "limit_min": 2}),
            Command.create({"name": "Clean", "is_done": True}),
        ]
        cls.work = cls.job.with_user(cls.technician)
        cls.env["stock.move"].with_user(cls.technician).create(
            [
                {"maintenance_request_id": cls.job.id, "product_id": product.id, "product_uom_qty": quantity}
                for product, quantity in ((cls.seal, 2), (cls.bearing, 3))
            ]
        )
        cls.work.action_start()
        cls.done = cls.job.with_user(cls.operator).create({"name": "Noise", "equipment_id": cls.conveyor.id})
        cls.done.with_user(cls.planner).action_approve()
        cls.done.with_user(cls.technician).action_start()
        cls.done.with_user(cls.technician).work_done = "Bearing replaced"
        cls.done.with_user(cls.technician).action_complete()
        cls.reported = cls.job.with_user(cls.operator).create(
            {"name": "Guard is loose", "equipment_id": cls.conveyor.id, "priority": "3"}
        )
        cls.seal.seller_ids.price = 800.0
        cls.requisition = cls.env["maintenance.requisition"].with_user(cls.planner).create(
            {"reason": "Spare", "line_ids": [Command.create({"product_id": cls.seal.id})]}
        )
        cls.requisition.action_submit()

    def _form(self, view, record=None, **context):
        return {
            "type": "ir.actions.act_window",
            "res_model": "maintenance.request",
            "res_id": record.id if record else False,
            "views": [[view and self.env.ref(f"keepwisely_maintenance.{view}").id, "form"]],
            "target": "current",
            "context": context,
        }

    def _wizard(self, model, **context):
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "views": [[False, "form"]],
            "target": "new",
            "context": context,
        }

    def _look(self, user, *screens):
        for window, touched, thumb in (DESK, PHONE):
            self.browser_size, self.touch_enabled = window, touched
            given = [{"name": name, "action": action, "wait": wait} for name, action, wait in screens]
            self.browser_js(
                "/odoo",
                f"{get_axe()}; odoo.maintenanceAxe({json.dumps(given)}, {json.dumps(list(NATIVE))}, {thumb})",
                "odoo.isReady === true && !!odoo.maintenanceAxe",
                login=user.login,
                success_signal="axe succeeded",
            )


@tagged("post_install", "-at_install")
class TestAccessible(AccessibleCase):
    """axe-core looks at our own markup; `NATIVE` says what is left out and why."""

    def test_planner(self):
        self._look(
            self.planner,
            ("board", "keepwisely_maintenance.action_work_orders", ".o_kanban_record"),
            ("work order", self._form(None, self.job), ".o_form_view"),
        )

    def test_technician(self):
        self._look(
            self.technician,
            ("my work orders", "keepwisely_maintenance.action_my_work_orders", ".o_kanban_record"),
            ("work order", self._form(None, self.job), ".o_form_view"),
            ("done", self._form("maintenance_request_view_form_done", self.job), "[name=part_scan_id]"),
        )

    def test_reporter(self):
        report = "maintenance_request_view_form_report"
        self._look(
            self.operator,
            ("my reports", "keepwisely_maintenance.action_my_reports", ".o_kanban_record button[name=action_confirm_fix]"),
            ("report", self._form(report, default_equipment_id=self.conveyor.id), "[name=reported_here]"),
            ("is it fixed", self._form(report, self.done), "button[name=action_confirm_fix]"),
        )

    def test_approver(self):
        page = {
            "type": "ir.actions.act_window",
            "res_model": "maintenance.requisition",
            "res_id": self.requisition.id,
            "views": [[False, "form"]],
            "target": "current",
        }
        self._look(
            self.procurement,
            ("to approve", "keepwisely_maintenance.action_requisitions_to_approve", ".o_content"),
            ("requisition", page, ".o_form_view"),
        )

    def test_dialogs(self):
        """Their buttons stand outside the form, and are hit with the same thumb."""
        service = self._wizard("maintenance.service.request", default_maintenance_request_id=self.job.id)
        reopen = self._wizard("maintenance.request.not.fixed", default_request_id=self.done.id)
        reject = self._wizard("maintenance.requisition.reject", default_requisition_ids=self.requisition.ids)
        self._look(self.technician, ("service", service, ".modal-footer button[name=action_ask]"))
        self._look(self.operator, ("not fixed", reopen, ".modal-footer .btn-primary"))
        self._look(self.procurement, ("reject", reject, ".modal-footer .btn-primary"))

    def test_storekeeper(self):
        self._look(self.storekeeper, ("parts counter", "keepwisely_maintenance.action_part_counter", ".o_content"))


@tagged("post_install", "-at_install")
class TestAccessiblePages(ScanCase):
    """The pages without the web client, which run no script of their own."""

    CHECK = """
        axe.run(document, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}).then(
            ({violations}) => {
                const found = violations.flatMap(({id, nodes}) => nodes.map(({html}) => id + ": " + html.slice(0, 160)));
                for (const element of document.querySelectorAll("button, .btn, textarea, input:not([type=hidden])")) {
                    const {height} = element.getBoundingClientRect();
                    if (!element.closest(".visually-hidden") && innerWidth < 768 && height < 43.5 && element.type !== "checkbox")
                        found.push(element.outerHTML.slice(0, 80) + " is " + height + " px high");
                }
                found.length ? console.error(found.join("\\n")) : console.log("axe succeeded");
            }
        )"""

    def _look(self, page, login=None):
        for window, touched, _thumb in (DESK, PHONE):
            self.browser_size, self.touch_enabled = window, touched
            self.browser_js(
                page,
                f"{get_axe()}; {self.CHECK}",
                "document.readyState === 'complete'",
                login=login,
                success_signal="axe succeeded",
            )

    def test_scan_page(self):
        self._report()
        self._look(self.page)
        self._look(self.page, "kw_operator")

    def test_question(self):
        request = self._assigned()
        request.action_start()
        request.work_done = "Bearing replaced"
        request.action_complete()
        for answer in ("fixed", "not-fixed"):
            self._look(f"/maintenance/report/{request.id}/{answer}", "kw_operator")

"""A report and a completion without a mouse."""

import json
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import ChromeBrowser

from ..browser_common import BrowserCase

ASKED = "maintenance key "
ALT = 1

#: Keys that write nothing, by their number.
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowDown": 40}


def get_events(key, alt=False):
    """What the browser is told when somebody presses a key and lets go of it."""
    text = {"Enter": "\r"}.get(key, "" if key in KEYS or alt else key)
    number = KEYS.get(key) or (ord(key.upper()) if key.isalnum() else 0)
    event = {"key": key, "code": key if key in KEYS else "", "windowsVirtualKeyCode": number, "modifiers": ALT if alt else 0}
    down = {**event, "type": "keyDown", "text": text} if text else {**event, "type": "rawKeyDown"}
    return [down, {**event, "type": "keyUp"}]


class KeyboardCase(BrowserCase):
    browser_size = "1400x900"

    def _press(self, user, page, *steps):
        """Do all of it with keys that the browser takes as pressed: `static/tests/screens/keys.js` asks for them."""
        handle_console = ChromeBrowser._handle_console

        def handle(browser, type, args=None, **rest):
            words = args[0].get("value") if args else None
            if not isinstance(words, str) or not words.startswith(ASKED):
                return handle_console(browser, type, args=args, **rest)
            browser._websocket_send("Emulation.setFocusEmulationEnabled", params={"enabled": True})
            for event in get_events(**json.loads(words.removeprefix(ASKED))):
                browser._websocket_send("Input.dispatchKeyEvent", params=event)
            return None

        with patch.object(ChromeBrowser, "_handle_console", handle):
            self.browser_js(
                page,
                f"odoo.maintenanceKeys({json.dumps(steps)})",
                "odoo.isReady === true && !!odoo.maintenanceKeys",
                login=user.login,
                success_signal="keys succeeded",
            )


@tagged("post_install", "-at_install")
class TestKeyboard(KeyboardCase):
    def test_report(self):
        self._report()
        self._press(
            self.operator,
            "/odoo/my-maintenance-reports",
            {"see": ".o-kanban-button-new"},
            {"press": "c", "alt": True},
            {"see": ".o_form_view .o_field_widget[name=name] input"},
            {"reach": ".o_field_widget[name=name] input"},
            {"type": "Noise"},
            {"reach": ".o_field_widget[name=equipment_id] input"},
            {"type": "Conveyor 3"},
            {"see": ".o-autocomplete--dropdown-item", "says": "Conveyor 3"},
            {"press": "Enter"},
            {"see": ".o_form_view [name=reported_here]", "says": "Squealing"},
            {"reach": "[name=reported_here] a"},
            {"reach": ".o_field_widget[name=priority] input[type=radio]"},
            {"reach": ".o_field_widget[name=maintenance_new_photo] button"},
            {"reach": ".o_field_widget[name=maintenance_more] textarea"},
            {"type": "Since noon"},
            {"reach": "button[name=action_maintenance_send_report]"},
            {"press": "Enter"},
            {"see": ".o_form_view .alert", "says": "A planner looks at it next"},
        )
        report = self.env["maintenance.request"].search([("name", "=", "Noise")])
        self.assertEqual((report.equipment_id, report.owner_user_id), (self.conveyor, self.operator))
        self.assertIn("Since noon", report.description)

    def test_completion(self):
        """From the card to completed: a check, a part from the shelf, hours and words."""
        request = self._assigned(name="Squealing conveyor")
        part = self._add_part(request, self.seal, 2)
        request.with_user(self.planner).task_ids = [
            Command.create({"name": "Guard closed", "kind": "pass_fail", "is_mandatory": True})
        ]
        self._press(
            self.technician,
            "/odoo/my-work-orders",
            {"see": ".o_kanban_record", "says": "Squealing conveyor"},
            {"press": "ArrowDown"},
            {"reach": ".o_kanban_record button[name=action_timer_start]"},
            {"press": "Enter"},
            {"see": ".o_kanban_record button[name=action_timer_pause]"},
            # the cards are drawn anew; from the search one goes down to them
            {"reach": ".o_searchview_input"},
            {"press": "ArrowDown"},
            {"reach": ".o_kanban_record button[name=action_open_done]"},
            {"press": " "},
            {"see": ".o_form_view .o_field_widget[name=work_done] textarea"},
            {"reach": ".o_field_widget[name=task_ids] button[name=action_answer]"},
            {"press": "Enter"},
            {"see": ".modal .o_field_widget[name=result] input"},
            {"reach": ".modal .o_field_widget[name=result] input"},
            {"press": " "},
            {"reach": ".modal footer .btn-primary"},
            {"press": "Enter"},
            {"see": ".o_form_view:not(:has(.modal)) .o_field_widget[name=task_ids]", "says": "Pass"},
            {"reach": ".o_field_widget[name=hours_by_hand] input"},
            {"type": "0:30"},
            {"reach": ".o_field_widget[name=work_done] textarea"},
            {"type": "Belt set"},
            {"reach": "button[name=action_finish]"},
            {"press": "Enter"},
            {"see": ".o_action_manager:not(:has(.o_form_view)) .o_kanban_view"},
        )
        self.assertEqual((request.state, request.work_done), ("completed", "Belt set"))
        self.assertEqual((request.task_ids.result, part.state, request.labor_hours), ("pass", "done", 0.5))

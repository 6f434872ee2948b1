import { fill, press } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";

/* A report and a completion without a mouse. `tests/house/test_accessible.py` sets the scene. */

/** Goes on with Tab, or back with Shift, until what `selector` finds has the focus. */
async function reach(selector, keys = "Tab") {
    for (let tries = 0; tries < 200; tries++) {
        if (document.activeElement?.matches(selector)) {
            return;
        }
        await press(keys);
    }
    throw new Error(`the keyboard does not reach ${selector}`);
}

const goTo = (selector, ...then) => async () => {
    await reach(selector);
    for (const act of then) {
        await act();
    }
};
const type = (text) => () => fill(text);
const enter = () => press("Enter");

const ASSET = ".o_field_widget[name=equipment_id] input";
const PART = ".o_field_widget[name=part_scan_id] input";
const HALF_AN_HOUR = ".o_field_widget[name=maintenance_quick_hours] button[value='\"0.5\"']";
const WORK_DONE = ".o_field_widget[name=work_done] textarea";

/** Many presses of Tab take their time. */
const slowly = (steps) => steps.map((step) => ({ timeout: 60000, ...step }));

registry.category("web_tour.tours").add("keepwisely_keyboard_report", {
    steps: () => slowly([
        {
            trigger: ".o-kanban-button-new",
            run: () => press(["alt", "c"]),
        },
        {
            content: "What",
            trigger: ".o_form_view .o_field_widget[name=name] input",
            run: goTo(".o_field_widget[name=name] input", type("Noise")),
        },
        {
            content: "Where",
            trigger: ASSET,
            run: goTo(ASSET, type("Conveyor 3")),
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Conveyor 3)",
            run: enter,
        },
        {
            content: "What was reported here is read and reached",
            trigger: ".o_form_view [name=reported_here]:contains(Squealing)",
            run: goTo("[name=reported_here] a"),
        },
        {
            content: "How urgent, and a photo",
            trigger: ".o_field_widget[name=maintenance_new_photo]",
            run: async () => {
                await reach(".o_field_widget[name=priority] input[type=radio]");
                await reach(".o_field_widget[name=maintenance_new_photo] button");
                await reach(".o_field_widget[name=maintenance_more] textarea");
                await fill("Since noon");
            },
        },
        {
            content: "Send",
            trigger: "button[name=action_maintenance_send_report]",
            run: goTo("button[name=action_maintenance_send_report]", enter),
        },
        {
            trigger: ".o_form_view .alert:contains(A planner looks at it next)",
        },
    ]),
});

registry.category("web_tour.tours").add("keepwisely_keyboard_completion", {
    steps: () => slowly([
        {
            content: "Done, with the key that its button shows",
            trigger: ".o_form_view button[name=action_open_done]",
            run: () => press(["alt", "e"]),
        },
        {
            content: "A part",
            trigger: PART,
            run: goTo(PART, type("Bearing")),
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Bearing 6204)",
            run: enter,
        },
        {
            content: "Half an hour",
            trigger: ".o_field_widget[name=part_ids]:contains(Bearing 6204)",
            run: goTo(HALF_AN_HOUR, enter),
        },
        {
            content: "The chip says that it is pressed",
            trigger: `${HALF_AN_HOUR}[aria-pressed=true]`,
        },
        {
            content: "What was done",
            trigger: ".o_field_widget[name=hours_by_hand] input:value(0:30)",
            run: goTo(WORK_DONE, type("Bearing replaced")),
        },
        {
            content: "Complete, with the key that its button shows",
            trigger: ".o_statusbar_buttons button[name=action_finish]",
            run: () => press(["alt", "e"]),
        },
        {
            trigger: "body:not(:has(button[name=action_finish]))",
        },
    ]),
});

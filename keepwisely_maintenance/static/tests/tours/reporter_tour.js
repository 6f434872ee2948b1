import { registry } from "@web/core/registry";

/*
 * Whoever reported a problem meets it again on a phone. `tests/work_order/test_reporter_tours.py` sets the scene.
 */
registry.category("web_tour.tours").add("keepwisely_reporter_says_not_fixed", {
    steps: () => [
        {
            content: "The report asks whether it is fixed",
            trigger: ".o_kanban_record:contains(Is it fixed?)",
            run: "click",
        },
        {
            content: "It is not",
            trigger: ".o_form_view .alert button:contains(Not fixed)",
            run: "click",
        },
        {
            content: "Say what is wrong",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit The noise is back",
        },
        {
            content: "Send it",
            trigger: ".modal button[name=action_send]",
            run: "click",
        },
        {
            content: "Somebody will do it again, and that was said to them",
            trigger: ".o_form_view:not(:has(.modal)) .alert:contains(Technician will do it)",
        },
        {
            trigger: ".o-mail-Message:contains(Not fixed: The noise is back)",
        },
    ],
});

registry.category("web_tour.tours").add("keepwisely_reporter_confirms", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Is it fixed?)",
            run: "click",
        },
        {
            content: "It is",
            trigger: ".o_form_view .alert button[name=action_confirm_fix]",
            run: "click",
        },
        {
            trigger: ".o_form_view .alert:contains(You confirmed that it is fixed):not(:has(button[name=action_confirm_fix]))",
        },
    ],
});

import { registry } from "@web/core/registry";

/*
 * A technician's day on a phone: from the list of jobs through the checklist to Done.
 * `tests/work_order/test_technician_tours.py` sets the scene.
 */
const JOB = "Weekly round";

registry.category("web_tour.tours").add("keepwisely_technician_day", {
    steps: () => [
        {
            content: "Start from the card",
            trigger: `.o_kanban_record:contains(${JOB}) button[name=action_timer_start]`,
            run: "click",
        },
        {
            content: "The card says that the timer runs",
            trigger: `.o_kanban_record:contains(${JOB}):contains(since)`,
        },
        {
            content: "Pausing is one tap away, and so is the history of the asset",
            trigger: `.o_kanban_record:contains(${JOB}):has(button[name=action_timer_pause]):has(button[name=action_view_asset_history][aria-label])`,
        },
        {
            content: "Done",
            trigger: `.o_kanban_record:contains(${JOB}) button[name=action_open_done]`,
            run: "click",
        },
        {
            content: "Pass",
            trigger: ".o_form_view .o_kanban_record:contains(Guard closed) button[name=action_pass]",
            run: "click",
        },
        {
            content: "It passed; now the number",
            trigger: ".o_form_view .o_kanban_record:contains(Guard closed):contains(Pass):not(:has(button[name=action_pass]))",
        },
        {
            content: "Enter the number",
            trigger: ".o_form_view .o_kanban_record:contains(Oil pressure) button.btn-primary[name=action_answer]",
            run: "click",
        },
        {
            content: "Nothing was measured yet, so nothing stands there",
            trigger: ".modal .o_field_widget[name=value] input:value(/^$/)",
        },
        {
            content: "Zero is a number as well",
            trigger: ".modal .o_field_widget[name=value] input",
            run: "edit 0",
        },
        {
            content: "Save",
            trigger: ".modal:has(.o_field_widget[name=value]) footer button.btn-primary",
            run: "click",
        },
        {
            content: "It failed, and a follow-up is offered",
            trigger: ".o_form_view .o_kanban_record:contains(Oil pressure):contains(0 bar) button[name=action_follow_up]",
        },
        {
            content: "What was done",
            trigger: ".o_form_view .o_field_widget[name=work_done] textarea",
            run: "edit Round done, oil is low",
        },
        {
            content: "Half an hour at one tap",
            trigger: ".o_form_view .o_field_widget[name=maintenance_quick_hours] .o_selection_badge:contains(30 min)",
            run: "click",
        },
        {
            content: "It stands there as hours and minutes",
            trigger: ".o_form_view .o_field_widget[name=hours_by_hand] input:value(0:30)",
        },
        {
            content: "Hours and minutes by hand",
            trigger: ".o_form_view .o_field_widget[name=hours_by_hand] input",
            run: "edit 0:20",
        },
        {
            content: "Complete",
            trigger: ".o_form_sheet button[name=action_finish]",
            run: "click",
        },
        {
            content: "Off the list",
            trigger: `body:not(:has(.o_form_view)) .o_kanban_view:not(:has(.o_kanban_record:contains(${JOB})))`,
        },
    ],
});

registry.category("web_tour.tours").add("keepwisely_technician_follow_up", {
    steps: () => [
        {
            content: "The checklist is there at once; report what failed",
            trigger: ".o_kanban_record:contains(Oil pressure) button[name=action_follow_up]",
            run: "click",
        },
        {
            content: "Its own work order; behind Details stands where it was found",
            trigger: ".o_form_view:has(.o_field_widget[name=name] textarea:value(/^Oil pressure/)) .nav-link[name=details]",
            run: "click",
        },
        {
            content: "On the round",
            trigger: `.o_form_view:has([name=origin_request_id]:contains(${JOB})) .o_field_widget[name=name]`,
        },
    ],
});

/* One part and 30 minutes, from the list of jobs to completed; the tour counts its own taps. */
const TAPS = 5;
let taps = 0;

registry.category("web_tour.tours").add("keepwisely_technician_five_taps", {
    steps: () => [
        {
            content: "The job of today is there",
            trigger: `.o_kanban_record:contains(${JOB})`,
            run: () => document.addEventListener("pointerdown", () => taps++, { capture: true }),
        },
        {
            content: "Done, from the card",
            trigger: `.o_kanban_record:contains(${JOB}) button[name=action_open_done]`,
            run: "click",
        },
        {
            content: "Add a part",
            trigger: ".o_form_view .o_field_widget[name=part_scan_id] input",
            run: "click",
        },
        {
            content: "Choose it",
            trigger: ".modal .o_keepwisely_part:contains(Bearing 6204)",
            run: "click",
        },
        {
            content: "It is on the job",
            trigger: ".o_form_view .o_field_widget[name=part_ids]:contains(Bearing 6204)",
        },
        {
            content: "The camera is offered",
            trigger: ".o_field_widget[name=maintenance_new_photo]:contains(Take a photo):has(input[capture=environment])",
        },
        {
            content: "Half an hour",
            trigger: ".o_form_view .o_field_widget[name=maintenance_quick_hours] .o_selection_badge:contains(30 min)",
            run: "click",
        },
        {
            content: "Complete",
            trigger: ".o_form_sheet button[name=action_finish]",
            run: "click",
        },
        {
            content: `Off the list, with ${TAPS} taps`,
            trigger: `body:not(:has(.o_form_view)) .o_kanban_view:not(:has(.o_kanban_record:contains(${JOB})))`,
            run: () => {
                if (taps !== TAPS) {
                    throw new Error(`${taps} taps`);
                }
            },
        },
    ],
});

/* What nobody has yet is taken from its card; Pause and Resume stand where Start was. */
registry.category("web_tour.tours").add("keepwisely_technician_takes", {
    steps: () => [
        {
            content: "Take it",
            trigger: `.o_kanban_record:contains(${JOB}) button[name=action_assign]:contains(Take)`,
            run: "click",
        },
        {
            content: "It is theirs; open it",
            trigger: `.o_kanban_record:contains(${JOB}):has(button[name=action_timer_start]:contains(Start))`,
            run: "click",
        },
        {
            content: "What is to be done comes first, all else is behind Details",
            trigger: ".o_form_view .o_notebook .nav-link.active[name=todo]",
        },
        {
            trigger: ".o_form_view:not(:has([name=maintenance_team_id]))",
        },
        {
            content: "Start",
            trigger: ".o_statusbar_buttons > button:first-child[name=action_timer_start]:contains(Start)",
            run: "click",
        },
        {
            content: "Pause stands where Start was",
            trigger: ".o_statusbar_buttons > button:first-child[name=action_timer_pause]:contains(Pause)",
            run: "click",
        },
        {
            content: "And Resume where Pause was",
            trigger: ".o_statusbar_buttons > button:first-child[name=action_timer_start]:contains(Resume)",
        },
        {
            content: "Details",
            trigger: ".o_form_view .o_notebook .nav-link[name=details]",
            run: "click",
        },
        {
            trigger: ".o_form_view [name=maintenance_team_id]",
        },
    ],
});

/* Somebody new, with nothing of their own yet: finds a job, and asks for a part that is not there and for one that is in no catalogue. */
registry.category("web_tour.tours").add("keepwisely_technician_is_new", {
    steps: () => [
        {
            content: "Nothing is theirs; one tap shows what can be",
            trigger: ".o_nocontent_help a:contains(What can be taken)",
            run: "click",
        },
        {
            content: "Take it",
            trigger: `.o_kanban_record:contains(${JOB}) button[name=action_assign]`,
            run: "click",
        },
        {
            content: "It is off the list of what can be taken; back to theirs",
            trigger: ".o_nocontent_help:contains(Nothing to take)",
        },
        {
            trigger: ".o_breadcrumb .o_back_button, .o_breadcrumb a",
            run: "click",
        },
        {
            content: "There it is",
            trigger: `.o_kanban_record:contains(${JOB}):has(button[name=action_timer_start]) .fs-5`,
            run: "click",
        },
        {
            content: "Add a part",
            trigger: ".o_form_view .o_field_widget[name=part_scan_id] input",
            run: "click",
        },
        {
            content: "How many there are, and no price",
            trigger: ".modal .o_keepwisely_part:contains(Gear motor):contains(None on hand)",
            run: () => {
                if (/price|1\.00|\$/i.test(document.querySelector(".modal").textContent)) {
                    throw new Error("a price is shown");
                }
            },
        },
        {
            content: "Choose it",
            trigger: ".modal .o_keepwisely_part:contains(Gear motor)",
            run: "click",
        },
        {
            content: "On second thoughts, done; it is not there",
            trigger: ".o_form_view .o_field_widget[name=part_ids]:contains(Gear motor)",
        },
        {
            trigger: ".o_form_sheet button[name=action_open_done]",
            run: "click",
        },
        {
            content: "It is asked for from here",
            trigger: ".o_form_view .o_field_widget[name=part_ids] button[name=action_ask_for_part]",
            run: "click",
        },
        {
            content: "It waits",
            trigger: ".o_action_manager:contains(Missing), .o_action_manager:contains(Waiting for parts)",
        },
    ],
});

/* What they asked for has come: the job is there again, and is completed with it. */
registry.category("web_tour.tours").add("keepwisely_technician_gets_a_part", {
    steps: () => [
        {
            content: "The part is here, the card says so",
            trigger: `.o_kanban_record:contains(${JOB}):contains(Ready) button[name=action_open_done]`,
            run: "click",
        },
        {
            content: "It is on the job",
            trigger: ".o_form_view .o_field_widget[name=part_ids]:contains(Gear motor)",
        },
        {
            content: "Half an hour",
            trigger: ".o_form_view .o_field_widget[name=maintenance_quick_hours] .o_selection_badge:contains(30 min)",
            run: "click",
        },
        {
            content: "What was done",
            trigger: ".o_form_view .o_field_widget[name=work_done] textarea",
            run: "edit Motor replaced",
        },
        {
            content: "Complete",
            trigger: ".o_form_sheet button[name=action_finish]",
            run: "click",
        },
        {
            content: "Off the list",
            trigger: `body:not(:has(.o_form_view)) .o_kanban_view:not(:has(.o_kanban_record:contains(${JOB})))`,
        },
    ],
});

registry.category("web_tour.tours").add("keepwisely_technician_one_off", {
    steps: () => [
        {
            trigger: ".o_form_view .o_field_widget[name=part_scan_id] input",
            run: "click",
        },
        {
            content: "Nothing is called so",
            trigger: ".modal input[type=search]",
            run: "edit Gasket cut to sample",
        },
        {
            trigger: ".modal .o_keepwisely_one_off:contains(Gasket cut to sample)",
            run: "click",
        },
        {
            content: "The name is there already",
            trigger: ".modal .o_field_widget[name=name] input:value(Gasket cut to sample)",
        },
        {
            trigger: ".modal button[name=action_ask]",
            run: "click",
        },
        {
            content: "The job waits for it",
            trigger: ".o_form_view .alert:contains(Gasket cut to sample)",
        },
    ],
});

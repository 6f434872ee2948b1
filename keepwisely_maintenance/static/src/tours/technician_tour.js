import { _t } from "@web/core/l10n/translation";

import { addGuidedTour, leadTo } from "./guided_tours";

const MENU = "keepwisely_maintenance.menu_my_work_orders";
// What `isActive` asks of the screen. A new report says what it is;
const NEW = ".oe_title label[for^='name']";
// then its Cancel, which technicians have on their own reports only
const REPORT = `${NEW}, .o_statusbar_buttons button[name='archive_equipment_request']`;
// empty lists have sample cards
const CARD = "body:not(:has(.o_nocontent_help)) .o_kanban_renderer .o_kanban_record:not(.o_kanban_ghost)";
const TITLE = ".fs-5";
const NO_WORK = ".o_form_view:not(:has(button[name='action_timer_start'])):not(:has(button[name='action_open_done']))";
const TO_TAKE = `${CARD} button[name='action_assign'], .o_form_view button[name='action_assign']`;
const WORK = `.o_kanban_record, ${TO_TAKE}, .o_form_view button[name='action_timer_start'], .o_form_view button[name='action_timer_pause']`;
const DONE = "button[name='action_open_done'], button[name='action_finish']";
const PART = ".o_field_widget[name='part_scan_id']";
const TASKS = "div[name='todo_tasks']";

addGuidedTour("keepwisely_technician_tour", {
    label: () => _t("Guided tour: technician"),
    menu: MENU,
    url: "/odoo/my-work-orders",
    onPhone: true,
    leading: () =>
        leadTo(
            "maintenance.menu_maintenance_title",
            _t("Maintenance: here is your work."),
            MENU,
            _t("Your jobs are here.")
        ),
    steps: () => [
        {
            trigger: [
                ".o_nocontent_help a",
                `${CARD}:has(button[name='action_timer_start']):has(.fa-check-square-o) ${TITLE}`,
                `${CARD}:has(button[name='action_timer_start']) ${TITLE}`,
                `${CARD}:has(button[name='action_timer_pause']) ${TITLE}`,
                `${CARD} ${TITLE}`,
            ].join(", "),
            content: _t("Your jobs of today, the most urgent first. Open one. Is there none? See what can be taken."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { isActive: ["auto"], trigger: ".o_form_view, .o_last_breadcrumb_item:contains(To Take)" },
        // -- Nothing is theirs: one that nobody has, or a report of their own -------------------
        {
            isActive: [".o_nocontent_help, .o_last_breadcrumb_item:contains(To Take)"],
            trigger: `${CARD} ${TITLE}, body:has(.o_nocontent_help) .o-kanban-button-new`,
            content: _t("Nobody has these yet. Open one. Is there none either? Report something with New."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { isActive: ["auto"], trigger: ".o_form_view" },
        {
            isActive: [TO_TAKE],
            trigger: ".o_form_view button[name='action_assign']",
            content: _t("Take makes it yours."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            isActive: [`.o_nocontent_help, ${NEW}`],
            trigger: ".o_form_view .o_field_widget[name='name'] textarea",
            content: _t("Say in a few words what is wrong or to be done."),
            tooltipPosition: "bottom",
            run: "edit Oil below the press",
        },
        {
            isActive: [NEW],
            trigger: ".o_form_view .o_form_button_save",
            content: _t("Save it: the planner is told."),
            tooltipPosition: "bottom",
            run: "click",
        },
        // -- The work ---------------------------------------------------------------------------
        {
            isActive: [WORK],
            trigger: ".o_form_view button[name='action_timer_start'], .o_form_view button[name='action_timer_pause']",
            content: _t("Start begins the work and your timer. Pause stands here then, and books the hours."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            isActive: ["auto"],
            trigger: ".o_form_view button[name='action_timer_pause'], .o_form_view button[name='archive_equipment_request']",
        },
        {
            isActive: [REPORT, NO_WORK],
            trigger: ".o_form_view .nav-link[name='details']",
            content: _t("A planner approves it now; then Start is here. What else there is to say stands behind Details."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { isActive: ["auto", REPORT, NO_WORK], trigger: ".o_form_view .nav-link.active[name='details']" },
        {
            isActive: [DONE, TASKS, "desktop"],
            trigger: `${TASKS} .o_data_row button[name='action_answer']`,
            content: _t("What is to be checked. Open it to answer and to add a note or a photo."),
            tooltipPosition: "left",
            run: "click",
        },
        { isActive: ["auto", DONE, TASKS, "desktop"], trigger: ".modal [name='result'] input", run: "click" },
        {
            isActive: [DONE, TASKS, "desktop"],
            trigger: ".modal footer button.btn-primary",
            content: _t("Answer, then save."),
            tooltipPosition: "top",
            run: "click",
        },
        { isActive: ["auto"], trigger: "body:not(:has(.modal))" },
        {
            isActive: [DONE, TASKS, "mobile"],
            trigger: `${TASKS} .o_kanban_record footer button`,
            content: _t("What is to be checked. One tap answers; the pencil adds a note or a photo."),
            tooltipPosition: "top",
            run: "click",
        },
        {
            isActive: [DONE, PART],
            trigger: `.o_form_view ${PART} input`,
            content: _t("Add a part: scan it, or search. What is on the shelf is reserved at once."),
            tooltipPosition: "top",
            run: "click",
        },
        {
            isActive: [DONE, PART, "manual", "desktop"],
            trigger: `${PART} .o-autocomplete--dropdown-menu`,
            content: _t("Choose one. Drop takes it off again."),
            tooltipPosition: "top",
            run: "click",
        },
        {
            isActive: [DONE, PART, "auto", "desktop"],
            trigger: `${PART} .o-autocomplete--dropdown-item:first`,
            run: "click",
        },
        {
            isActive: [DONE, PART, "manual", "mobile"],
            trigger: ".modal .o_keepwisely_parts .list-group, .modal footer .btn:last",
            content: _t("How many there are, and on which shelf. Choose one, or close. Drop takes it off again."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            isActive: [DONE, PART, "auto", "mobile"],
            trigger: ".modal .o_keepwisely_part",
            run: "click",
        },
        {
            isActive: ["auto", DONE, PART],
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name='part_ids'] .o_data_row, body:not(:has(.modal)) .o_field_widget[name='part_ids'] .o_kanban_record",
        },
        {
            isActive: [DONE],
            trigger: ".o_form_view button[name='action_open_done']",
            content: _t("All the rest is one screen: Done."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { isActive: ["auto", DONE], trigger: ".o_form_view button[name='action_finish']" },
        {
            isActive: [DONE],
            trigger: ".o_field_widget[name='maintenance_quick_hours'] .o_selection_badge:contains(30)",
            content: _t("Half an hour, at one tap. What stands here is booked, in place of the timer."),
            tooltipPosition: "top",
            run: "click",
        },
        {
            isActive: [DONE],
            // the runner of tests takes what comes first on the screen, not in the list
            trigger:
                ".o_form_view button[name='action_ask_for_part'], .o_form_view:not(:has(button[name='action_ask_for_part'])) button[name='action_finish']",
            content: _t("Complete uses the parts and books the hours. Is one missing? Ask for it; the job waits and comes back by itself."),
            tooltipPosition: "bottom",
            run: "click",
        },
    ],
});

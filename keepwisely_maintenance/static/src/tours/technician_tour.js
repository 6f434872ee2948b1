import { _t } from "@web/core/l10n/translation";

import { addGuidedTour, leadTo } from "./guided_tours";

const MENU = "keepwisely_maintenance.menu_my_work_orders";
// empty lists have sample cards, and forms have cards of their own
const CARD = "body:not(:has(.o_nocontent_help)):not(:has(.o_form_view)) .o_kanban_renderer .o_kanban_record:not(.o_kanban_ghost)";
// what can be taken is opened from one's own list: a step must not find its place on the screen before
const CARD_TO_TAKE = CARD.replace("body", "body:has(.o_back_button)");
const TITLE = ".fs-5";
const START = "button[name='action_timer_start']";
const PAUSE = "button[name='action_timer_pause']";
const OPEN_DONE = "button[name='action_open_done']";
const FINISH = "button[name='action_finish']";
const TAKE = "button[name='action_assign']";
// the tab of what is to be done; planners have one for the tasks
const TO_DO = ".o_form_view .nav-link[name='todo'], .o_form_view .nav-link[name='tasks']";
// what `isActive` asks of the screen: a new report, one that can be taken, a job, one that can be worked on
const NEW = ".oe_title label[for^='name']";
const TO_TAKE = `${CARD} ${TAKE}, .o_form_view ${TAKE}`;
const JOB = `${CARD}, ${TO_TAKE}`;
const WORK = `${START}, ${PAUSE}, ${OPEN_DONE}, ${FINISH}`;

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
            // what is further down leaves no room below on a phone
            trigger: [
                ".o_nocontent_help a",
                `${CARD}:nth-child(-n+2):has(${START}) ${TITLE}`,
                `${CARD}:nth-child(-n+2):has(${PAUSE}) ${TITLE}`,
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
            trigger: `${CARD_TO_TAKE} ${TITLE}, body:has(.o_back_button):has(.o_nocontent_help) .o-kanban-button-new`,
            content: _t("Nobody has these yet. Open one. Is there none either? Report something with New."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { isActive: ["auto"], trigger: ".o_form_view" },
        {
            isActive: [TO_TAKE],
            trigger: `.o_form_view ${TAKE}`,
            content: _t("Take makes it yours."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            isActive: [`.o_nocontent_help, ${NEW}`],
            trigger: ".o_form_view .o_field_widget[name='name'] textarea, .o_form_view .o_field_widget[name='name'] input",
            content: _t("Say in a few words what is wrong or to be done."),
            tooltipPosition: "bottom",
            run: "edit Oil below the press",
        },
        {
            isActive: [NEW],
            trigger: ".o_form_view .o_form_button_save",
            content: _t("Save it. A planner is told and approves it; then Start is here."),
            tooltipPosition: "bottom",
            run: "click",
        },
        // -- The work ---------------------------------------------------------------------------
        {
            isActive: [`${JOB}, ${WORK}`],
            // a job that waits has neither
            trigger: `.o_form_view ${START}, .o_form_view ${PAUSE}, ${TO_DO}`,
            content: _t("Start begins the work and your timer. Pause stands here then, and books the hours. A job that waits for parts has neither."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { isActive: ["auto"], trigger: `.o_form_view ${PAUSE}, .o_form_view:not(:has(${START})) .nav-link` },
        {
            trigger: TO_DO,
            content: _t("What is to be checked, and the parts. One tap answers a check, the pencil adds a note or a photo. Scan or search adds a part."),
            tooltipPosition: "bottom",
            run: "click",
        },
        // at the top of the screen at a desk, at the end of it on a phone
        ...[
            ["desktop", "bottom"],
            ["mobile", "top"],
        ].map(([device, tooltipPosition]) => ({
            isActive: [WORK, device],
            trigger: `.o_form_view ${OPEN_DONE}`,
            content: _t("All the rest is one screen: Done."),
            tooltipPosition,
            run: "click",
        })),
        {
            isActive: ["auto", WORK],
            trigger: ".o_field_widget[name='maintenance_quick_hours'] .o_selection_badge:contains(30)",
            run: "click",
        },
        { isActive: ["auto", WORK], trigger: `.o_form_view ${FINISH}`, run: "click" },
        {
            isActive: ["manual", WORK],
            trigger: `.o_form_view ${FINISH}, .o_back_button`,
            content: _t("Half an hour at one tap, what you did, a photo: Complete books it and uses the parts. Not done yet? Go back, nothing is lost."),
            tooltipPosition: "bottom",
            run: "click",
        },
        // the list of what is left, or the job that cannot be worked on
        { isActive: ["auto"], trigger: `.o_nocontent_help a, ${CARD}, body:not(:has(${OPEN_DONE})):not(:has(${FINISH})) .nav-link[name='todo']` },
    ],
});

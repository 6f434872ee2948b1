import { _t } from "@web/core/l10n/translation";

import { addGuidedTour, choose, leadTo, openMenu } from "./guided_tours";

const WORK_ORDERS = "maintenance.menu_m_request";

addGuidedTour("keepwisely_planner_tour", {
    label: () => _t("Guided tour: planner"),
    menu: "keepwisely_maintenance.menu_planner_week",
    url: "/odoo/maintenance-work-orders",
    leading: () =>
        leadTo(
            "maintenance.menu_maintenance_title",
            _t("Maintenance: reports, work orders, assets and what they cost."),
            "maintenance.menu_m_request_form",
            _t("The board with all work orders."),
            WORK_ORDERS
        ),
    steps: () => [
        {
            // before the columns are there, it opens the whole form
            trigger: "body:has(.o_kanban_group) .o-kanban-button-new",
            content: _t("Each column is a step from the report to the end. Report something: New."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_kanban_quick_create .o_field_widget[name='name'] input",
            content: _t("Say what is wrong. Asset and urgency stand below."),
            tooltipPosition: "right",
            run: "edit Belt of the conveyor slips",
        },
        {
            trigger: ".o_kanban_quick_create .o_kanban_edit",
            content: _t("Add puts it on the board. Edit opens it as well."),
            tooltipPosition: "right",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_approve']",
            content: _t("Nobody works on it before you approve. Approval also reserves its parts."),
            tooltipPosition: "bottom",
            run: "click",
        },
        ...choose(
            ".o_form_view .o_field_widget[name='user_id']",
            _t("Who does it? Choose yourself, to try it. Team, day and expected hours stand here too."),
            "left"
        ),
        {
            trigger: ".o_form_view button[name='action_assign'], .o_form_view button[name='action_timer_start']",
            content: _t("Your own job you start. One of somebody else you assign: they are told. Cancel it if you only tried."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_view_costs']",
            content: _t("What the job costs: hours, parts, services. Assets have the same, and every sum opens what it is made of."),
            tooltipPosition: "bottom",
            run: "click",
        },
        ...openMenu(
            WORK_ORDERS,
            "keepwisely_maintenance.menu_parts",
            _t("What waits for parts: who asked, which order brings them, when they come. Open Missing Parts.")
        ),
        ...openMenu(
            WORK_ORDERS,
            "keepwisely_maintenance.menu_planner_week",
            _t("Now the plan: open The Week.")
        ),
        {
            trigger: ".o_kw_week .o_control_panel button.btn-secondary",
            content: _t("A row for each technician. Drag jobs from the side to a day; red is too much. Today leads back to this week."),
            tooltipPosition: "bottom",
            run: "click",
        },
    ],
});

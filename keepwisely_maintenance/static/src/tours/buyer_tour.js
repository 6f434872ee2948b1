import { _t } from "@web/core/l10n/translation";

import { addGuidedTour, choose, leadTo, openMenu } from "./guided_tours";

const REQUISITIONS = "keepwisely_maintenance.menu_requisitions_root";
const ROW = ".o_field_widget[name='line_ids'] .o_selected_row";
const ORDER = "button[name='action_order']";
const WAITS = ".o_form_view .alert:has([name='current_tier_id'])";

addGuidedTour("keepwisely_buyer_tour", {
    label: () => _t("Guided tour: buyer"),
    menu: "keepwisely_maintenance.menu_requisitions_to_order",
    url: "/odoo/maintenance-requisitions",
    leading: () =>
        leadTo(
            "maintenance.menu_maintenance_title",
            _t("Maintenance: here stands what it asks for."),
            "keepwisely_maintenance.menu_requisitions",
            _t("All that was asked for."),
            REQUISITIONS
        ),
    steps: () => [
        {
            trigger: ".o_list_button_add",
            content: _t("Jobs and reorder points ask by themselves. To try it, ask for something small: New."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='line_ids'] .o_field_x2many_list_row_add a",
            content: _t("Add a line."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: `${ROW} [name='name'] input, ${ROW} [name='name'] textarea`,
            content: _t("What is it? A product, or in words what is in no catalogue."),
            tooltipPosition: "bottom",
            run: "edit Cleaning cloths",
        },
        ...choose(`${ROW} .o_field_widget[name='partner_id']`, _t("Choose the vendor, or type the name of a new one.")),
        {
            trigger: `${ROW} [name='price_unit'] input`,
            content: _t("And the price. Without one, nobody could say who has to approve it."),
            tooltipPosition: "left",
            run: "edit 12",
        },
        {
            trigger: ".o_form_view .o_form_button_save",
            content: _t("Save it."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_submit']",
            content: _t("Submit. Small amounts are approved at once, larger ones by whoever the tiers name."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { isActive: ["auto"], trigger: ".o_form_view:not(:has(button[name='action_submit']))" },
        {
            trigger: `.o_form_view ${ORDER}, ${WAITS}`,
            content: _t("Order now makes a request for quotation, or adds to one that is open. Does it wait first? Here stands for whom."),
            tooltipPosition: "bottom",
            run: "click",
        },
        { isActive: ["auto"], trigger: ".o_purchase_order" },
        ...openMenu(
            REQUISITIONS,
            "keepwisely_maintenance.menu_requisitions_to_order",
            _t("Now it is Purchase as ever: confirm, receive, bill. If you only tried, take the line off again. All that waits for an order stands in To Order.")
        ),
        { isActive: ["auto"], trigger: ".o_last_breadcrumb_item:contains(To Order)" },
    ],
});

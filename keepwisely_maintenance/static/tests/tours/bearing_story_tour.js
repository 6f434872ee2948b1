import { registry } from "@web/core/registry";

/*
 * One job from its missing bearing to its end, each step as the person who does it.
 * `tests/house/test_tours.py` sets the scene, receives the order and runs the tours one after another.
 */
const JOB = "Squealing conveyor";
const PART = "Bearing 6204";

const openCard = [
    {
        content: "Open the job",
        trigger: `.o_kanban_record:contains(${JOB})`,
        run: "click",
    },
    {
        content: "Its form is there",
        trigger: ".o_form_view .o_field_widget[name=part_ids]",
    },
];

registry.category("web_tour.tours").add("keepwisely_technician_asks_for_parts", {
    steps: () => [
        ...openCard,
        {
            content: "Add a part",
            trigger: ".o_field_widget[name=part_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Look for it",
            trigger: ".o_field_widget[name=part_ids] .o_selected_row [name=product_id] input",
            run: `edit ${PART}`,
        },
        {
            content: "Choose it",
            trigger: `.o-autocomplete--dropdown-item:contains(${PART})`,
            run: "click",
        },
        {
            content: "Two of them",
            trigger: ".o_field_widget[name=part_ids] .o_selected_row [name=product_uom_qty] input",
            run: "edit 2",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "One is missing, and the form says so",
            trigger: `div[name=missing_parts]:contains(1 × ${PART})`,
        },
        {
            content: "The reserved one and the missing one are told apart",
            trigger: `.o_field_widget[name=part_ids] .o_data_row:contains(${PART}) [name=qty_missing]:contains(1.00)`,
        },
        {
            content: "A technician sees no prices",
            trigger: ".o_form_view:not(:has([name=total_cost])):not(:has([name=hourly_cost]))",
        },
        {
            content: "Ask for what is missing",
            trigger: "button[name=action_request_parts]",
            run: "click",
        },
        {
            content: "The job waits and says for what",
            trigger: `div[name=waiting_parts]:contains(1 × ${PART})`,
        },
        {
            content: "Nothing is left to ask for",
            trigger: ".o_form_statusbar:not(:has(button[name=action_request_parts]))",
        },
    ],
});

registry.category("web_tour.tours").add("keepwisely_refused_drag_says_why", {
    steps: () => [
        {
            content: "Drag the waiting job back to Assigned",
            trigger: `.o_kanban_group:contains(Waiting for parts) .o_kanban_record:contains(${JOB})`,
            async run({ drag_and_drop }) {
                await drag_and_drop(".o_kanban_group:has(.o_column_title:contains(Assigned))", {
                    position: { top: 120, left: 60 },
                    relative: true,
                });
            },
        },
        {
            content: "It is refused, with the reason and who can",
            trigger: `.modal:contains(${PART}):contains(a planner can start it)`,
        },
        {
            content: "Understood",
            trigger: ".modal .modal-footer button",
            run: "click",
        },
        {
            content: "The card is back where it was",
            trigger: `body:not(:has(.modal)) .o_kanban_group:contains(Waiting for parts) .o_kanban_record:contains(${JOB})`,
        },
    ],
});

registry.category("web_tour.tours").add("keepwisely_refused_stage_says_why", {
    steps: () => [
        {
            content: "Open the job",
            trigger: `.o_kanban_record:contains(${JOB})`,
            run: "click",
        },
        {
            content: "A planner wants to have it done",
            trigger: ".o_statusbar_status button.o_arrow_button:contains(Completed)",
            run: "click",
        },
        {
            content: "It is refused, with the part that is missing",
            trigger: `.modal:contains(${PART}):contains(is missing)`,
        },
        {
            content: "Understood",
            trigger: ".modal .modal-footer button",
            run: "click",
        },
        {
            content: "The job still waits, and the form says so",
            trigger: `body:not(:has(.modal)) div[name=waiting_parts]:contains(${PART})`,
        },
    ],
});

registry.category("web_tour.tours").add("keepwisely_buyer_orders", {
    steps: () => [
        {
            content: "Open what was asked for",
            trigger: `.o_data_row:contains(${PART}) .o_data_cell[name=item_summary]`,
            run: "click",
        },
        {
            content: "The line names the part",
            trigger: `.o_field_widget[name=line_ids] .o_data_row:contains(${PART})`,
        },
        {
            content: "Order it",
            trigger: "button[name=action_order]",
            run: "click",
        },
        {
            content: "The native request for quotation names the job",
            trigger: `.o_purchase_order .o_field_widget[name=maintenance_work_order_ids]:contains(${JOB})`,
        },
        {
            content: "Confirm it as ever",
            trigger: "button[name=button_confirm]:visible",
            run: "click",
        },
        {
            content: "It is a purchase order",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Purchase Order)",
        },
    ],
});

registry.category("web_tour.tours").add("keepwisely_technician_completes", {
    steps: () => [
        ...openCard,
        {
            content: "Nothing is missing any more",
            trigger: ".o_form_view:not(:has(div[name=waiting_parts]))",
        },
        {
            content: "Start",
            trigger: "button[name=action_timer_start]",
            run: "click",
        },
        {
            content: "Done",
            trigger: "button[name=action_open_done]",
            run: "click",
        },
        {
            content: "Say what was done",
            trigger: ".o_field_widget[name=work_done] textarea",
            run: "edit Bearings replaced",
        },
        {
            content: "Complete",
            trigger: ".o_form_statusbar button[name=action_finish]",
            run: "click",
        },
        {
            content: "Off the list of jobs",
            trigger: `body:not(:has(.o_form_view)) .o_kanban_view:not(:has(.o_kanban_record:contains(${JOB})))`,
        },
        {
            content: "It says so",
            trigger: `.o_notification:contains(Completed):contains(${JOB})`,
        },
    ],
});

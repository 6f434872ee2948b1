import { registry } from "@web/core/registry";

/*
 * Answering the to-do where it stands. `tests/house/test_tours.py` submits the requisitions and opens each.
 */
registry.category("web_tour.tours").add("keepwisely_approve_from_activity", {
    steps: () => [
        {
            content: "The to-do asks, and cannot be marked done instead",
            trigger: ".o-mail-Activity:contains(Approve MR/):not(:has(.o-mail-Activity-markDone))",
        },
        {
            content: "Approve",
            trigger: ".o-mail-Activity .o-keepwisely-approve",
            run: "click",
        },
        {
            content: "It is approved, and the to-do is gone",
            trigger: ".o_form_view:has(.o_arrow_button_current:contains(Approved)):not(:has(.o-mail-Activity))",
        },
    ],
});

registry.category("web_tour.tours").add("keepwisely_reject_from_activity", {
    steps: () => [
        {
            content: "Reject",
            trigger: ".o-mail-Activity .o-keepwisely-reject",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=comment] input",
            run: "edit There is one on the shelf",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_reject]",
            run: "click",
        },
        {
            content: "It is rejected, and the to-do is gone",
            trigger: ".o_form_view:has(.ribbon:contains(Rejected)):not(:has(.o-mail-Activity))",
        },
    ],
});
registry.category("web_tour.tours").add("keepwisely_approve_from_list", {
    steps: () => [
        {
            content: "Open the to-dos of a requisition",
            trigger: ".o_data_row [name=activity_ids] .o-mail-ActivityButton",
            run: "click",
        },
        {
            content: "Approve there",
            trigger: ".o-mail-ActivityListPopoverItem:not(:has(.o-mail-ActivityListPopoverItem-markAsDone)) .o-keepwisely-approve",
            run: "click",
        },
        {
            content: "It is approved",
            trigger: ".o_data_row [name=state]:contains(Approved)",
        },
    ],
});
registry.category("web_tour.tours").add("keepwisely_approve_and_undo", {
    steps: () => [
        {
            content: "Take all that waits",
            trigger: "thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Approve",
            trigger: ".o_control_panel button[name=action_approve]",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: ".o_list_view:not(:has(.o_data_row td[name=item_summary]:contains(Seal)))",
        },
        {
            content: "It says what was approved; that was a slip",
            trigger: ".o_notification:contains(Approved: MR/) button:contains(Undo)",
            run: "click",
        },
        {
            content: "It waits again",
            trigger: ".o_data_row td[name=item_summary]:contains(Seal)",
        },
    ],
});

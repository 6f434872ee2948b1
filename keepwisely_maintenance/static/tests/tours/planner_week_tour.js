import { registry } from "@web/core/registry";

/*
 * A planner plans the week. `tests/work_order/test_week_tours.py` sets the scene: a job without a date, called
 * "Squealing conveyor", and the person "Technician".
 */
const beside = ".o_kw_week_beside .o_kw_week_card:contains(Squealing conveyor)";
const planned = ".o_kw_week_cell .o_kw_week_card:contains(Squealing conveyor)";

/** Nothing is hidden on the right. */
const fits = () => {
    for (const element of document.querySelectorAll(".o_content, .o_kw_week_scroll, .o_kw_week_beside")) {
        if (element.scrollWidth > element.clientWidth + 1) {
            throw new Error(`${element.className} scrolls sideways`);
        }
    }
};

const key = (name) => ({ anchor }) => {
    anchor.focus();
    anchor.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
};

registry.category("web_tour.tours").add("keepwisely_planner_week", {
    steps: () => [
        { content: "A job waits for a date", trigger: beside, run: fits },
        {
            content: "It is dragged to the first day of the technician",
            trigger: beside,
            run: "drag_and_drop .o_kw_week_name:contains(Technician) + .o_kw_week_cell",
        },
        { content: "There it is", trigger: planned },
        { content: "And no more beside", trigger: `.o_kw_week:not(:has(${beside}))` },
        {
            content: "By the keyboard it is taken in hand",
            trigger: planned,
            run: key("Enter"),
        },
        { trigger: ".o_kw_week_held" },
        { trigger: ".o_kw_week_here[aria-label^='Plan for Nobody yet']:first", run: key("ArrowRight") },
        {
            content: "And given to nobody yet; a button is pressed by Enter as well",
            trigger: ".o_kw_week_here[aria-label^='Plan for Nobody yet']:focus",
            run: "click",
        },
        { trigger: ".o_kw_week_name:contains(Nobody yet) + div + .o_kw_week_cell:contains(Squealing)" },
        { content: "It is dragged off the plan", trigger: planned, run: "drag_and_drop .o_kw_week_lists" },
        { trigger: beside, run: fits },
    ],
});

registry.category("web_tour.tours").add("keepwisely_planner_week_phone", {
    steps: () => [
        { content: "Jobs that wait are folded", trigger: ".o_kw_week button:contains(Jobs to plan)", run: "click" },
        { content: "One is taken in hand", trigger: beside, run: "click" },
        { content: "The second day", trigger: ".o_kw_week_hand .o_kw_week_days button:eq(1)", run: "click" },
        {
            content: "And the technician",
            trigger: ".o_kw_week_here[aria-label^='Plan for Technician']",
            run: "click",
        },
        { content: "There it is", trigger: planned, run: fits },
        { content: "Another look at it", trigger: planned, run: "click" },
        { content: "Opens it", trigger: ".o_kw_week_hand button:contains(Open)", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=name]" },
    ],
});

import { registry } from "@web/core/registry";

/* `tests/test_leave_tour.py` sets the scene: "Technician" has asked for leave on every day of the week. */
const day = ".o_kw_week_name:contains(Technician) + .o_kw_week_cell";

registry.category("web_tour.tours").add("keepwisely_asked_leave", {
    steps: () => [
        { content: "The day says that leave is asked for", trigger: `${day} .o_kw_week_asked[title*="8:00"], ${day} .o_kw_week_asked[title*="08:00"]` },
        { content: "And keeps its hours", trigger: `${day} .o_kw_week_load:contains(/ 8:00), ${day} .o_kw_week_load:contains(/ 08:00)` },
        { content: "Nobody else has asked", trigger: ".o_kw_week_name:contains(Colleague) + .o_kw_week_cell:not(:has(.o_kw_week_asked))" },
    ],
});

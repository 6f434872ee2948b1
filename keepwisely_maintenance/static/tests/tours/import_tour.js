import { registry } from "@web/core/registry";

const PAST = `Work order,Asset,Responsible,What,Status,Reported at,Completed at,Hours
TOUR-1,Conveyor 3,Ruth Left,Belt torn,Done,2024-03-04 06:00:00,2024-03-04 12:00:00,3
TOUR-2,Conveyor 3,Ruth Left,Belt torn,Done,2024-03-05 06:00:00,#N/A,2
`;

const done = ":not(:has(.o_blockUI))";

/*
 * A file of the past with a bad row: told, skipped, brought in. `tests/history/test_import_tour.py` looks at what came in.
 */
registry.category("web_tour.tours").add("keepwisely_bring_in_a_file", {
    steps: () => [
        {
            content: "Templates stand where Odoo has them",
            trigger: "a[href*='work-orders.csv']",
        },
        {
            content: "Upload the file",
            trigger: ".o_import_file",
            run: () => {
                const input = document.querySelector(".o_control_panel .o_input_file");
                const files = new DataTransfer();
                files.items.add(new File([PAST], "past.csv", { type: "text/csv" }));
                input.files = files.files;
                input.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "The menu has said that it is of the past; headings are known",
            trigger: ".o_maintenance_import:has(input:checked):contains(Bring in history)",
        },
        {
            content: "Nothing is mapped by hand",
            trigger: `body${done}:not(:contains(select a field...)) button:contains(Test)`,
            run: "click",
        },
        {
            content: "The bad row is told with its reason, and nothing comes in",
            trigger: ".alert-danger:contains(Nothing comes in. Rows that cannot: 1 of 2):contains(Row 3):contains(no date)",
        },
        {
            content: "All bad rows are a file",
            trigger: "a.o_maintenance_bad_rows[href*='maintenance_bad_file']:contains(All bad rows: 1)",
        },
        {
            content: "Skip it",
            trigger: `body${done} .o_maintenance_import label:contains(Skip bad rows)`,
            run: "click",
        },
        {
            content: "Test again",
            trigger: `body${done}:has(.o_maintenance_import input:checked) button:contains(Test)`,
            run: "click",
        },
        {
            content: "The other one can come in",
            trigger: ".alert-warning:contains(Records that can come in: 1. Rows that cannot: 1 of 2)",
        },
        {
            content: "Import",
            trigger: `body${done} .o_control_panel button.btn-primary:contains(Import)`,
            run: "click",
        },
        {
            content: "It did",
            trigger: ".alert-warning:contains(Records that came in: 1. Rows that did not: 1 of 2)",
        },
        {
            content: "What was read otherwise is counted",
            trigger: `body${done} .alert-info:contains(Words of another system)`,
        },
    ],
});

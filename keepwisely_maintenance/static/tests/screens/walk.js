/* Opens one screen after the other and says what is wrong with each: `odoo.maintenanceWalk(screens)`.
   A screen is {name, action, view, record?, naming?}: `naming` is the column that says what a row is. Ends with "walk succeeded" or with one console error. */
import { App } from "@odoo/owl";
import { rpcBus } from "@web/core/network/rpc";

const pending = new Set();
const faults = [];
let now = "";

function fault(what) {
    faults.push(`${now}: ${what}`);
}

function listen() {
    rpcBus.addEventListener("RPC:REQUEST", ({ detail }) => pending.add(detail.data.id));
    rpcBus.addEventListener("RPC:RESPONSE", ({ detail }) => {
        pending.delete(detail.data.id);
        if (detail.error) {
            fault(`${detail.error.data?.message || detail.error.message}`);
        }
    });
    window.addEventListener("error", (event) => fault(event.message));
    window.addEventListener("unhandledrejection", (event) => fault(event.reason?.cause || event.reason));
}

const frame = () => new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve)));

/** Until nothing is asked of the server or waits to be drawn. */
export async function settle() {
    for (let quiet = 0, tries = 0; quiet < 3; tries++) {
        await frame();
        const busy = pending.size || [...App.apps].some((app) => app.scheduler.tasks.size);
        quiet = busy ? 0 : quiet + 1;
        if (tries > 6000) {
            return fault("does not come to rest");
        }
    }
}

/** Boards have a column beside the other, and calendars and tables of figures as many as there are. */
const MAY_SCROLL = ".o_kanban_grouped, .o_calendar_renderer, .o_pivot, .o_graph_renderer, .o_activity_view";

const READABLE = 160;
const MOST = 0.6;

/** Whether the text of a cell takes more than one line. */
function breaks(cell) {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
}

/** What a list is about is read without moving it: it fits, and the column that names the rows has room. */
function lookAtLists(naming) {
    if (window.innerWidth < 768) {
        return; // cards
    }
    for (const list of document.querySelectorAll(".o_action_manager .o_list_renderer")) {
        const wider = list.scrollWidth - list.clientWidth;
        if (wider > 1) {
            const columns = [...list.querySelectorAll("thead th[data-name]")].map((th) => th.dataset.name);
            fault(`a list scrolls sideways by ${wider} px: ${columns.join(", ")}`);
        }
        const heads = [...list.querySelectorAll("thead th[data-name] .text-truncate")];
        const words = heads.map(({ textContent }) => textContent.trim());
        const cut = words.filter((_, index) => heads[index].scrollWidth > heads[index].clientWidth + 1);
        const twice = words.filter((word, index) => word && words.indexOf(word) < index);
        if (cut.length || twice.length) {
            fault(`heads of columns: cut ${cut.join(", ")}; twice ${twice.join(", ")}`);
        }
    }
    const column = naming && document.querySelector(`.o_list_view thead th[data-name="${naming}"]`);
    if (naming && !column) {
        return fault(`has no column ${naming}`);
    }
    const cells = [...document.querySelectorAll(`.o_list_view .o_data_row td[name="${naming}"]`)];
    if (column && column.offsetWidth < READABLE && cells.some(breaks)) {
        fault(`has ${column.offsetWidth} px for ${naming}`);
    }
    const whole = cells.filter((cell) => cell.scrollWidth <= cell.clientWidth + 1);
    if (whole.length < cells.length * MOST) {
        fault(`cuts ${cells.length - whole.length} of ${cells.length} in ${naming}`);
    }
}

/** One page of a form after the other. */
async function lookAtPages() {
    for (const tab of document.querySelectorAll(".o_action_manager .o_notebook_headers .nav-link:not(.active)")) {
        const page = now;
        now = `${page}, page ${tab.textContent.trim()}`;
        tab.click();
        await settle();
        lookAtLists();
        now = page;
    }
}

/** The menu ends before what stands on its right. */
function lookAtMenu() {
    const entries = [...document.querySelectorAll(".o_menu_sections > *")].filter(({ offsetWidth }) => offsetWidth);
    const right = document.querySelector(".o_menu_systray")?.getBoundingClientRect().left;
    const covered = entries.filter((entry) => entry.getBoundingClientRect().right > right + 1);
    if (covered.length) {
        fault(`the menu is covered: ${covered.map(({ textContent }) => textContent.trim()).join(", ")}`);
    }
}

const FIGURES = ".o_field_float, .o_field_float_time, .o_field_integer, .o_field_monetary";

/** On a phone there are cards, and figures on them are not broken. */
function lookAtCards() {
    for (const figure of document.querySelectorAll(`.o_action_manager .o_maintenance_view .o_kanban_record :is(${FIGURES})`)) {
        if (breaks(figure)) {
            fault(`breaks ${figure.textContent.trim()} (${figure.getAttribute("name")})`);
        }
    }
}

function look({ view, dialog, naming }) {
    lookAtMenu();
    for (const error of document.querySelectorAll(".o_error_dialog")) {
        fault(`opens an error: ${error.textContent.trim().slice(0, 160)}`);
    }
    const opened = document.querySelector(".o_dialog:not(.o_error_dialog)");
    if (dialog) {
        return opened || fault("opens no dialog");
    }
    if (opened) {
        fault(`opens a dialog: ${opened.textContent.trim().slice(0, 160)}`);
    }
    const content = document.querySelector(".o_action_manager .o_content");
    const shown = view === "client" ? ".o_action" : `.o_${view}_view`;
    if (!content || !document.querySelector(`.o_action_manager ${shown}`)) {
        return fault("shows no such view");
    }
    const hidden = content.scrollWidth - content.clientWidth;
    if (hidden > 1 && !content.querySelector(MAY_SCROLL)) {
        fault(`scrolls sideways by ${hidden} px`);
    }
    lookAtLists(naming);
    lookAtCards();
}

odoo.maintenanceWalk = async function (screens) {
    const { services } = odoo.__WOWL_DEBUG__.root.env;
    listen();
    for (const screen of screens) {
        now = `${screen.name} (${screen.view})`;
        try {
            await services.action.doAction(screen.action, {
                clearBreadcrumbs: true,
                viewType: screen.view,
                props: screen.record ? { resId: screen.record } : {},
            });
        } catch (error) {
            fault(error.cause?.message || error.message);
        }
        await settle();
        look(screen);
        if (screen.pages) {
            await lookAtPages();
        }
        services.dialog.closeAll();
        // what was begun on a form is not kept
        for (const discard of document.querySelectorAll(".o_form_button_cancel")) {
            discard.click();
        }
        await settle();
    }
    if (faults.length) {
        console.error(`${faults.length} faults on ${screens.length} screens:\n${[...new Set(faults)].join("\n")}`);
    } else {
        console.log("walk succeeded");
    }
};


import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import * as hoot from "@odoo/hoot-dom";
import { tourState } from "@web_tour/js/tour_state";

/*
 * Takes a guided tour as a person does: waits until it points at something, opens what it says, and does that. What it
 * says must be on the screen and must not cover what is to be pressed. `tests/house/test_guided_tours.py` calls it.
 */
const PATIENCE = 60000;

const pause = (delay) => new Promise((resolve) => setTimeout(resolve, delay));

async function until(what, find) {
    for (let waited = 0; waited < PATIENCE; waited += 100) {
        const found = find();
        if (found) {
            return found;
        }
        await pause(100);
    }
    throw new Error(`waited in vain: ${what}`);
}

const findAnchor = (trigger) =>
    trigger
        .split(/,\s*(?![^(]*\))/)
        .map((part) => hoot.queryFirst(part, { visible: true }))
        .find(Boolean);

const overlap = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;

async function checkBubble(step, anchor) {
    const pointer = await until(`the pointer of “${step.content}”`, () => document.querySelector(".o_tour_pointer"));
    if (pointer.matches(".cursor-pointer")) {
        // it says in which direction the next step is; pressed, it goes there
        pointer.click();
        await until(`“${step.content}” in sight`, () => document.querySelector(".o_tour_pointer:not(.cursor-pointer)"));
    }
    const describe = () => {
        const [bubble, target] = [pointer.getBoundingClientRect(), anchor.getBoundingClientRect()];
        if (!pointer.textContent.includes(String(step.content))) {
            return `says something else: ${pointer.textContent}`;
        }
        if (bubble.left < 0 || bubble.right > window.innerWidth || bubble.top < 0 || bubble.bottom > window.innerHeight) {
            return `leaves the screen: ${JSON.stringify(bubble)}`;
        }
        return overlap(bubble, target) && `covers what is to be pressed: ${JSON.stringify([bubble, target])}`;
    };
    // what was opened before the page had come to rest stays where it was; a person looks once more
    let problem = "is not to be read";
    for (let begin = performance.now(); problem && performance.now() - begin < PATIENCE; ) {
        pointer.dispatchEvent(new MouseEvent("mouseleave"));
        await pause(500);
        pointer.dispatchEvent(new MouseEvent("mouseenter"));
        await pause(500);
        problem = pointer.matches(".o_open") ? describe() : "is not to be read";
    }
    if (problem) {
        throw new Error(`“${step.content}” ${problem}`);
    }
}

async function act(step, anchor) {
    if (!step.run.startsWith("edit")) {
        anchor.click();
        return;
    }
    anchor.focus();
    const text = step.run.slice("edit ".length);
    if (text) {
        anchor.value = text;
        anchor.dispatchEvent(new Event("input", { bubbles: true }));
        anchor.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
        anchor.click();
        const entry = await until("a list to choose from", () =>
            anchor.closest(".o-autocomplete").querySelector(".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) a:not(.o_loading)")
        );
        entry.click();
    }
}

export async function takeByHand(name) {
    try {
        const steps = registry.category("web_tour.tours").get(name).steps();
        let told = 0;
        let reached = 0;
        let opened = false;
        await odoo.startTour(name, { mode: "manual", redirect: false });
        while (tourState.getCurrentTour() === name) {
            const index = tourState.getCurrentIndex();
            const step = steps[index];
            if (index < reached && !step.trigger.startsWith(".o_menu_sections")) {
                throw new Error(`back from “${steps[reached].content}” to “${step.content}”`);
            }
            reached = index;
            const anchor = await until(`${step.content} (${step.trigger})`, () => {
                const apps = document.querySelector(".o_navbar_apps_menu button");
                if (apps && !opened && step.trigger.startsWith(".o_app")) {
                    opened = true;
                    apps.click();
                }
                return tourState.getCurrentTour() !== name || tourState.getCurrentIndex() !== index || findAnchor(step.trigger);
            });
            if (anchor === true) {
                continue;
            }
            await pause(400);
            await checkBubble(step, anchor);
            if (anchor.isConnected) {
                told++;
                await act(step, anchor);
            }
            await pause(400);
        }
        browser.console.log(`${told} steps by hand`);
        browser.console.log("taken by hand");
    } catch (error) {
        browser.console.error(error.message);
    }
}

odoo.keepwiselyTakeByHand = takeByHand;

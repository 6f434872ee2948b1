/* Works with the keyboard alone: `odoo.maintenanceKeys(steps)`. A step is one of
   {press: key, alt?} · {reach: selector}, with Tab · {type: text} · {see: selector, says?}, until it is there.
   Keys are asked for on the console and pressed by the test, so the browser takes them as it takes those of a person.
   Ends with "keys succeeded" or one console error. */
import { settle } from "./walk";

const MOST_TABS = 150;
const PATIENCE = 60000;

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Until the key is up again: by then the browser has done what it does on this key. */
async function press(key, modifiers = {}) {
    const isUp = new Promise((resolve) => window.addEventListener("keyup", resolve, { capture: true, once: true }));
    console.debug(`maintenance key ${JSON.stringify({ key, ...modifiers })}`);
    await isUp;
    await frame();
}

function describe() {
    const { tagName, className, textContent } = document.activeElement;
    return `${tagName} ${className} ${textContent.trim().slice(0, 40)}`;
}

async function reach(selector) {
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
        if (document.activeElement.matches(selector)) {
            return;
        }
        await press("Tab");
    }
    throw new Error(`Tab does not reach ${selector}; it is on ${describe()}`);
}

async function see(selector, says = "") {
    const begin = performance.now();
    while (![...document.querySelectorAll(selector)].some(({ textContent }) => textContent.includes(says))) {
        if (performance.now() - begin > PATIENCE) {
            const errors = [...document.querySelectorAll(".o_notification, .modal")].map(({ textContent }) => textContent);
            throw new Error(`${selector} ${says} does not come; on ${describe()}; ${errors.join(" ").slice(0, 300)}`);
        }
        await frame();
    }
    await settle();
}

odoo.maintenanceKeys = async function (steps) {
    try {
        for (const step of steps) {
            if (step.see) {
                await see(step.see, step.says);
            } else if (step.reach) {
                await reach(step.reach);
            } else if (step.press) {
                await press(step.press, { alt: step.alt });
            } else {
                for (const letter of step.type) {
                    await press(letter);
                }
            }
        }
        console.log("keys succeeded");
    } catch (error) {
        console.error(error.message);
    }
};

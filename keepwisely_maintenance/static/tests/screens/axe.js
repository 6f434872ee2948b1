/* Opens one screen after the other and lets axe-core look at each: `odoo.maintenanceAxe(screens, native, thumb)`.
   A screen is {name, action, options?, wait?}; `native` are selectors of what is Odoo's own, not ours to change.
   With `thumb` what is tapped has to be that many pixels high and wide. Ends with "axe succeeded" or one console error. */
import { settle } from "./walk";

const RULES = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };

/** Colours are looked at when they stand still: what fades in is pale at first, and it begins with the next frame. */
async function stand() {
    let moving;
    do {
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        moving = document
            .getAnimations()
            .filter(({ effect, playState }) => playState === "running" && effect?.getTiming().iterations !== Infinity);
        await Promise.all(moving.map(({ finished }) => finished.catch(() => {})));
    } while (moving.length);
}

/** What axe-core finds in `root`, without what is native. */
odoo.maintenanceAxeFind = async function (root, native, name) {
    await stand();
    const { violations } = await window.axe.run(
        { include: [[root]], exclude: native.map((selector) => [selector]) },
        { runOnly: RULES, resultTypes: ["violations"] }
    );
    return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, any }) => `${name}: ${id}: ${html.slice(0, 160)} ${any[0]?.data?.contrastRatio || ""}`)
    );
};

function findSmall(native, thumb, name) {
    const found = [];
    for (const element of document.querySelectorAll(".o_content button, .o_content .btn, .modal-footer .btn")) {
        const { width, height } = element.getBoundingClientRect();
        if (width && height && !element.closest(native.join()) && Math.min(width, height) < thumb - 0.5) {
            const words = element.getAttribute("name") || element.textContent.trim();
            found.push(`${name}: ${words} is ${Math.round(width)} × ${Math.round(height)} px`);
        }
    }
    return found;
}

odoo.maintenanceAxe = async function (screens, native, thumb) {
    const { action, dialog } = odoo.__WOWL_DEBUG__.root.env.services;
    const faults = [];
    for (const screen of screens) {
        await action.doAction(screen.action, { clearBreadcrumbs: true, ...(screen.options || {}) });
        await settle();
        for (let tries = 0; tries < 600 && screen.wait && !document.querySelector(screen.wait); tries++) {
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        if (screen.wait && !document.querySelector(screen.wait)) {
            faults.push(`${screen.name}: shows no ${screen.wait}`);
        }
        const root = document.querySelector(".modal-content") ? ".modal-content" : ".o_action_manager";
        faults.push(...(await odoo.maintenanceAxeFind(root, native, screen.name)));
        if (thumb) {
            faults.push(...findSmall(native, thumb, screen.name));
        }
        dialog.closeAll();
        for (const discard of document.querySelectorAll(".o_form_button_cancel")) {
            discard.click();
        }
        await settle();
    }
    if (faults.length) {
        console.error(`${faults.length} faults on ${screens.length} screens:\n${[...new Set(faults)].join("\n")}`);
    } else {
        console.log("axe succeeded");
    }
};

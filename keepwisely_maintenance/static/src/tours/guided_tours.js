import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { redirect } from "@web/core/utils/urls";
import { tourState } from "@web_tour/js/tour_state";
import { stepUtils } from "@web_tour/tour_utils";

/*
 * Guided tours of the roles, in Odoo's own tour manager. Each is in the menu of the user for whoever has the menu entry
 * that it needs, and begins there on its own screen. Odoo's onboarding begins it as well; then the leading steps show the
 * way from the menu of apps.
 *
 * By hand, Odoo waits for a click on any of the elements that a trigger lists, points at the first that is visible, and
 * looks at `isActive` at the moment of the click before, with the screen as it still is. The tests look at it after the
 * click. So a selector of `isActive` has to say the same on both screens. Steps without `run` are for the tests alone.
 */

/** The way from the menu of apps to an entry of the app, at a desk. */
export function leadTo(app, appContent, entry, content, section) {
    const find = (xmlid) => `.o-dropdown--menu [data-menu-xmlid='${xmlid}'], .o_menu_sections [data-menu-xmlid='${xmlid}']`;
    const step = (xmlid, said) => ({
        isActive: ["desktop"],
        trigger: find(xmlid),
        content: said,
        tooltipPosition: "bottom",
        run: "click",
    });
    const steps = stepUtils.goToAppSteps(app, appContent).map((one) => ({
        ...one,
        isActive: [...one.isActive.filter((key) => key !== "desktop"), "desktop"],
    }));
    return [...steps, ...(section ? [step(section, content), step(entry, content)] : [step(entry, content)])];
}

/** An entry of the menu of the app that is open. */
export function openMenu(section, entry, content) {
    return [
        {
            trigger: `.o_menu_sections [data-menu-xmlid='${section}']`,
            content,
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: `.o-dropdown--menu [data-menu-xmlid='${entry}']`,
            content,
            tooltipPosition: "right",
            run: "click",
        },
    ];
}

/** Choosing from the list below a field; by hand any of its entries will do. */
export function choose(field, content, tooltipPosition = "top") {
    const trigger = `${field} input`;
    return [
        { isActive: ["manual"], trigger, content, tooltipPosition, run: "edit" },
        { isActive: ["auto"], trigger, run: "click" },
        {
            isActive: ["auto"],
            trigger: `${field} .o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):not(:has(.o_loading))`,
            run: "click",
        },
    ];
}

async function begin(env, name) {
    const message = await env.services.orm.call("web_tour.tour", "maintenance_begin_tour", [name]);
    if (!message) {
        return;
    }
    const { url, leading } = registry.category("keepwisely_guided_tours").get(name);
    tourState.clear();
    tourState.setCurrentTour(name);
    tourState.setCurrentConfig({ mode: "manual", redirect: false, rainbowManMessage: message });
    tourState.setCurrentIndex(leading().length);
    // loaded anew, so that no other tour goes on beside it
    redirect(url);
    if (browser.location.pathname === url) {
        browser.location.reload();
    }
}

/**
 * @param {string} name of the tour; a `web_tour.tour` says whose it is
 * @param {() => string} label what the menu of the user calls it
 * @param {string} menu the entry without which it does not begin
 * @param {string} url the screen it begins on
 * @param {boolean} onPhone whether it fits a phone as well
 * @param {() => Object[]} leading steps from the menu of apps to that screen
 * @param {() => Object[]} steps
 */
export function addGuidedTour(name, { label, menu, url, onPhone = false, leading, steps }) {
    registry.category("keepwisely_guided_tours").add(name, { url, leading });
    registry.category("web_tour.tours").add(name, { url: "/odoo", steps: () => [...leading(), ...steps()] });
    registry.category("user_menuitems").add(name, (env) => ({
        type: "item",
        id: name,
        description: label(),
        callback: () => begin(env, name),
        show: () => (onPhone || !env.isSmall) && env.services.menu.getAll().some(({ xmlid }) => xmlid === menu),
        sequence: 25,
    }));
}

/** A button of a screen begins one: `params` of the action name it. */
registry.category("actions").add("keepwisely_guided_tour", (env, action) => begin(env, action.params.tour));

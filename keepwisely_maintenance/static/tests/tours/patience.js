import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";

/*
 * A step that Odoo would give up after ten seconds gets a minute where a tour of ours is played by a test: a machine that
 * has other work, too, is slow, and that is not wrong.
 */
const PATIENCE = 60000;

patch(registry.category("web_tour.tours"), {
    get(name, ...standard) {
        const tour = super.get(name, ...standard);
        if (!name.startsWith("keepwisely_") || !tour) {
            return tour;
        }
        return { ...tour, steps: () => tour.steps().map((step) => ({ timeout: PATIENCE, ...step })) };
    },
});

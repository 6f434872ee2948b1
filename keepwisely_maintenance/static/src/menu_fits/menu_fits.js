import { useEffect } from "@odoo/owl";
import { NavBar } from "@web/webclient/navbar/navbar";
import { patch } from "@web/core/utils/patch";

/*
 * The menu folds what has no room, natively when it is drawn or the window changes. What stands on its right grows
 * later, by the numbers of messages and to-dos, and would cover the last entry.
 */
patch(NavBar.prototype, {
    setup() {
        super.setup();
        useEffect(
            () => {
                const right = this.root.el?.querySelector(".o_menu_systray");
                const observer = new ResizeObserver(() => this.adapt());
                right && observer.observe(right);
                return () => observer.disconnect();
            },
            () => []
        );
    },
});

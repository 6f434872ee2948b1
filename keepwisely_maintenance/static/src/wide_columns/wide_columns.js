import { patch } from "@web/core/utils/patch";
import { ListRenderer } from "@web/views/list/list_renderer";

/** From this width on a list has room for all that it shows. */
const WIDE = 1200;

/*
 * In a narrower window names come first: optional columns of the class "o_keepwisely_wide" are off, until somebody
 * chooses the columns of the list.
 */
patch(ListRenderer.prototype, {
    computeOptionalActiveFields() {
        const active = super.computeOptionalActiveFields();
        if (window.innerWidth < WIDE && localStorage.getItem(this.keyOptionalFields) === null) {
            for (const column of this.allColumns) {
                if (column.optional && column.className?.includes("o_keepwisely_wide")) {
                    active[column.name] = false;
                }
            }
        }
        return active;
    },
});

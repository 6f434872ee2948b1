import { registry } from "@web/core/registry";
import { BadgeSelectionField, badgeSelectionField } from "@web/views/fields/badge_selection/badge_selection_field";

/* A few values at one tap or key: natively they are words that neither the keyboard reaches nor a screen reader calls a button. */
export class ChipsField extends BadgeSelectionField {
    static template = "keepwisely_maintenance.ChipsField";
}

registry.category("fields").add("keepwisely_chips", { ...badgeSelectionField, component: ChipsField });

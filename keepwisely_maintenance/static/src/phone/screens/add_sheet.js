import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Sheet } from "../parts/sheet";

const CHOICES = [
    ["photo", "fa-camera", () => _t("Photo")],
    ["note", "fa-comment-o", () => _t("Note")],
    ["part_used", "fa-cube", () => _t("Part used")],
    ["part_asked", "fa-cart-plus", () => _t("Ask for a part")],
    ["hours", "fa-hourglass-half", () => _t("Hours")],
    ["failure", "fa-bolt", () => _t("What failed")],
    ["signature", "fa-pencil", () => _t("Signature")],
];

/** What can be added to this job. */
export class AddSheet extends Component {
    static template = "keepwisely_maintenance.PhoneAdd";
    static components = { Sheet };
    static props = { job: Object, close: Function, choose: Function };

    get choices() {
        return CHOICES.filter(([name]) => this.props.job.can.includes(name)).map(([name, icon, label]) => ({
            name,
            icon,
            label: label(),
        }));
    }
}

import { Component, onMounted, useRef } from "@odoo/owl";

/** A dialog that comes from below, where the thumb is. The browser's own element holds focus, Escape and the rest. */
export class Sheet extends Component {
    static template = "keepwisely_maintenance.PhoneSheet";
    static props = { title: String, close: Function, slots: Object };

    setup() {
        this.dialog = useRef("dialog");
        onMounted(() => this.dialog.el.showModal());
    }

    onClick(ev) {
        // beside it
        if (ev.target === this.dialog.el) {
            this.props.close();
        }
    }
}

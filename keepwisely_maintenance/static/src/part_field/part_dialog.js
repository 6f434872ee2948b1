import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useAutofocus } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

/*
 * Choosing a part: what it is called, how many there are and where. Natively a phone opens the cards of all products, with
 * their sales prices, and a search behind two taps.
 */
export class PartDialog extends Component {
    static template = "keepwisely_maintenance.PartDialog";
    static components = { Dialog };
    static props = {
        find: Function,
        choose: Function,
        askForOneOff: Function,
        create: { type: Function, optional: true },
        text: { type: String, optional: true },
        close: Function,
    };
    static defaultProps = { text: "" };

    setup() {
        this.state = useState({ text: this.props.text, parts: [], more: false, found: "" });
        this.keepLast = new KeepLast();
        this.findSoon = useDebounced(() => this.find(), 250);
        useAutofocus({ refName: "search" }); // not where a keyboard would cover the list
        onWillStart(() => this.find());
    }

    get notFound() {
        return _t("No part is called “%s”. Ask for it as a one-off: the buyers order it for this job.", this.state.found);
    }

    get askFor() {
        return _t("Ask for “%s”", this.state.found);
    }

    async find() {
        const text = this.state.text.trim();
        const { parts, more } = await this.keepLast.add(this.props.find(text));
        Object.assign(this.state, { parts, more, found: text });
    }

    /** Scanners and keyboards end with Enter. */
    async onEnter() {
        this.findSoon.cancel();
        await this.find();
        if (this.state.parts.length === 1) {
            this.choose(this.state.parts[0]);
        }
    }

    choose(part) {
        this.props.close();
        this.props.choose(part);
    }

    askForOneOff() {
        this.props.close();
        this.props.askForOneOff(this.state.text.trim());
    }

    create() {
        this.props.close();
        this.props.create(this.state.text.trim());
    }
}

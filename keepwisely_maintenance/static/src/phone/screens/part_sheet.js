import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { parseNumber } from "../clock";
import { CodeScanner } from "../parts/code_scanner";
import { findByCode } from "../parts/find_code";
import { Sheet } from "../parts/sheet";
import { say } from "../words";

const MOST = 20;

/** A part that was used or is asked for: from the job's list, by search or by scan. */
export class PartSheet extends Component {
    static template = "keepwisely_maintenance.PhonePart";
    static components = { CodeScanner, Sheet };
    static props = { job: Object, close: Function, save: Function, use: Boolean, part: { type: [Object, { value: null }], optional: true } };

    setup() {
        const { part } = this.props;
        this.state = useState({ text: "", chosen: part || null, quantity: "1", lot: "", isScanning: false, unknown: "" });
        this.say = say;
        if (part) {
            this.choose(part);
        }
    }

    get title() {
        return this.props.use ? _t("Part used") : _t("Ask for a part");
    }
    get found() {
        const words = this.state.text.toLowerCase().split(/\s+/).filter(Boolean);
        const own = this.props.use ? this.props.job.parts.filter(({ product }) => product) : [];
        const ids = new Set(own.map(({ product }) => product));
        const others = (this.env.work.lists.products || []).filter(({ id }) => !ids.has(id));
        const all = [...own, ...(words.length || !own.length ? others : [])];
        const text = ({ name, code, barcode, shelf }) => [name, code, barcode, shelf].join(" ").toLowerCase();
        return all.filter((part) => words.every((word) => text(part).includes(word))).slice(0, MOST);
    }
    get quantity() {
        return parseNumber(this.state.quantity);
    }

    get needsLot() {
        const { chosen } = this.state;
        return this.props.use && Boolean(chosen) && chosen.tracking !== "none";
    }
    get mayDrop() {
        const { part, job } = this.props;
        return Boolean(part) && typeof part.id === "number" && Boolean(part.product) && !part.used && job.can.includes("part_dropped");
    }

    drop() {
        const { part } = this.props;
        this.props.save("part_dropped", { move: part.id }, { label: part.name });
        this.props.close();
    }

    step(by) {
        this.state.quantity = String(Math.max(1, (this.quantity || 0) + by));
    }

    choose(part) {
        const left = this.props.use && part ? Math.max(0, (part.asked || 0) - (part.used || 0)) : 0;
        Object.assign(this.state, { chosen: part, unknown: "", quantity: String(left || 1) });
    }

    async onCode(code) {
        this.state.isScanning = false;
        const { product } = await findByCode(code, this.env.work.lists);
        const own = product && this.props.job.parts.find((part) => part.product === product.id);
        product ? this.choose(own || product) : (this.state.unknown = code);
    }

    save() {
        const { chosen, lot, text } = this.state;
        const { quantity } = this;
        const product = chosen ? chosen.product || chosen.id : null;
        if (this.props.use) {
            const move = chosen.product && typeof chosen.id === "number" ? chosen.id : null;
            this.props.save("part_used", { move, product, quantity, lot: lot.trim() || null }, { label: chosen.name });
        } else {
            this.props.save("part_asked", { product, text: product ? "" : text.trim(), quantity }, { label: chosen?.name });
        }
        this.props.close();
    }
}

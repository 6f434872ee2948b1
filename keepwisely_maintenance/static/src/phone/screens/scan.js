import { Component, useEffect, useState } from "@odoo/owl";
import { CodeScanner } from "../parts/code_scanner";
import { findByCode } from "../parts/find_code";
import { JobCard } from "../parts/job_card";
import { say } from "../words";
import { PartSheet } from "./part_sheet";

/** A label of an asset leads to its jobs, a part to its shelf and to the job that runs. */
export class ScanScreen extends Component {
    static template = "keepwisely_maintenance.PhoneScan";
    static components = { CodeScanner, JobCard, PartSheet };
    static props = { code: { type: String, optional: true }, go: Function };

    setup() {
        this.work = useState(this.env.work);
        this.state = useState({ code: "", asset: null, product: null, isUsing: false });
        this.say = say;
        // a label that was scanned before the page was open; the lists come from the device a moment later
        useEffect(
            (lists) => void (this.props.code && lists && !this.state.asset && this.onCode(decodeURIComponent(this.props.code))),
            () => [this.work.lists.assets]
        );
    }

    async onCode(code) {
        const { asset = null, product = null } = await findByCode(code, this.work.lists);
        Object.assign(this.state, { code: code.trim(), asset, product });
        if (asset && this.jobs.length === 1) {
            this.props.go(`#job=${this.jobs[0].id}`);
        }
    }

    get jobs() {
        return this.work.shown.filter(({ asset, isDone }) => !isDone && asset?.id === this.state.asset?.id);
    }
    get running() {
        return this.work.shown.find(({ running, can }) => running && can.includes("part_used"));
    }

    again() {
        Object.assign(this.state, { code: "", asset: null, product: null });
    }
}

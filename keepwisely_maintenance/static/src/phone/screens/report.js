import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { CodeScanner } from "../parts/code_scanner";
import { findByCode } from "../parts/find_code";
import { scalePhoto } from "../store/photo";
import { say } from "../words";

const MOST = 8;

/** Tell of a problem: what, where, how urgent, with photos. */
export class ReportScreen extends Component {
    static template = "keepwisely_maintenance.PhoneReport";
    static components = { CodeScanner };
    static props = { asset: { type: String, optional: true }, go: Function };

    setup() {
        this.work = useState(this.env.work);
        this.state = useState({ asset: null, search: "", title: "", text: "", priority: "1", isDown: false, photos: [], isScanning: false, unknown: "", isSending: false });
        this.file = useRef("file");
        this.say = say;
        // the lists come from the device a moment later
        useEffect(
            (assets = []) => {
                const asset = assets.find(({ id }) => `${id}` === this.props.asset);
                asset && !this.state.asset && this.choose(asset);
            },
            () => [this.work.lists.assets]
        );
        this.priorities = [
            ["0", _t("Can wait")],
            ["1", _t("Normal")],
            ["2", _t("Urgent")],
            ["3", _t("Emergency")],
        ];
    }

    get found() {
        const words = this.state.search.toLowerCase().split(/\s+/).filter(Boolean);
        const text = ({ name, code, place }) => [name, code, place].join(" ").toLowerCase();
        const all = words.length ? this.work.lists.assets || [] : [];
        return all.filter((asset) => words.every((word) => text(asset).includes(word))).slice(0, MOST);
    }

    choose(asset) {
        Object.assign(this.state, { asset, search: "", unknown: "" });
    }

    async onCode(code) {
        const { asset } = await findByCode(code, this.work.lists);
        this.state.isScanning = false;
        asset ? this.choose(asset) : (this.state.unknown = code);
    }

    async onFiles(ev) {
        const files = [...ev.target.files];
        ev.target.value = "";
        for (const file of files) {
            try {
                const photo = await scalePhoto(file, this.work.rules.photo_px);
                this.state.photos.push({ ...photo, url: URL.createObjectURL(new Blob([photo.bytes], { type: "image/jpeg" })) });
            } catch {
                this.work.tell(_t("This file is no picture that the phone can read."));
            }
        }
    }

    async send() {
        const { asset, title, text, priority, isDown, photos } = this.state;
        this.state.isSending = true; // one tap is one report
        const values = { asset: asset?.id || null, title: title.trim(), text: text.trim(), priority, status: isDown ? "down" : null };
        const { id, saved } = this.work.report(values);
        const job = { report: id, name: values.title, version: null };
        for (const { bytes, values: photo } of photos) {
            await this.work.act("photo", { task: null, ...photo }, job, { photo: bytes });
        }
        if (!(await saved)) {
            this.state.isSending = false;
            return; // what is wrong was said; what was entered stays here
        }
        this.work.tell(this.work.hasSignal ? _t("Reported.") : _t("Reported; it is sent with the next signal."));
        this.props.go("#today");
    }
}

import { Component, markup, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatDay, formatMoment, toDate } from "../clock";
import { isAnswered } from "../parts/job_card";
import { Photos } from "../parts/photos";
import { openDocument } from "../store/documents";
import { scalePhoto } from "../store/photo";
import { formatHours, formatQuantity, say } from "../words";
import { AddSheet } from "./add_sheet";
import { CompleteSheet, HoursSheet, NoteSheet, ReadingSheet, FailureSheet } from "./job_sheets";
import { PartSheet } from "./part_sheet";
import { SignatureSheet } from "../parts/signature";
import { TaskRow } from "./task";

/** One job from start to end. */
export class JobScreen extends Component {
    static template = "keepwisely_maintenance.PhoneJob";
    static components = {
        AddSheet, CompleteSheet, FailureSheet, HoursSheet, NoteSheet, PartSheet, Photos, ReadingSheet, SignatureSheet, TaskRow,
    };
    static props = { id: String, go: Function };

    setup() {
        this.work = useState(this.env.work);
        this.state = useState({ sheet: null, given: null, tick: 0 });
        this.file = useRef("file");
        this.formatDay = formatDay;
        this.formatMoment = formatMoment;
        this.formatHours = formatHours;
        this.formatQuantity = formatQuantity;
        this.say = say;
        const timer = setInterval(() => this.state.tick++, 30000);
        onWillUnmount(() => clearInterval(timer));
    }

    get job() {
        return this.work.findJob(this.props.id);
    }

    get isNumber() {
        return Number(this.props.id) > 0;
    }

    may(name) {
        return this.job.can.includes(name);
    }
    get canAnswer() {
        return this.may("task");
    }
    get mayAdd() {
        return ["note", "photo", "hours", "part_used", "part_asked", "failure", "signature"].some((name) => this.may(name));
    }
    get instructions() {
        // cleaned by the server, as everywhere in Odoo
        return markup(this.job.instructions || "");
    }
    get answered() {
        return this.job.tasks.filter(isAnswered).length;
    }
    get spent() {
        const { running, timer_since: since, hours } = this.job;
        const now = running && since ? (Date.now() - toDate(since)) / 3600000 : 0;
        return (hours || 0) + Math.max(0, now) + 0 * this.state.tick;
    }
    get problem() {
        const named = ({ id }) => Object.values(this.job.failure).includes(id);
        return (this.work.lists.failure_codes || []).filter(named).map(({ name }) => name).join(" · ");
    }
    get others() {
        const { user } = this.work;
        return this.job.working.filter(({ id }) => id !== user.partner);
    }
    get place() {
        const { asset, place } = this.job;
        return [place, asset?.place].filter((found, index, all) => found && all.indexOf(found) === index).join(" · ");
    }
    get due() {
        return _t("Due %s", formatDay(this.job.deadline));
    }
    get people() {
        return this.job.technicians.map(({ name }) => name).join(", ");
    }

    open(sheet, given = null) {
        Object.assign(this.state, { sheet, given });
    }
    close() {
        this.open(null);
    }

    act(kind, values, words) {
        return this.work.act(kind, values, this.job, { words });
    }

    async takePhotos(files, task = null) {
        const job = this.job;
        for (const file of files) {
            try {
                const { bytes, values } = await scalePhoto(file, this.work.rules.photo_px);
                const words = { label: task?.name || "" };
                await this.work.act("photo", { task: task?.id || null, ...values }, job, { photo: bytes, words });
            } catch {
                this.work.tell(_t("This file is no picture that the phone can read."));
            }
        }
    }

    onFiles(ev) {
        this.takePhotos([...ev.target.files]);
        ev.target.value = "";
    }

    choose(name) {
        if (name === "photo") {
            this.close();
            this.file.el.click();
        } else {
            this.open(name);
        }
    }

    async complete() {
        await this.act("complete");
        this.props.go("#today");
        this.work.tell(this.work.hasSignal ? _t("Completed.") : _t("Completed; it is sent with the next signal."));
    }

    async openDocument(doc) {
        const tab = window.open("", "_blank");
        try {
            const url = URL.createObjectURL(await openDocument(this.work.vault, doc));
            tab ? (tab.location = url) : (location.href = url);
            setTimeout(() => URL.revokeObjectURL(url), 60000);
        } catch {
            tab?.close();
            this.work.tell(_t("This document is not on the phone yet; it opens with a signal."));
        }
    }
}

import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { parseNumber } from "../clock";
import { isAnswered } from "../parts/job_card";
import { SignatureSheet } from "../parts/signature";
import { formatAnswer, formatLimits, isOutside } from "../words";

/** A step of the job and its answer, each with the widget of its kind. */
export class TaskRow extends Component {
    static template = "keepwisely_maintenance.PhoneTask";
    static components = { SignatureSheet };
    static props = { task: Object, job: Object, canAnswer: Boolean, photo: Function, note: Function };

    setup() {
        this.file = useRef("file");
        this.state = useState({ isSigning: false, error: "" });
    }

    get isDone() {
        return isAnswered(this.props.task);
    }
    get limits() {
        return this.props.task.kind === "number" ? formatLimits(this.props.task) : "";
    }
    get isFailed() {
        const { kind, answer } = this.props.task;
        return answer === "fail" || (kind === "number" && typeof answer === "number" && isOutside(this.props.task, answer));
    }
    get number() {
        const { answer } = this.props.task;
        return typeof answer === "number" ? String(answer) : "";
    }

    answer(value) {
        const { task, job } = this.props;
        this.state.error = "";
        const words = { label: task.name, shown: formatAnswer({ ...task, answer: value }) };
        return this.env.work.act("task", { task: task.id, answer: value, note: task.note || null }, job, { words });
    }

    tick() {
        return this.answer(!this.isDone);
    }

    onNumber(ev) {
        const text = ev.target.value;
        const value = parseNumber(text);
        if (text.trim() && value === null) {
            this.state.error = _t("Type a number, such as 3.5.");
        } else if (value !== (this.number ? Number(this.number) : null)) {
            this.answer(value);
        }
    }

    onText(ev) {
        const text = ev.target.value.trim();
        if (text !== (this.props.task.answer || "")) {
            this.answer(text || null);
        }
    }

    onFile(ev) {
        this.props.photo([...ev.target.files], this.props.task);
        ev.target.value = "";
    }

    sign(values) {
        const { task, job } = this.props;
        this.env.work.act("signature", { task: task.id, ...values }, job, { words: { label: task.name } });
    }
}

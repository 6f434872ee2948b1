import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatMoment, parseNumber, today } from "../clock";
import { isAnswered } from "../parts/job_card";
import { Sheet } from "../parts/sheet";
import { formatQuantity } from "../words";

export class NoteSheet extends Component {
    static template = "keepwisely_maintenance.PhoneNote";
    static components = { Sheet };
    static props = { close: Function, save: Function, text: { type: String, optional: true } };

    setup() {
        this.state = useState({ text: this.props.text || "" });
    }

    save() {
        this.props.save(this.state.text.trim());
        this.props.close();
    }
}

/** Time that was not taken with start and pause. */
export class HoursSheet extends Component {
    static template = "keepwisely_maintenance.PhoneHours";
    static components = { Sheet };
    static props = { close: Function, save: Function };

    setup() {
        this.state = useState({ minutes: 0, day: today(), note: "" });
        this.today = today();
        this.steps = [5, 15, 30, 60];
    }

    get shown() {
        const { minutes } = this.state;
        return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
    }

    save() {
        const { minutes, day, note } = this.state;
        this.props.save({ minutes, work_date: day, note: note.trim() });
        this.props.close();
    }
}

export class ReadingSheet extends Component {
    static template = "keepwisely_maintenance.PhoneReading";
    static components = { Sheet };
    static props = { meter: Object, close: Function, save: Function };

    setup() {
        this.state = useState({ text: "" });
        this.formatMoment = formatMoment;
        this.formatQuantity = formatQuantity;
    }

    get value() {
        return parseNumber(this.state.text);
    }

    save() {
        const { meter } = this.props;
        this.props.save({ meter: meter.id, value: this.value }, { label: `${meter.name}: ${formatQuantity(this.value, meter.unit)}` });
        this.props.close();
    }
}

/** What failed, why, what helped, and what was done in words. */
class FailureFields extends Component {
    static template = "keepwisely_maintenance.PhoneFailureFields";
    static props = { state: Object, job: Object };

    setup() {
        this.state = useState(this.props.state);
        this.kinds = [
            ["problem", "failure", _t("What failed")],
            ["cause", "cause", _t("Why")],
            ["remedy", "remedy", _t("What helped")],
        ];
    }

    codesOf(kind) {
        const category = this.props.job.asset?.category;
        const fits = ({ categories }) => !categories?.length || !category || categories.includes(category);
        return (this.env.work.lists.failure_codes || []).filter((code) => code.kind === kind && fits(code));
    }
}

const failureOf = ({ failure }) => ({
    problem: failure.problem || null,
    cause: failure.cause || null,
    remedy: failure.remedy || null,
    text: failure.text || "",
});

export class FailureSheet extends Component {
    static template = "keepwisely_maintenance.PhoneFailure";
    static components = { FailureFields, Sheet };
    static props = { job: Object, close: Function, save: Function };

    setup() {
        this.state = useState(failureOf(this.props.job));
    }

    save() {
        this.props.save({ ...this.state });
        this.props.close();
    }
}

/** What is still missing, what failed, and the end. */
export class CompleteSheet extends Component {
    static template = "keepwisely_maintenance.PhoneComplete";
    static components = { FailureFields, Sheet };
    static props = { job: Object, close: Function, complete: Function, fail: Function };

    setup() {
        this.before = JSON.stringify(failureOf(this.props.job));
        this.state = useState(failureOf(this.props.job));
    }

    get missing() {
        return this.props.job.tasks.filter((task) => task.required && !isAnswered(task));
    }
    get isFailureDue() {
        return this.props.job.failure.required && !this.state.problem;
    }

    complete() {
        if (JSON.stringify({ ...this.state }) !== this.before) {
            this.props.fail({ ...this.state });
        }
        this.props.close();
        this.props.complete();
    }
}

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatDay, formatTime, today, dayOf } from "../clock";

/** What, where, how urgent, whether the parts are here: one tap opens it. */
export class JobCard extends Component {
    static template = "keepwisely_maintenance.PhoneJobCard";
    static props = { job: Object };

    get where() {
        const { asset, place } = this.props.job;
        return [asset?.name, asset?.place || place].filter(Boolean).join(" · ");
    }
    get when() {
        const { planned } = this.props.job;
        return planned && planned.length > 10 && dayOf(planned) === today() ? formatTime(planned) : "";
    }
    get late() {
        const { deadline, isDone } = this.props.job;
        return !isDone && deadline && dayOf(deadline) < today() ? _t("Due %s", formatDay(deadline)) : "";
    }
    get stars() {
        return Number(this.props.job.priority) || 0;
    }
    get starsText() {
        return _t("Priority %s of 3", this.stars);
    }
    get tasks() {
        const { tasks } = this.props.job;
        return tasks.length ? `${tasks.filter(isAnswered).length}/${tasks.length}` : "";
    }
    get missing() {
        return this.props.job.parts.filter(({ asked, here, used }) => asked > (here || 0) + (used || 0)).length;
    }
    get missingText() {
        return this.missing === 1 ? _t("1 part missing") : _t("%s parts missing", this.missing);
    }
}

export const isAnswered = ({ answer }) => answer !== null && answer !== undefined && answer !== false && answer !== "";

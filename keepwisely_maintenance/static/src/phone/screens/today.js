import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { dayOf, formatDay, today } from "../clock";
import { JobCard } from "../parts/job_card";

const tomorrow = () => dayOf(new Date(Date.now() + 86400000).toISOString().slice(0, 19).replace("T", " "));

/** My jobs by day, and below what my teams could take. */
export class TodayScreen extends Component {
    static template = "keepwisely_maintenance.PhoneToday";
    static components = { JobCard };
    static props = {};

    setup() {
        this.work = useState(this.env.work);
    }

    get groups() {
        const groups = new Map();
        const put = (key, title, job) => {
            groups.has(key) || groups.set(key, { key, title, jobs: [] });
            groups.get(key).jobs.push(job);
        };
        for (const job of this.work.shown) {
            if (job.running) {
                put("0", _t("Timer runs"), job);
            } else if (job.isDone) {
                put("y", _t("Completed"), job);
            } else if (job.mine) {
                this._putByDay(job, put);
            }
        }
        const sorted = [...groups.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
        sorted.forEach(({ jobs }) => jobs.sort(byUrgency));
        return sorted;
    }

    _putByDay(job, put) {
        const day = job.planned && dayOf(job.planned);
        if (!day) {
            put("x", _t("Without a day"), job);
        } else if (day < today()) {
            put("1", _t("From earlier days"), job);
        } else if (day === today()) {
            put("2", _t("Today"), job);
        } else {
            put(`3${day}`, day === tomorrow() ? _t("Tomorrow") : formatDay(job.planned), job);
        }
    }

    get pool() {
        return this.work.shown.filter(({ mine, pool, running, isDone }) => pool && !mine && !running && !isDone).sort(byUrgency);
    }
}

/** The more urgent first, then the earlier. */
function byUrgency(one, other) {
    const priority = (Number(other.priority) || 0) - (Number(one.priority) || 0);
    return priority || `${one.planned || "9"}`.localeCompare(`${other.planned || "9"}`);
}

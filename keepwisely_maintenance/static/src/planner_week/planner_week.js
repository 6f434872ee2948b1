import { Component, onWillStart, useEffect, useExternalListener, useRef, useState } from "@odoo/owl";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { useSortable } from "@web/core/utils/sortable_owl";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloatTime } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "maintenance.request";

/**
 * The planner's week: technicians by day with their load against their hours, and beside it the jobs
 * without a date. A job is dragged to somebody's day, or taken in hand (click, tap, Enter) and then put
 * there. On a phone one day is shown at a time.
 */
export class PlannerWeek extends Component {
    static template = "keepwisely_maintenance.PlannerWeek";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.root = useRef("root");
        this.display = { controlPanel: {} };
        const { day, teamId } = this.props.state || {};
        // `held` is the job in hand, with the person it is taken from
        this.state = useState({ week: null, day, teamId: teamId || false, held: null, search: "", isUnfolded: false });
        useSetupAction({
            getLocalState: () => ({ day: this.state.day, teamId: this.state.teamId }),
        });
        onWillStart(() => this.load());
        useBus(useService("ui").bus, "resize", () => this.render());
        useExternalListener(window, "keydown", (ev) => {
            if (ev.key === "Escape" && this.state.held) {
                this.release();
            }
        });
        useSortable({
            ref: this.root,
            elements: ".o_kw_week_card",
            groups: ".o_kw_week_drop",
            connectGroups: true,
            cursor: "grabbing",
            followingElementClasses: ["shadow"],
            onDragStart: () => (this.state.held = null),
            onGroupEnter: ({ group }) => group.classList.add("o_kw_week_over"),
            onGroupLeave: ({ group }) => group.classList.remove("o_kw_week_over"),
            onDragEnd: () => {
                for (const group of this.root.el.querySelectorAll(".o_kw_week_over")) {
                    group.classList.remove("o_kw_week_over");
                }
            },
            onDrop: ({ element, group, parent }) => {
                if (parent && parent !== group) {
                    const [id, from] = [element.dataset.id, element.dataset.person].map(Number);
                    this.plan(id, from, Number(parent.dataset.person), parent.dataset.day);
                }
            },
        });
        // the keyboard goes on where the job has gone
        useEffect(
            (id) => {
                id && this.root.el.querySelector(`.o_kw_week_card[data-id="${id}"]`)?.focus();
            },
            () => [this.placed]
        );
    }

    async load() {
        const { day, teamId } = this.state;
        this.state.week = await this.orm.call(MODEL, "maintenance_get_week", [day, teamId]);
        const { days, today } = this.state.week;
        if (!days.includes(day)) {
            this.state.day = days.includes(today) ? today : days[0];
        }
    }

    // -- What is shown ---------------------------------------------------------------------------

    get days() {
        const { days, rows } = this.state.week;
        return days
            .map((day, index) => ({
                day,
                index,
                name: this.shortDay(day),
                weekday: deserializeDate(day).toLocaleString({ weekday: "short" }),
                date: deserializeDate(day).toLocaleString({ day: "numeric", month: "short" }),
                // nobody works, and nothing is planned
                isOff: rows.every(({ cells }) => !cells[index].capacity && !cells[index].leave && !cells[index].jobs.length),
            }))
            .filter(({ day }) => !this.env.isSmall || day === this.state.day);
    }

    get columns() {
        const days = this.days.map(({ isOff }) => (isOff && !this.env.isSmall ? "44px" : "minmax(0, 1fr)"));
        return `grid-template-columns: ${this.env.isSmall ? "" : "var(--kw-week-name)"} ${days.join(" ")}`;
    }

    get title() {
        const [first, last] = [this.state.week.days[0], this.state.week.days[6]].map(deserializeDate);
        const isThisYear = last.hasSame(deserializeDate(this.state.week.today), "year");
        const format = { day: "numeric", month: "short", ...(isThisYear ? {} : { year: "numeric" }) };
        return `${first.toLocaleString(format)} – ${last.toLocaleString(format)}`;
    }

    /** Jobs beside the week: those that should have been done, and those without a date. */
    get beside() {
        const { late, undated, jobs } = this.state.week;
        const wanted = this.state.search.trim().toLowerCase();
        const find = (ids) =>
            ids
                .map((id) => jobs[id])
                .filter((job) =>
                    [job.reference, job.name, job.asset, job.names].some((text) => text.toLowerCase().includes(wanted))
                );
        return [
            { key: "late", name: _t("Late, to be planned again"), jobs: find(late) },
            { key: "undated", name: _t("Without a date"), jobs: find(undated), of: this.state.week.undated_count },
        ];
    }

    get toPlan() {
        return _t("Jobs to plan: %s", this.state.week.late.length + this.state.week.undated_count);
    }

    get toApprove() {
        return _t("%s to approve first", this.state.week.requested_count);
    }

    sayMore(count) {
        return _t("and %s more", count);
    }

    get hasTechnicians() {
        return this.state.week.rows.length > 1;
    }

    isOver(cell) {
        return cell.hours > cell.capacity + 0.01;
    }

    time(hours) {
        return formatFloatTime(hours);
    }

    get legend() {
        return _t("All expected hours on their days, done or not. Workload shows what is still to do.");
    }

    loadTitle(row, cell) {
        const values = { load: this.time(cell.hours), hours: this.time(cell.capacity), leave: this.time(cell.leave) };
        if (!row.id) {
            return _t("%(load)s planned for nobody yet", values);
        }
        return cell.leave > 0
            ? _t("%(load)s planned of %(hours)s, %(leave)s away", values)
            : _t("%(load)s planned of %(hours)s", values);
    }

    /** What is said of a job when it is pointed at or taken in hand. */
    describe(job) {
        const when = job.day ? `${this.shortDay(job.day)} ${job.time}` : _t("No date");
        const hours = job.hours ? _t("%s h", this.time(job.hours)) : "";
        return [job.asset, when, hours, job.names, job.state_label, job.parts].filter(Boolean).join(" · ");
    }

    placeTitle(row, { name }) {
        return _t("Plan for %(person)s on %(day)s", { person: row.name, day: name });
    }

    shortDay(day) {
        return deserializeDate(day).toLocaleString({ weekday: "short", day: "numeric", month: "short" });
    }

    dayTab(day) {
        return deserializeDate(day).toLocaleString({ weekday: "short", day: "numeric" });
    }

    // -- Another week, another team --------------------------------------------------------------

    shift(days) {
        const day = days
            ? deserializeDate(this.env.isSmall ? this.state.day : this.state.week.days[0]).plus({ days })
            : deserializeDate(this.state.week.today);
        this.state.day = serializeDate(day);
        return this.load();
    }

    pickTeam(ev) {
        this.state.teamId = Number(ev.target.value) || false;
        return this.load();
    }

    // -- Planning --------------------------------------------------------------------------------

    take(job, personId) {
        const { held } = this.state;
        this.placed = null;
        this.state.held = held?.job.id === job.id && held.personId === personId ? null : { job, personId };
        this.state.isUnfolded = false;
    }

    release() {
        this.state.held = null;
    }

    async put(personId, day) {
        const { held } = this.state;
        if (held) {
            await this.plan(held.job.id, held.personId, personId, day);
            this.placed = held.job.id;
            this.state.held = null;
        }
    }

    async plan(id, from, personId, day) {
        try {
            const warning = await this.orm.call(MODEL, "maintenance_plan_on", [[id], day || false, personId || false, from || false]);
            if (warning) {
                this.notification.add(warning, { type: "warning" });
            }
        } finally {
            await this.load();
        }
    }

    onCardKeydown(ev, job, personId) {
        if (["Enter", " "].includes(ev.key) && ev.target === ev.currentTarget) {
            ev.preventDefault();
            this.take(job, personId);
        }
    }

    /** Arrows go over the places where a job may be put, as in a table. */
    onPlaceKeydown(ev) {
        const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.days.length, ArrowDown: this.days.length };
        if (ev.key in steps) {
            const places = [...this.root.el.querySelectorAll(".o_kw_week_here")];
            ev.preventDefault();
            places[places.indexOf(ev.currentTarget) + steps[ev.key]]?.focus();
        }
    }

    // -- Records behind it -----------------------------------------------------------------------

    open(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openList(name, domain) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: MODEL,
            domain,
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    openPerson(row) {
        const ids = new Set(row.cells.flatMap(({ jobs }) => jobs.map(({ id }) => id)));
        return this.openList(row.name, [["id", "in", [...ids]]]);
    }

    openRequested() {
        const domain = [["state", "=", "requested"]];
        if (this.state.teamId) {
            domain.push(["maintenance_team_id", "=", this.state.teamId]);
        }
        return this.openList(_t("To approve"), domain);
    }

    openTeams() {
        return this.action.doAction("maintenance.maintenance_team_action_settings");
    }
}

registry.category("actions").add("keepwisely_planner_week", PlannerWeek);

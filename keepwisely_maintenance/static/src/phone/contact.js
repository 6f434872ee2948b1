import { markRaw } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { keepDocuments } from "./store/documents";
import { Sender } from "./store/sender";
import { askWhetherToWipe, endSession, fetchData, ServerError, SessionOverError } from "./store/server";
import { leaveOthers } from "./store/vault";

const LISTS = ["products", "assets", "failure_codes"];

/** Meeting the server: what is fetched, what is sent, and what comes of it where nobody is logged in any more. */
export class Contact {
    constructor(work) {
        this.work = work;
        return markRaw(this);
    }

    get queue() {
        return this.work.queue;
    }
    get vault() {
        return this.work.vault;
    }

    /** Whose work is sent from now on. */
    begin() {
        this.sender?.stop();
        this.sender = new Sender(this);
    }

    /** Fetch what changed, then send what waits. One at a time. */
    meet() {
        this.meeting ||= this._meet().finally(() => (this.meeting = null));
        return this.meeting;
    }

    async _meet() {
        if (await this.refresh()) {
            await this.sender.now();
            this._keepDocuments();
        }
    }

    /** @returns {Promise<boolean>} whether the server answered */
    refresh() {
        this.refreshing = (this.refreshing || Promise.resolve()).then(() => this._refresh());
        return this.refreshing;
    }

    async _refresh() {
        try {
            await this._fetch();
            return true;
        } catch (error) {
            if (error instanceof SessionOverError) {
                await this.onSessionOver();
            } else {
                this.onSignal(error);
            }
            return false;
        }
    }

    async _fetch() {
        const { work } = this;
        if (work.device.isLeaving) {
            await endSession(); // somebody logged out here without a signal
            work.device.clearMark();
            throw new SessionOverError();
        }
        // the server knows these; what it answers from now on has them in it
        const told = this.queue?.entries.filter(({ state, shown }) => state !== "waiting" && !shown).map(({ id }) => id);
        const stamp = work.phase === "ready" ? work.stamp || null : null;
        let answer = await fetchData(stamp);
        let isNew = !stamp;
        if (this.vault?.user !== answer.user.id) {
            isNew = true;
            await work.leave(); // another person logged in on this device
            await leaveOthers(work.database, answer.user.id).catch(() => {});
            await work.openVault(answer.user.id);
        }
        isNew = (await this.vault.accept(answer)) || isNew;
        if (isNew) {
            answer = stamp ? await fetchData(null) : answer;
            Object.assign(work, { jobs: markRaw([]), lists: {} });
            await this.queue.load(); // what the same person did before the last logout
        }
        await this._take(answer, told || []);
    }

    async _take(answer, told) {
        const { work } = this;
        Object.assign(this, { csrf: answer.csrf, lease: answer.lease });
        Object.assign(work, { hasSignal: true, isLoggedOut: false });
        const changed = new Set(answer.jobs.map(({ id }) => id));
        const gone = new Set(answer.gone);
        const busy = new Set(this.queue.waiting.map(({ job }) => job));
        const kept = work.jobs.filter(({ id }) => !changed.has(id) && (!gone.has(id) || busy.has(id)));
        const jobs = [...kept.map((job) => ({ ...job, gone: job.gone || gone.has(job.id) })), ...answer.jobs];
        const fresh = LISTS.filter((name) => answer[name]).map((name) => [name, answer[name]]);
        work.lists = markRaw({ ...work.lists, ...Object.fromEntries(fresh) });
        await this.queue.markShown(told);
        await this.queue.tidy(answer.rules.days_kept);
        const { user, rules, stamp, now: asOf } = answer;
        work.show({ user, rules, jobs, asOf, stamp });
        work.phase = "ready";
        await work.device.setUser(user.id);
        await this._keep();
        work.channel?.postMessage("data");
    }

    async _keep() {
        const { user, rules, jobs, lists, asOf, stamp } = this.work;
        const until = new Date(Date.now() + rules.days_kept * 86400000).toISOString();
        try {
            await this.vault.write("view", { user: { ...user }, rules: { ...rules }, jobs, asOf, stamp });
            await this.vault.write("lists", lists);
            await this.vault.db.put("state", "contact", { until, lease: this.lease });
        } catch (error) {
            this.work.tellFull(error, false);
        }
    }

    /** Bring documents here, in one go at a time. */
    _keepDocuments() {
        const { work, vault } = this;
        if (vault?.isKept && !navigator.connection?.saveData) {
            const isWanted = () => work.hasSignal && Boolean(this.vault);
            this.keeping ||= keepDocuments(vault, work.jobs, work.rules.document_mb, isWanted)
                .catch(() => {})
                .finally(() => (this.keeping = null));
        }
    }

    // -- What the sender tells ----------------------------------------------------------------

    async getCsrf() {
        if (!this.csrf) {
            await this.refresh();
        }
        return this.csrf;
    }

    onSent() {
        const { work } = this;
        work.hasSignal = true;
        const { length } = this.queue.toLookAt;
        if (length > work.lookedAt) {
            work.tell(_t("Something you did needs a look: see Sent."), true);
        }
        work.lookedAt = length;
        work.relay();
        work.channel?.postMessage("commands");
        this.refresh();
    }

    onSignal(error) {
        this.work.hasSignal = error instanceof ServerError;
        if (error instanceof ServerError) {
            this.work.tell(_t("The server could not take it now; it is tried again by itself."));
        } else if (!["ConnectionLostError", "TypeError", "TimeoutError", "Error"].includes(error.constructor.name)) {
            console.warn(error);
        }
    }

    /** Either the session ran out, and the same person goes on after a login; or this person may no longer have this. */
    async onSessionOver() {
        const { work } = this;
        work.hasSignal = true;
        if (this.vault) {
            const lease = (await this.vault.db.get("state", "contact"))?.lease;
            try {
                work.isLoggedOut = !(await askWhetherToWipe(this.vault.user, lease));
            } catch (error) {
                this.onSignal(error);
                return;
            }
        }
        if (!work.isLoggedOut || work.phase !== "ready") {
            await work.leave();
            work.phase = "over";
        }
    }
}

import { markRaw, reactive } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { now, setUser, toServer } from "./clock";
import { canLock } from "./store/crypto";
import { Device } from "./store/device";
import { keepDocuments } from "./store/documents";
import { layOver } from "./store/overlay";
import { isFull } from "./store/phone_db";
import { Queue } from "./store/queue";
import { Sender } from "./store/sender";
import { askWhetherToWipe, endSession, fetchData, ServerError, SessionOverError } from "./store/server";
import { leaveOthers, Vault } from "./store/vault";

const EVERY = 2 * 60000;
const LISTS = ["products", "assets", "failure_codes"];
const RULES = { days_kept: 7, document_mb: 5, photo_px: 1600 };

/** The person's work on this device: what is shown, and all that is done with it. */
export class Work {
    constructor(database) {
        this.database = database;
        this.device = markRaw(new Device(database));
        Object.assign(this, { user: null, rules: RULES, jobs: [], lists: {}, asOf: null, queue: null, shown: [] });
        // opening: nothing known yet; first: nobody's work is here; ready; over: the session ended
        this.phase = "opening";
        this.hasSignal = navigator.onLine;
        this.locked = 0;
        this.message = null;
        this.newer = false;
        this.isLoggedOut = false;
        this.lookedAt = 0;
        this.install = null; // where the browser offers it
        return reactive(this);
    }

    // -- Opening ------------------------------------------------------------------------------

    /** What is on the device is shown; the server is asked afterwards. */
    async open() {
        const { isLeft } = this.device;
        if (isLeft) {
            await leaveOthers(this.database, null).then(() => this.device.clearMark(), console.warn);
            await this.device.forget();
        }
        const user = isLeft ? null : await this.device.getUser();
        if (user) {
            await this._openVault(user);
        }
        this.phase = this.phase === "ready" ? "ready" : "first";
    }

    async _openVault(user) {
        this.vault = markRaw(new Vault(this.database, user));
        const hasKeys = await this.vault.open();
        this.queue = new Queue(this.vault, { onUnsaved: (error, isPhoto) => this._tellFull(error, isPhoto) });
        this.sender?.stop();
        this.sender = new Sender(this);
        this.channel?.close();
        this.channel = markRaw(new BroadcastChannel(this.vault.name));
        this.channel.onmessage = ({ data }) => this._hear(data);
        if (!hasKeys) {
            return;
        }
        const kept = await this.vault.db.get("state", "contact");
        if (!kept || new Date(kept.until) < new Date()) {
            // too long without a word from the server
            await this._leave();
            return;
        }
        const view = await this.vault.read("view");
        if (view) {
            await this.queue.load();
            this.lookedAt = this.queue.toLookAt.length;
            this._show(view);
            this.phase = "ready";
            this.vault.read("lists").then((lists) => {
                this.lists = markRaw(lists || {});
                this.relay();
            });
        }
    }

    _show({ user, rules, jobs, asOf, stamp }) {
        setUser(user);
        Object.assign(this, { user, rules, asOf, stamp, jobs: markRaw(jobs) });
        this.relay();
    }

    /** Lay what was done over what the server said. */
    relay() {
        this.shown = layOver(this.jobs, this.queue.entries, this.lists, this.rules);
    }

    /** Go on by itself: at once, every two minutes, when the page comes back, when the signal does. */
    live() {
        const wake = () => document.visibilityState === "visible" && this.meet();
        addEventListener("online", wake);
        addEventListener("offline", () => (this.hasSignal = false));
        document.addEventListener("visibilitychange", wake);
        setInterval(wake, EVERY);
        navigator.storage?.persist?.();
        return this.meet();
    }

    // -- Meeting the server -------------------------------------------------------------------

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
            if (this.device.isLeaving) {
                await endSession(); // somebody logged out here without a signal
                this.device.clearMark();
                throw new SessionOverError();
            }
            // the server knows these; what it answers from now on has them in it
            const told = this.queue?.entries.filter(({ state, shown }) => state !== "waiting" && !shown).map(({ id }) => id);
            const stamp = this.phase === "ready" ? this.stamp || null : null;
            let answer = await fetchData(stamp);
            let isNew = !stamp;
            if (this.vault?.user !== answer.user.id) {
                isNew = true;
                await this._leave(); // another person logged in on this device
                await leaveOthers(this.database, answer.user.id).catch(() => {});
                await this._openVault(answer.user.id);
            }
            isNew = (await this.vault.accept(answer)) || isNew;
            if (isNew) {
                answer = stamp ? await fetchData(null) : answer;
                Object.assign(this, { jobs: markRaw([]), lists: {} });
                await this.queue.load(); // what the same person did before the last logout
            }
            await this._take(answer, told || []);
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

    async _take(answer, told) {
        Object.assign(this, { csrf: answer.csrf, hasSignal: true, isLoggedOut: false, lease: answer.lease });
        const changed = new Set(answer.jobs.map(({ id }) => id));
        const gone = new Set(answer.gone);
        const busy = new Set(this.queue.waiting.map(({ job }) => job));
        const kept = this.jobs.filter(({ id }) => !changed.has(id) && (!gone.has(id) || busy.has(id)));
        const jobs = [...kept.map((job) => ({ ...job, gone: job.gone || gone.has(job.id) })), ...answer.jobs];
        const fresh = LISTS.filter((name) => answer[name]).map((name) => [name, answer[name]]);
        this.lists = markRaw({ ...this.lists, ...Object.fromEntries(fresh) });
        await this.queue.markShown(told);
        await this.queue.tidy(answer.rules.days_kept);
        const { user, rules, stamp, now: asOf } = answer;
        this._show({ user, rules: { ...RULES, ...rules }, jobs, asOf, stamp });
        this.phase = "ready";
        await this.device.setUser(user.id);
        await this._keep();
        this.channel?.postMessage("data");
    }

    async _keep() {
        const { user, rules, jobs, asOf, stamp } = this;
        const until = new Date(Date.now() + rules.days_kept * 86400000).toISOString();
        try {
            await this.vault.write("view", { user: { ...user }, rules: { ...rules }, jobs, asOf, stamp });
            await this.vault.write("lists", this.lists);
            await this.vault.db.put("state", "contact", { until, lease: this.lease });
        } catch (error) {
            this._tellFull(error, false);
        }
    }

    /** Bring documents here, in one go at a time. */
    _keepDocuments() {
        if (this.vault?.isKept && !navigator.connection?.saveData) {
            const isWanted = () => this.hasSignal && Boolean(this.vault);
            this.keeping ||= keepDocuments(this.vault, this.jobs, this.rules.document_mb, isWanted)
                .catch(() => {})
                .finally(() => (this.keeping = null));
        }
    }

    async _hear(message) {
        if (message === "left") {
            location.reload();
            return;
        }
        await this.queue.load();
        const view = message === "data" && (await this.vault.read("view").catch(() => null));
        view ? this._show(view) : this.relay();
    }

    // -- What the sender tells ----------------------------------------------------------------

    async getCsrf() {
        if (!this.csrf) {
            await this.refresh();
        }
        return this.csrf;
    }

    onSent() {
        this.hasSignal = true;
        const { length } = this.queue.toLookAt;
        if (length > this.lookedAt) {
            this.tell(_t("Something you did needs a look: see Sent."), true);
        }
        this.lookedAt = length;
        this.relay();
        this.channel?.postMessage("commands");
        this.refresh();
    }

    onSignal(error) {
        this.hasSignal = error instanceof ServerError;
        if (error instanceof ServerError) {
            this.tell(_t("The server could not take it now; it is tried again by itself."));
        } else if (!["ConnectionLostError", "TypeError", "TimeoutError", "Error"].includes(error.constructor.name)) {
            console.warn(error);
        }
    }

    /** Either the session ran out, and the same person goes on after a login; or this person may no longer have this. */
    async onSessionOver() {
        this.hasSignal = true;
        if (this.vault) {
            const lease = (await this.vault.db.get("state", "contact"))?.lease;
            try {
                this.isLoggedOut = !(await askWhetherToWipe(this.vault.user, lease));
            } catch (error) {
                this.onSignal(error);
                return;
            }
        }
        if (!this.isLoggedOut || this.phase !== "ready") {
            await this._leave();
            this.phase = "over";
        }
    }

    /** Jobs and keys leave the device; what was not sent stays, locked, for the next login of the same person. */
    async _leave() {
        this.sender?.stop();
        await this.queue?.writing.getUnlockedDef();
        this.locked = this.vault ? await this.vault.countLocked() : 0;
        await this.vault?.leave();
        await this.device.forget();
        this.channel?.postMessage("left");
        Object.assign(this, { user: null, jobs: markRaw([]), lists: {}, shown: [], queue: null, vault: null, stamp: null });
        this.phase = "first";
    }

    /** Send what can be sent, lock the rest, and leave; without a signal the session ends with the next one. */
    async logOut() {
        await this.sender.now();
        await this._leave();
        this.device.markLeaving();
        await this._refresh();
        this.phase = "over";
    }

    // -- Doing --------------------------------------------------------------------------------

    /** Note that something was done; it shows at once. @returns {Promise<boolean>} whether it is safe on the device */
    async act(kind, values = {}, job = null, { photo = null, words = {} } = {}) {
        const { saved } = this.queue.add({
            kind,
            values,
            photo,
            words,
            job: job && !job.report ? job.id : null,
            report: job?.report || null,
            version: job?.version ?? null,
            title: job?.name || values.title || "",
        });
        this.relay();
        const isSaved = await saved;
        if (!isSaved) {
            this.relay();
        }
        this.channel?.postMessage("commands");
        this.sender.now();
        return isSaved;
    }

    /** Tell of a problem. @returns {{id: string, saved: Promise<boolean>}} the id that later entries name as their report */
    report(values) {
        const added = this.queue.add({ kind: "report", values, title: values.title });
        this.relay();
        added.saved.then(() => this.sender.now());
        return added;
    }

    findJob(id) {
        return this.shown.find((job) => `${job.id}` === `${id}`) || this._findSentReport(id);
    }

    _findSentReport(id) {
        const report = this.queue?.find(id);
        return report?.job ? this.shown.find((job) => job.id === report.job) : undefined;
    }

    async markSeen(id) {
        await this.queue.update(id, { seen: true });
        this.relay();
    }

    // -- Telling ------------------------------------------------------------------------------

    _tellFull(error, isPhoto) {
        if (!isFull(error)) {
            console.warn(error);
        }
        this.tell(
            isPhoto
                ? _t("This phone is full: the photo is not kept, all else is. Free some room and take it again.")
                : _t("This phone is full: keep this page open until it is sent, or free some room."),
            true
        );
    }

    /** Say a sentence; what matters stays until it is closed. */
    tell(text, stays = false) {
        clearTimeout(this.messageTimer);
        this.message = { text, stays };
        if (!stays) {
            this.messageTimer = setTimeout(() => (this.message = null), 6000);
        }
    }

    get isKept() {
        return canLock && (!this.vault || this.vault.isKept);
    }
    get nowAsOf() {
        return this.asOf || toServer(new Date());
    }
    get moment() {
        return now();
    }
}

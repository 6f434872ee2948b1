import { markRaw, reactive } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { setUser, toServer } from "./clock";
import { Contact } from "./contact";
import { canLock } from "./store/crypto";
import { Device } from "./store/device";
import { layOver } from "./store/overlay";
import { isFull } from "./store/phone_db";
import { Queue } from "./store/queue";
import { leaveOthers, Vault } from "./store/vault";

const EVERY = 2 * 60000;
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
        const work = reactive(this);
        work.contact = new Contact(work);
        return work;
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
            await this.openVault(user);
        }
        this.phase = this.phase === "ready" ? "ready" : "first";
    }

    async openVault(user) {
        this.vault = markRaw(new Vault(this.database, user));
        const hasKeys = await this.vault.open();
        this.queue = new Queue(this.vault, { onUnsaved: (error, isPhoto) => this.tellFull(error, isPhoto) });
        this.contact.begin();
        this.channel?.close();
        this.channel = markRaw(new BroadcastChannel(this.vault.name));
        this.channel.onmessage = ({ data }) => this._hear(data);
        if (!hasKeys) {
            return;
        }
        const kept = await this.vault.db.get("state", "contact");
        if (!kept || new Date(kept.until) < new Date()) {
            // too long without a word from the server
            await this.leave();
            return;
        }
        const view = await this.vault.read("view");
        if (view) {
            await this.queue.load();
            this.lookedAt = this.queue.toLookAt.length;
            this.show(view);
            this.phase = "ready";
            this.vault.read("lists").then((lists) => {
                this.lists = markRaw(lists || {});
                this.relay();
            });
        }
    }

    show({ user, rules, jobs, asOf, stamp }) {
        setUser(user);
        Object.assign(this, { user, rules: { ...RULES, ...rules }, asOf, stamp, jobs: markRaw(jobs) });
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

    meet() {
        return this.contact.meet();
    }

    /** What another tab tells. */
    async _hear(message) {
        if (message === "left") {
            location.reload();
            return;
        }
        await this.queue.load();
        const view = message === "data" && (await this.vault.read("view").catch(() => null));
        view ? this.show(view) : this.relay();
    }

    // -- Leaving ------------------------------------------------------------------------------

    /** Jobs and keys leave the device; what was not sent stays, locked, for the next login of the same person. */
    async leave() {
        this.contact.sender?.stop();
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
        await this.contact.sender.now();
        await this.leave();
        this.device.markLeaving();
        await this.contact.refresh();
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
        this.contact.sender.now();
        return isSaved;
    }

    /** Tell of a problem. @returns {{id: string, saved: Promise<boolean>}} the id that later entries name as their report */
    report(values) {
        const added = this.queue.add({ kind: "report", values, title: values.title });
        this.relay();
        added.saved.then(() => this.contact.sender.now());
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

    tellFull(error, isPhoto) {
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
}

import { Mutex } from "@web/core/utils/concurrency";
import { markRaw, reactive } from "@odoo/owl";
import { now } from "../clock";

/**
 * What was done, in the order in which it was done. Each entry is on the screen at once, then on the disk, then with the
 * server; `state` is waiting, sent, or look: the server kept it as a note, and somebody has to look at it.
 */
export class Queue {
    constructor(vault, { onUnsaved = () => {} } = {}) {
        this.vault = markRaw(vault);
        this.writing = markRaw(new Mutex());
        this.onUnsaved = onUnsaved;
        this.entries = [];
        return reactive(this);
    }

    get waiting() {
        return this.entries.filter((entry) => entry.state === "waiting");
    }
    get toSend() {
        return this.entries.filter((entry) => entry.state === "waiting" || entry.photo === "waiting");
    }
    get toLookAt() {
        return this.entries.filter((entry) => entry.state === "look" && !entry.seen);
    }

    /** What stands on the disk, also from other tabs; what could not be written there stays. */
    load() {
        return this.writing.exec(async () => {
            const read = await this.vault.readCommands();
            const ids = new Set(read.map(({ id }) => id));
            this.entries = [...read, ...this.entries.filter(({ id }) => !ids.has(id))];
        });
    }

    /** @param {{kind, values, job, report, version, title, words, photo}} command words: what its sentence says besides */
    add({ kind, values = {}, job = null, report = null, version = null, title = "", words = {}, photo = null }) {
        const id = crypto.randomUUID ? crypto.randomUUID() : makeUuid();
        const entry = { id, kind, moment: now(), job, report, version, values, title, words, state: "waiting", sentence: "" };
        if (photo) {
            entry.photo = "waiting";
        }
        this.entries.push(entry);
        const saved = this.writing.exec(() => this._save(id, photo));
        return { id, saved };
    }

    async _save(id, photo) {
        try {
            if (photo) {
                await this.vault.writePhoto(id, photo);
            }
            await this._update(id, {});
            return true;
        } catch (error) {
            if (photo) {
                // without its picture it says nothing
                this.entries = this.entries.filter((entry) => entry.id !== id);
            }
            this.onUnsaved(error, Boolean(photo));
            return false;
        }
    }

    find(id) {
        return this.entries.find((entry) => entry.id === id);
    }

    /** Change an entry, here and on the disk. */
    update(id, changes) {
        return this.writing.exec(() => this._update(id, changes));
    }

    async _update(id, changes) {
        const entry = this.find(id);
        if (entry) {
            Object.assign(entry, changes);
            entry.n = await this.vault.writeCommand({ ...entry, values: { ...entry.values } });
        }
    }

    /** What the server said of each. */
    async answer(answers) {
        for (const { id, state, sentence, job, choices } of answers) {
            const entry = this.find(id);
            if (!entry || entry.state !== "waiting") {
                continue;
            }
            await this.update(id, { state, sentence, choices: choices || [], answered: now(), job: job || entry.job });
            if (entry.kind === "report" && job) {
                for (const later of this.entries.filter(({ report }) => report === id)) {
                    await this.update(later.id, { job });
                }
            }
        }
    }

    /** The server's data show these already. */
    async markShown(ids) {
        for (const id of ids) {
            await this.update(id, { shown: true });
        }
    }

    /** Forget what was sent before that many days. */
    async tidy(days) {
        const limit = new Date(Date.now() - days * 86400000).toISOString();
        const old = this.entries.filter(
            ({ state, photo, answered, seen }) =>
                photo !== "waiting" && (state === "sent" || (state === "look" && seen)) && `${answered}`.replace(" ", "T") < limit
        );
        if (old.length) {
            await this.vault.dropCommands(...old.map(({ n }) => n));
            this.entries = this.entries.filter((entry) => !old.some(({ id }) => id === entry.id));
        }
    }
}

function makeUuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

import { canLock, importKey, lockBytes, lockValue, markOf, unlockBytes, unlockValue } from "./crypto";
import { MemoryDB } from "./memory_db";
import { isFull, PhoneDB } from "./phone_db";

const PREFIX = "maintenance_work";
/** Room that is given up for the last entries when the device is full. */
const RESERVE = 256 * 1024;

/**
 * What one person has on this device. Two keys lock it:
 * - `jobs` is of the session: with it go jobs, documents and lists. It leaves with the session.
 * - `seal` is of the person: with it are locked what was done and the photos. It leaves as well, and comes back with the
 *   next login of the same person, so that nothing done is lost and nobody else can read it.
 */
export class Vault {
    constructor(database, user, { kept = canLock } = {}) {
        this.user = user;
        this.name = `${PREFIX}_${database}_${user}`;
        this.isKept = kept && Boolean(globalThis.indexedDB);
        this.db = this.isKept ? new PhoneDB(this.name) : new MemoryDB();
        this.keys = {};
    }

    /** @returns {Promise<boolean>} whether the jobs can be read without asking the server */
    async open() {
        try {
            this.keys.jobs = await this.db.get("keys", "jobs");
            this.keys.seal = await this.db.get("keys", "seal");
        } catch {
            // storage that cannot be opened: a private window, a broken profile
            this.isKept = false;
            this.db = new MemoryDB();
        }
        return Boolean(this.keys.jobs && this.keys.seal);
    }

    /**
     * Take the secrets of the session.
     * @returns {Promise<boolean>} whether they are those of a new session: then nothing is here any more but what was done
     */
    async accept({ key, seal }) {
        if (!this.isKept) {
            return false;
        }
        const [mark, sealMark] = await Promise.all([markOf(key), markOf(seal)]);
        const known = (await this.db.get("state", "marks")) || {};
        if (known.key === mark && known.seal === sealMark && this.keys.jobs && this.keys.seal) {
            return false;
        }
        const had = Boolean(known.key);
        await this.db.clear("data", "documents");
        this.keys = { jobs: await importKey(key), seal: await importKey(seal) };
        await this.freely(async () => {
            await this.db.put("keys", "jobs", this.keys.jobs);
            await this.db.put("keys", "seal", this.keys.seal);
            await this.db.put("state", "marks", { key: mark, seal: sealMark });
        });
        await this._reserve();
        return had;
    }

    // -- Jobs and lists -----------------------------------------------------------------------

    async read(name) {
        const box = await this.db.get("data", name);
        return box && unlockValue(this.keys.jobs, box);
    }

    async write(name, value) {
        await this.db.put("data", name, await lockValue(this.keys.jobs, value));
    }

    // -- What was done ------------------------------------------------------------------------

    async readCommands() {
        const records = await this.db.all("commands");
        const read = records.map(async ([n, record]) => ({ ...(await unlockValue(this.keys.seal, record.box)), n }));
        const settled = await Promise.allSettled(read); // one that cannot be opened does not hide the others
        return settled.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
    }

    async writeCommand(entry) {
        const { n, ...value } = entry;
        const state = entry.photo === "waiting" ? "waiting" : entry.state;
        const record = { state, box: await lockValue(this.keys.seal, value) };
        return this.freely(async () => {
            if (n) {
                await this.db.put("commands", n, record);
                return n;
            }
            return this.db.append("commands", record);
        });
    }

    dropCommands(...numbers) {
        return this.db.drop("commands", ...numbers);
    }

    async countLocked() {
        const records = await this.db.all("commands");
        return records.filter(([, { state }]) => state === "waiting").length;
    }

    async writePhoto(id, bytes) {
        const box = await lockBytes(this.keys.seal, bytes);
        try {
            await this.db.put("photos", id, box);
        } catch (error) {
            if (!isFull(error)) {
                throw error;
            }
            // the documents can be had again, a photo cannot; what is kept free for facts stays free
            await this.db.clear("documents");
            await this.db.put("photos", id, box);
        }
    }

    async readPhoto(id) {
        const box = await this.db.get("photos", id);
        return box && unlockBytes(this.keys.seal, box);
    }

    dropPhoto(id) {
        return this.db.drop("photos", id);
    }

    // -- Documents, in pieces -----------------------------------------------------------------

    async writePiece(document, index, bytes) {
        await this.db.put("documents", `${document}|${index}`, await lockBytes(this.keys.jobs, bytes));
    }

    /** @returns {Promise<ArrayBuffer[]>} the pieces that are here, from the first on */
    async readPieces(document) {
        const pieces = [];
        for (let box; (box = await this.db.get("documents", `${document}|${pieces.length}`)); ) {
            pieces.push(await unlockBytes(this.keys.jobs, box));
        }
        return pieces;
    }

    async dropDocumentsBut(documents) {
        const kept = new Set(documents);
        const keys = await this.db.keysOf("documents");
        await this.db.drop("documents", ...keys.filter((key) => !kept.has(key.split("|")[0])));
    }

    // -- Room and leaving ---------------------------------------------------------------------

    /** Do a write of facts; on a full device first give up documents, then the room kept free for this. */
    async freely(write) {
        // browsers count what was given up as free some moments later
        const later = (pause) => () => new Promise((resolve) => setTimeout(resolve, pause));
        const giveUp = [
            () => this.db.clear("documents"),
            () => this.db.drop("state", "reserve"),
            ...[100, 400, 1500, 4000, 8000].map(later),
        ];
        for (;;) {
            try {
                return await write();
            } catch (error) {
                if (!isFull(error) || !giveUp.length) {
                    throw error;
                }
                await giveUp.shift()();
            }
        }
    }

    async _reserve() {
        if (await this.db.get("state", "reserve")) {
            return;
        }
        const bytes = new Uint8Array(RESERVE);
        for (let start = 0; start < RESERVE; start += 65536) {
            crypto.getRandomValues(bytes.subarray(start, start + 65536)); // what can be compressed keeps no room free
        }
        await this.db.put("state", "reserve", bytes).catch(() => {});
    }

    /** The session is over: jobs, documents and both keys go; what was not sent stays, locked, for the same person. */
    async leave() {
        this.keys = {};
        await this.db.clear("data", "documents", "keys", "state");
        const commands = await this.db.all("commands");
        await this.db.drop("commands", ...commands.filter(([, { state }]) => state !== "waiting").map(([n]) => n));
        if (!(await this.countLocked()) && !(await this.db.keysOf("photos")).length) {
            await this.db.deleteDatabase();
        }
    }
}

/** Lock what other people, or former sessions of nobody now, left on this device. */
export async function leaveOthers(database, user) {
    const own = `${PREFIX}_${database}_`;
    const found = canLock && indexedDB.databases ? await indexedDB.databases() : [];
    for (const { name } of found) {
        const other = name.startsWith(own) && Number(name.slice(own.length));
        if (other && other !== user) {
            await new Vault(database, other).leave();
        }
    }
}

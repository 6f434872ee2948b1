import { markRaw } from "@odoo/owl";
import { isOffsetKnown } from "./offset";
import { sendCommands, sendPhoto, SessionOverError } from "./server";

const BATCH = 40;
const SHORTEST = 2000;
const LONGEST = 5 * 60000;

/**
 * Sends what waits: facts first, in order, then photos. Only one tab sends; what got lost on the way is sent again under the
 * same id, and the server answers a repeat with its first answer.
 */
export class Sender {
    /** @param {{queue, vault, getCsrf, onSent, onSessionOver, onSignal}} contact */
    constructor(contact) {
        this.contact = contact;
        this.pause = SHORTEST;
        this.timer = null;
        this.running = null;
        return markRaw(this);
    }

    /** Something new waits, or there may be a signal again: try now. */
    now() {
        this.pause = SHORTEST;
        return this.run();
    }

    /** @returns {Promise<boolean>} whether nothing waits any more */
    run() {
        clearTimeout(this.timer);
        if (this.running) {
            this.again = true;
            return this.running;
        }
        this.running = this._run().finally(() => {
            this.running = null;
            if (this.again) {
                this.again = false;
                this.run();
            }
        });
        return this.running;
    }

    stop() {
        this.isStopped = true;
        clearTimeout(this.timer);
    }

    async _run() {
        const { queue, vault } = this.contact;
        if (this.isStopped || !queue.toSend.length) {
            return true;
        }
        try {
            await alone(`${vault.name} sends`, async () => {
                await queue.load(); // another tab may have sent some
                await this._sendFacts(queue);
                await this._sendPhotos(queue, vault);
            });
            this.pause = SHORTEST;
            return true;
        } catch (error) {
            if (error instanceof SessionOverError) {
                await this.contact.onSessionOver();
                return false;
            }
            this.contact.onSignal(error);
            if (!this.isStopped) {
                // not all phones of a plant in the same second
                this.timer = setTimeout(() => this.run(), this.pause * (0.75 + Math.random() / 2));
                this.pause = Math.min(this.pause * 2, LONGEST);
            }
            return false;
        }
    }

    async _sendFacts(queue) {
        let size = this.smaller ? 1 : BATCH; // one that the server cannot take does not hold up those before it
        let sent = false;
        if (!isOffsetKnown()) {
            await sendCommands([]); // for the server's time
        }
        try {
            for (let batch; (batch = queue.waiting.slice(0, size)).length; size = BATCH) {
                const { answers } = await sendCommands(batch.map(toCommand));
                const known = new Set(answers.map(({ id }) => id));
                if (!batch.some(({ id }) => known.has(id))) {
                    throw new Error("no answer");
                }
                await queue.answer(answers);
                sent = true;
                this.smaller = false;
            }
        } catch (error) {
            this.smaller = true;
            throw error;
        } finally {
            if (sent) {
                this.contact.onSent();
            }
        }
    }

    async _sendPhotos(queue, vault) {
        const entries = queue.entries.filter(({ photo, state }) => photo === "waiting" && state !== "waiting");
        for (const { id } of entries) {
            const bytes = await vault.readPhoto(id);
            if (bytes) {
                const answer = await sendPhoto(queue.find(id), bytes, await this.contact.getCsrf());
                if (answer.state === "unknown") {
                    await queue.update(id, { state: "waiting" });
                    continue;
                }
                const { state, sentence } = answer;
                await queue.update(id, { photo: "sent", state, sentence });
            } else {
                await queue.update(id, { photo: "gone" });
            }
            await vault.dropPhoto(id);
        }
        if (entries.length) {
            this.contact.onSent();
        }
    }
}

function toCommand({ id, kind, moment, job, report, version, values }) {
    return { id, kind, moment, job, report: job ? null : report, version, values: { ...values } };
}

async function alone(name, work) {
    return navigator.locks ? navigator.locks.request(name, work) : work();
}

import { Component, useState } from "@odoo/owl";
import { formatMoment } from "../clock";
import { describe, say } from "../words";

/** Needs a look, waiting, sent: each entry a sentence. */
export class SentScreen extends Component {
    static template = "keepwisely_maintenance.PhoneSent";
    static props = {};

    setup() {
        this.work = useState(this.env.work);
        this.state = useState({ isSending: false });
        this.describe = describe;
        this.formatMoment = formatMoment;
        this.say = say;
    }

    get entries() {
        return this.work.queue?.entries || [];
    }
    get look() {
        return this.entries.filter(({ state, seen }) => state === "look" && !seen);
    }
    get waiting() {
        return this.entries.filter(({ state, photo }) => state === "waiting" || (photo === "waiting" && state === "sent"));
    }
    get sent() {
        return this.entries
            .filter(({ state, photo, seen }) => (state === "sent" && photo !== "waiting") || (state === "look" && seen))
            .reverse();
    }

    /** One of the ways on that the server offers. */
    async choose(entry, { kind, values, label }) {
        const job = this.work.findJob(entry.job) || { id: entry.job, name: entry.title, version: entry.version };
        await this.work.markSeen(entry.id);
        await this.work.act(kind, { ...values }, job, { words: { label: [label, entry.words?.label].filter(Boolean).join(": ") } });
    }

    linkTo({ job, report }) {
        return job || report ? `#job=${job || report}` : "#today";
    }

    async sendNow() {
        this.state.isSending = true;
        await this.work.meet();
        this.state.isSending = false;
    }
}

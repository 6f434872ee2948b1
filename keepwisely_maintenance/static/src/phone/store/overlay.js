import { toDate } from "../clock";
import { isAnswered } from "../parts/job_card";

/**
 * What was done on this device and is not in the server's data yet, laid over the data. Each function changes a copy of the
 * job; what it adds carries `unsent`, the id of its entry.
 */
const APPLY = {
    start(job, { moment, id }, { shown }) {
        for (const other of shown.filter(({ running }) => running)) {
            stop(other, moment); // one works on one job at a time
        }
        Object.assign(job, { running: true, timer_since: moment, unsent: id });
    },
    pause(job, { moment, id }) {
        stop(job, moment);
        job.unsent = id;
    },
    hours(job, { values, id }) {
        Object.assign(job, { hours: (job.hours || 0) + values.minutes / 60, unsent: id });
    },
    task(job, { values, id, moment }) {
        answer(job, values.task, { answer: values.answer, unsent: id, done_at: moment }, values.note);
    },
    photo(job, { values, id, moment }) {
        answer(job, values.task, { answer: true, unsent: id, done_at: moment });
        job.photos.push(id);
    },
    signature(job, { values, id, moment }) {
        answer(job, values.task, { answer: true, unsent: id, done_at: moment });
        job.signed = { name: values.name, unsent: id };
    },
    note(job, { values, id, moment }) {
        job.notes.push({ text: values.text, moment, unsent: id });
    },
    failure(job, { values, id }) {
        job.failure = { ...job.failure, ...values, unsent: id };
    },
    part_used(job, { values, id }, { lists }) {
        const line = job.parts.find((part) => (values.move ? part.id === values.move : part.product === values.product));
        if (line) {
            Object.assign(line, { used: (line.used || 0) + values.quantity, unsent: id });
        } else {
            job.parts.push({ ...nameOf(values.product, lists), id, used: values.quantity, asked: 0, here: 0, unsent: id });
        }
    },
    part_asked(job, { values, id }, { lists }) {
        const line = values.move && job.parts.find((part) => part.id === values.move);
        if (line) {
            line.unsent = id;
        } else {
            const named = values.product ? nameOf(values.product, lists) : { name: values.text };
            job.parts.push({ ...named, id, asked: values.quantity, used: 0, here: 0, unsent: id });
        }
    },
    part_dropped(job, { values }) {
        job.parts = job.parts.filter(({ id }) => id !== values.move);
    },
    reading(job, { values, id, moment }) {
        const meter = job.meters.find((found) => found.id === values.meter);
        if (meter) {
            Object.assign(meter, { last: values.value, last_at: moment, unsent: id });
        }
    },
    complete(job, { id, moment }) {
        stop(job, moment);
        Object.assign(job, { isDone: true, unsent: id });
    },
};

function stop(job, moment) {
    if (job.running && job.timer_since) {
        job.hours = (job.hours || 0) + Math.max(0, toDate(moment) - toDate(job.timer_since)) / 3600000;
    }
    Object.assign(job, { running: false, timer_since: null });
}

function answer(job, id, values, note) {
    const task = id && job.tasks.find((found) => found.id === id);
    if (task) {
        Object.assign(task, values, { note: note || task.note });
    }
}

function nameOf(product, { products = [] }) {
    const { name, code, unit, shelf, in_stock } = products.find(({ id }) => id === product) || {};
    return { product, name, code, unit, shelf, in_stock };
}

/** Whether an entry is still to be laid over what the server says. */
const isLaidOver = (entry) => entry.state === "waiting" || (entry.state === "sent" && !entry.shown);

const copyOf = (job) => ({
    history: [],
    contacts: [],
    documents: [],
    working: [],
    ...job,
    can: [...(job.can || [])],
    tasks: (job.tasks || []).map((task) => ({ ...task })),
    parts: (job.parts || []).map((part) => ({ ...part })),
    meters: (job.meters || []).map((meter) => ({ ...meter })),
    failure: { ...job.failure },
    notes: [],
    photos: [],
});

/** A problem reported here that is not a work order yet. */
function reportedJob({ id, values, moment }, { assets = [] }, rules) {
    const asset = assets.find((found) => found.id === values.asset);
    return copyOf({
        id,
        report: id,
        version: null,
        name: values.title,
        number: "",
        description: values.text,
        priority: values.priority,
        asset: asset && { id: asset.id, name: asset.name, code: asset.code, place: asset.place },
        planned: moment,
        mine: true,
        technicians: [],
        unsent: id,
        can: rules.report_can || ["note", "photo"],
    });
}

/**
 * What can be done after what was done. The server said it for the job as it was there, and is asked again for each entry.
 */
function settle(job) {
    const can = new Set(job.can);
    const isOpen = can.has("task") && can.has("hours") && !job.isDone;
    const first = job.tasks.filter((task) => task.before_start);
    if (job.running) {
        can.delete("start");
        can.add("pause");
    } else if (can.delete("pause") || (isOpen && first.length && first.every(isAnswered))) {
        can.add("start");
    }
    if (isOpen && first.every(isAnswered)) {
        can.add("complete"); // what is missing is said there
    }
    job.can = job.isDone ? [] : [...can];
}

/** @returns {object[]} the jobs as they are after all that was done here */
export function layOver(jobs, entries, lists, rules) {
    const laid = entries.filter(isLaidOver);
    const reported = laid.filter(({ kind, job }) => kind === "report" && !jobs.some(({ id }) => id === job));
    const shown = [...jobs.map(copyOf), ...reported.map((entry) => reportedJob(entry, lists, rules))];
    const byId = new Map(shown.map((job) => [job.id, job]));
    for (const entry of laid) {
        const job = byId.get(entry.job) || byId.get(entry.report);
        if (job && entry.kind in APPLY) {
            APPLY[entry.kind](job, entry, { lists, shown });
        }
    }
    shown.forEach(settle);
    return shown;
}

import { _t } from "@web/core/l10n/translation";
import { formatMoment, formatNumber, formatTime } from "./clock";

/** @returns {string} "1 h 20 min" */
export function formatHours(hours) {
    const minutes = Math.round(hours * 60);
    const [whole, rest] = [Math.floor(minutes / 60), minutes % 60];
    if (!whole) {
        return _t("%s min", rest);
    }
    return rest ? _t("%(hours)s h %(minutes)s min", { hours: whole, minutes: rest }) : _t("%s h", whole);
}

export const formatQuantity = (quantity, unit) => [formatNumber(quantity || 0), unit].filter(Boolean).join(" ");

/** What templates say around a value: whole sentences, so that each language has its own order. */
export const say = {
    answered: (done, all) => _t("%(done)s of %(all)s", { done, all }),
    asOf: (moment) => _t("as of %s", formatMoment(moment)),
    askFor: (text) => _t("Ask for “%s”", text),
    asksFor: (quantity, unit) => _t("of %s", formatQuantity(quantity, unit)),
    here: (quantity) => _t("%s here", formatQuantity(quantity)),
    inStock: (quantity, unit) => _t("%s in stock", formatQuantity(quantity, unit)),
    inStockAsOf: (quantity, unit, moment) =>
        _t("%(quantity)s in stock as of %(moment)s", { quantity: formatQuantity(quantity, unit), moment: formatMoment(moment) }),
    keptFor: (moment, days) =>
        days === 1
            ? _t("On this phone as of %s. What is here opens for a day without a signal.", formatMoment(moment))
            : _t("On this phone as of %(moment)s. What is here opens for %(days)s days without a signal.", { moment: formatMoment(moment), days }),
    runningSince: (moment) => _t("Running since %s", formatTime(moment)),
    signedBy: (name) => _t("Signed by %s", name),
    unknownAsset: (code) => _t("No asset on this phone has the code %s.", code),
    unknownCode: (code) => _t("Nothing on this phone has the code %s.", code),
    unknownPart: (code) => _t("No part on this phone has the code %s.", code),
    used: (quantity) => _t("%s used", formatQuantity(quantity)),
    useOn: (job) => _t("Use it on “%s”", job),
    worksOnIt: (name, since) => _t("%(person)s works on it since %(moment)s.", { person: name, moment: formatMoment(since) }),
};

export function formatAnswer(task) {
    const { kind, answer, unit } = task;
    if (kind === "pass_fail") {
        return answer === "pass" ? _t("Pass") : answer === "fail" ? _t("Fail") : "";
    }
    if (kind === "number") {
        return answer === null || answer === false || answer === undefined ? "" : formatQuantity(answer, unit);
    }
    return typeof answer === "string" ? answer : "";
}

/** @returns {string} what a number is expected to be: "2 to 4 bar"; empty without limits */
export function formatLimits({ min, max, unit }) {
    const has = (limit) => limit !== null && limit !== false && limit !== undefined;
    if (has(min) && has(max)) {
        return _t("%(lowest)s to %(highest)s", { lowest: formatNumber(min), highest: formatQuantity(max, unit) });
    }
    if (has(min)) {
        return _t("at least %s", formatQuantity(min, unit));
    }
    return has(max) ? _t("at most %s", formatQuantity(max, unit)) : "";
}

export const isOutside = ({ min, max }, number) =>
    (typeof min === "number" && number < min) || (typeof max === "number" && number > max);

const SENTENCES = {
    start: () => _t("Work started."),
    pause: () => _t("Work paused."),
    complete: () => _t("Work completed."),
    hours: ({ minutes }) => _t("%s of work noted.", formatHours(minutes / 60)),
    note: ({ text }) => _t("Note: %s", text),
    failure: () => _t("Failure noted."),
    reading: ({ value, label }) => _t("Meter read: %s", label || formatNumber(value)),
    photo: ({ label }) => (label ? _t("Photo taken: %s", label) : _t("Photo taken.")),
    signature: ({ name }) => _t("Signed by %s.", name),
    report: ({ title }) => _t("Problem reported: %s", title),
    part_used: ({ label, quantity }) => _t("Part used: %(quantity)s × %(part)s", { quantity: formatNumber(quantity), part: label }),
    part_asked: ({ label, text, quantity }) =>
        _t("Part asked for: %(quantity)s × %(part)s", { quantity: formatNumber(quantity), part: label || text }),
    part_dropped: ({ label }) => _t("Part not needed: %s", label),
    task: ({ label, answer, shown }) =>
        answer === null || answer === false
            ? _t("Answer taken back: %s", label)
            : [label, shown].filter(Boolean).join(": ") + (shown ? "" : " ✓"),
};

/** @returns {string} what was done, in a sentence; what the server said of it takes its place */
export const describe = ({ kind, values, words, sentence }) => sentence || SENTENCES[kind]({ ...values, ...words });

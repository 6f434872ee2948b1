/** Moments as the server writes them, in UTC: "2026-11-30 14:05:00". */
export const toServer = (date) => date.toISOString().slice(0, 19).replace("T", " ");
export const now = () => toServer(new Date());
export const toDate = (text) => new Date(text.length > 10 ? `${text.replace(" ", "T")}Z` : `${text}T12:00:00Z`);

let zone = undefined;
let language = undefined;

/** Days and times are those of the person's settings, not of the device. */
export function setUser({ tz, lang }) {
    zone = tz || undefined;
    language = (lang || "en_US").replace(/[_@].*$/, (rest) => (rest.startsWith("_") ? `-${rest.slice(1).split("@")[0]}` : ""));
}

function format(date, options) {
    try {
        return new Intl.DateTimeFormat(language, { timeZone: zone, ...options }).format(date);
    } catch {
        return new Intl.DateTimeFormat(undefined, options).format(date); // a zone or language that the browser lacks
    }
}

/** The day of a moment, "2026-11-30", where the person is. */
export const dayOf = (text) => {
    const date = toDate(text);
    const parts = new Intl.DateTimeFormat("en-CA", { timeZone: text.length > 10 ? zone : "UTC" });
    return parts.format(date);
};
export const today = () => dayOf(now());
const TIME = { hour: "2-digit", minute: "2-digit" };
const DAY = { weekday: "short", day: "numeric", month: "short" };
export const formatTime = (text) => format(toDate(text), TIME);
export const formatDay = (text) => format(toDate(text), DAY);
export const formatMoment = (text) => format(toDate(text), dayOf(text) === today() ? TIME : { ...DAY, ...TIME });
export const formatNumber = (number) => new Intl.NumberFormat(language, { maximumFractionDigits: 4 }).format(number);

/** A number as people type it: with a comma or a point. @returns {number|null} */
export function parseNumber(text) {
    const number = Number(String(text).trim().replace(/\s/g, "").replace(",", "."));
    return String(text).trim() && Number.isFinite(number) ? number : null;
}

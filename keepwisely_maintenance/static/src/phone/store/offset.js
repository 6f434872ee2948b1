import { toDate } from "../clock";

/**
 * By how much the clock of the device is behind the server's. The server says its time in an answer, which it read at some
 * moment between the question and the answer: half of the way is taken, and the offset may be wrong by half of the way. The
 * shortest way counts, until somebody sets the clock. So a question that was minutes on its way looks like no slow clock.
 */
let known = null;

/** The server's time comes in whole seconds: it is up to one later. */
const SECOND = 1000;
/** The clock and the time since the page was opened go apart by more where one was set, or the device slept. */
const SET = 1000;

const getStart = () => Date.now() - performance.now();

/** A question leaves the device. */
export const leave = () => ({ clock: Date.now(), ticks: performance.now() });

/** @param {string} time of the server, in its answer to what left at `left` */
export function measureOffset(left, time) {
    if (Math.abs(getStart() - (left.clock - left.ticks)) >= SET) {
        return; // somebody set the clock while the question was on its way
    }
    const way = performance.now() - left.ticks;
    const within = (way + SECOND) / 2;
    if (!isOffsetKnown() || within < known.within) {
        known = { behind: toDate(time).getTime() + SECOND / 2 - left.clock - way / 2, within, start: getStart() };
    }
}

export const isOffsetKnown = () => known !== null && Math.abs(getStart() - known.start) < SET;

/** @returns {{behind: number, within: number}|null} in seconds */
export function getOffset() {
    return isOffsetKnown() ? { behind: known.behind / 1000, within: known.within / 1000 } : null;
}

import { ConnectionLostError, rpc } from "@web/core/network/rpc";
import { now } from "../clock";
import { getOffset, leave, measureOffset } from "./offset";

const ROUTE = "/maintenance/work";
/** A request that takes longer than that is as good as lost; it is sent again. */
const PATIENCE = 45000;

/** Nobody is logged in any more, or somebody who may not do this. */
export class SessionOverError extends Error {}
/** The server answered, and could not do it now. */
export class ServerError extends Error {}

async function call(path, params) {
    const left = leave();
    const request = rpc(path, params, { silent: true });
    const timer = setTimeout(() => request.abort(), PATIENCE);
    try {
        const answer = await request;
        if (answer?.now) {
            measureOffset(left, answer.now);
        }
        return answer;
    } catch (error) {
        if (error.code === 100 || error.exceptionName === "odoo.exceptions.AccessError") {
            throw new SessionOverError();
        }
        if (error.name === "RPC_ERROR") {
            throw new ServerError(error.data?.message || error.message);
        }
        throw new ConnectionLostError(path);
    } finally {
        clearTimeout(timer);
    }
}

export const fetchData = (stamp) => call(`${ROUTE}/data`, { stamp });
/** @returns {Promise<{answers}>} of each what became of it; of none, the time */
export const sendCommands = (commands) => call(`${ROUTE}/send`, { now: now(), offset: getOffset(), commands });

/** Whether what is on the device has to go, and not only the session is over; asked without a login. */
export const askWhetherToWipe = async (user, lease) => (await call(`${ROUTE}/alive`, { user, lease })).wipe;
export const endSession = () => call("/web/session/destroy", {});

/** @returns {Promise<{state, sentence}>} */
export async function sendPhoto(entry, bytes, csrf) {
    const form = new FormData();
    form.append("csrf_token", csrf);
    form.append("id", entry.id);
    form.append("file", new Blob([bytes], { type: entry.values.mimetype }), entry.values.name);
    const signal = globalThis.AbortSignal?.timeout?.(PATIENCE * 4);
    const response = await fetch(`${ROUTE}/photo`, { method: "POST", body: form, signal });
    if (response.redirected) {
        throw new SessionOverError();
    }
    const answer = await response.json().catch(() => ({}));
    // unknown: the entry comes first; sent and look are answers; all else is tried again
    if (!["unknown", "sent", "look"].includes(answer.state)) {
        throw new ServerError(`photo ${response.status}`);
    }
    return answer;
}

/** A piece of a document from a byte on. @returns {Promise<{bytes: ArrayBuffer, isWhole: boolean}>} */
export async function fetchPiece(id, start, length) {
    const headers = { Range: `bytes=${start}-${start + length - 1}` };
    const response = await fetch(`${ROUTE}/document/${id}`, { headers, cache: "no-store" });
    if (response.status === 416) {
        return { bytes: new ArrayBuffer(0), isWhole: false };
    }
    if (!response.ok || response.redirected) {
        throw new ServerError(`document ${response.status}`);
    }
    return { bytes: await response.arrayBuffer(), isWhole: response.status === 200 };
}

/**
 * What lies on the device is locked with AES-GCM. The secrets come from the server with the session; the device keeps them as
 * keys that can be used and not read out by a script (docs/phone.md says what that protects).
 */
const CIPHER = "AES-GCM";
const subtle = globalThis.crypto?.subtle;

/** Whether this browser locks at all: it does on https and on localhost only. */
export const canLock = Boolean(subtle);

const toBytes = (text) => new TextEncoder().encode(text);

/** @param {string} secret of any length, as the server gave it */
export async function importKey(secret) {
    const bytes = await subtle.digest("SHA-256", toBytes(`key ${secret}`));
    return subtle.importKey("raw", bytes, CIPHER, false, ["encrypt", "decrypt"]);
}

/** A mark that tells one secret from another and says nothing about either. */
export async function markOf(secret) {
    return toHex(await subtle.digest("SHA-256", toBytes(`mark ${secret}`))).slice(0, 32);
}

export const toHex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export async function hash(bytes) {
    return subtle ? toHex(await subtle.digest("SHA-256", bytes)) : "";
}

export async function lockBytes(key, bytes) {
    if (!key) {
        return { plain: bytes }; // in memory only: see `canLock`
    }
    const iv = crypto.getRandomValues(new Uint8Array(12)); // never twice with one key
    return { iv, data: await subtle.encrypt({ name: CIPHER, iv }, key, bytes) };
}

export async function unlockBytes(key, box) {
    return box.plain || subtle.decrypt({ name: CIPHER, iv: box.iv }, key, box.data);
}

export const lockValue = (key, value) => lockBytes(key, toBytes(JSON.stringify(value)));

export async function unlockValue(key, box) {
    return JSON.parse(new TextDecoder().decode(await unlockBytes(key, box)));
}

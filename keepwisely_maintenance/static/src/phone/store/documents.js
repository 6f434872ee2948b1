import { isFull } from "./phone_db";
import { fetchPiece } from "./server";

const PIECE = 256 * 1024;

const nameOf = ({ id, version }) => `${id}:${version || ""}`;

/** Bring the documents of these jobs onto the device, a piece at a time: what broke off goes on where it was. */
export async function keepDocuments(vault, jobs, megabytes, isWanted) {
    const documents = new Map();
    for (const job of jobs.filter(({ mine }) => mine)) {
        for (const document of job.documents || []) {
            if (!document.size || document.size <= megabytes * 1e6) {
                documents.set(nameOf(document), document);
            }
        }
    }
    await vault.dropDocumentsBut(documents.keys());
    for (const document of documents.values()) {
        if (!isWanted()) {
            return;
        }
        try {
            await load(vault, document);
        } catch (error) {
            if (isFull(error)) {
                return; // the rest can be had with a signal
            }
            throw error;
        }
    }
}

async function load(vault, document) {
    const name = nameOf(document);
    const pieces = await vault.readPieces(name);
    let size = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (let index = pieces.length; size < document.size || !index; index++) {
        const { bytes, isWhole } = await fetchPiece(document.id, size, PIECE);
        if (isWhole && size) {
            return [bytes]; // a proxy that knows no pieces
        }
        if (!bytes.byteLength) {
            break;
        }
        await vault.writePiece(name, index, bytes);
        pieces.push(bytes);
        size += bytes.byteLength;
    }
    return pieces;
}

/** @returns {Promise<boolean>} whether it opens without a signal */
export async function isKept(vault, document) {
    const pieces = await vault.readPieces(nameOf(document));
    return pieces.length > 0 && pieces.reduce((sum, { byteLength }) => sum + byteLength, 0) >= document.size;
}

/** @returns {Promise<Blob>} the document from the device, else from the server */
export async function openDocument(vault, document) {
    return new Blob(await load(vault, document), { type: document.mimetype });
}

import { IDBQuotaExceededError, IndexedDB } from "@web/core/utils/indexed_db";

/** Never changes: Odoo's helper deletes the whole database, with what was not sent yet, when its version does. */
const VERSION = "1";
export const TABLES = ["keys", "state", "data", "commands", "photos", "documents"];

export class NoStorageError extends Error {}
export const isFull = (error) => error instanceof IDBQuotaExceededError || error?.name === "QuotaExceededError";

const asPromise = (request) =>
    new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });

/**
 * Odoo's IndexedDB helper, with transactions over several tables that are on the disk when they answer (the helper's own
 * writes may still be lost with the battery).
 */
export class PhoneDB extends IndexedDB {
    constructor(name) {
        super(name, VERSION);
        TABLES.forEach((table) => this._tables.add(table));
    }

    /**
     * @param {string[]} tables
     * @param {(store: (table: string) => IDBObjectStore) => Promise} work only waits for requests of this transaction
     */
    transact(tables, work, mode = "readwrite") {
        return this.execute(async (db) => {
            if (!db) {
                throw new NoStorageError();
            }
            const transaction = db.transaction(tables, mode, { durability: "strict" });
            const done = new Promise((resolve, reject) => {
                transaction.oncomplete = resolve;
                transaction.onabort = () => reject(transaction.error || new NoStorageError());
            });
            done.catch(() => {});
            let result;
            try {
                result = await work((table) => transaction.objectStore(table));
            } catch (error) {
                await done; // its error says more: a full disk
                throw error;
            }
            await done;
            return result;
        });
    }

    get(table, key) {
        return this.transact([table], (store) => asPromise(store(table).get(key)), "readonly");
    }

    /** @returns {Promise<[key, value][]>} in the order of the keys */
    all(table) {
        return this.transact(
            [table],
            async (store) => {
                const both = [asPromise(store(table).getAllKeys()), asPromise(store(table).getAll())];
                const [keys, values] = await Promise.all(both);
                return keys.map((key, index) => [key, values[index]]);
            },
            "readonly"
        );
    }

    keysOf(table) {
        return this.transact([table], (store) => asPromise(store(table).getAllKeys()), "readonly");
    }

    put(table, key, value) {
        return this.transact([table], (store) => asPromise(store(table).put(value, key)));
    }

    /** Put a value behind all others of its table, whichever tab put those. @returns {Promise<number>} its key */
    append(table, value) {
        return this.transact([table], async (store) => {
            const last = await asPromise(store(table).openKeyCursor(null, "prev"));
            return asPromise(store(table).put(value, (last?.key || 0) + 1));
        });
    }

    drop(table, ...keys) {
        return this.transact([table], (store) => Promise.all(keys.map((key) => asPromise(store(table).delete(key)))));
    }

    clear(...tables) {
        return this.transact(tables, (store) => Promise.all(tables.map((table) => asPromise(store(table).clear()))));
    }
}

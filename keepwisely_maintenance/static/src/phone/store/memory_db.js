import { TABLES } from "./phone_db";

/** What the page works on where the browser keeps nothing (no https, a private window): gone when the page closes. */
export class MemoryDB {
    constructor() {
        this.tables = Object.fromEntries(TABLES.map((table) => [table, new Map()]));
    }
    async get(table, key) {
        return this.tables[table].get(key);
    }
    async all(table) {
        return [...this.tables[table].entries()];
    }
    async keysOf(table) {
        return [...this.tables[table].keys()];
    }
    async put(table, key, value) {
        this.tables[table].set(key, value);
    }
    async append(table, value) {
        const key = Math.max(0, ...this.tables[table].keys()) + 1;
        this.tables[table].set(key, value);
        return key;
    }
    async drop(table, ...keys) {
        keys.forEach((key) => this.tables[table].delete(key));
    }
    async clear(...tables) {
        tables.forEach((table) => this.tables[table].clear());
    }
    async deleteDatabase() {
        await this.clear(...TABLES);
    }
}

import { canLock } from "./crypto";
import { PhoneDB } from "./phone_db";

const COOKIE = "maintenance_work";

/**
 * Whose work this device opens without a signal. Logging in and out anywhere in Odoo leaves a cookie (controllers/phone_login.py):
 * then nobody's work opens until the server has said who is there.
 */
export class Device {
    constructor(database) {
        this.db = canLock ? new PhoneDB(`maintenance_work_${database}_device`) : null;
    }

    async getUser() {
        return this.db ? this.db.get("state", "user").catch(() => null) : null;
    }

    async setUser(user) {
        await this.db?.put("state", "user", user).catch(() => {});
    }

    async forget() {
        await this.db?.drop("state", "user").catch(() => {});
    }

    /** Somebody logged in or out since the page was open. */
    get isLeft() {
        return document.cookie.includes(`${COOKIE}=left`);
    }
    /** Somebody logged out on the page, and the server does not know yet. */
    get isLeaving() {
        return document.cookie.includes(`${COOKIE}=leaving`);
    }
    markLeaving() {
        document.cookie = `${COOKIE}=leaving; path=/maintenance/work; max-age=31536000; samesite=lax`;
    }
    clearMark() {
        document.cookie = `${COOKIE}=; path=/maintenance/work; max-age=0; samesite=lax`;
    }
}

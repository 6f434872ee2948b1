import { Component, onMounted, onWillUnmount, useEffect, useRef, useState, useSubEnv } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Sheet } from "./parts/sheet";
import { JobScreen } from "./screens/job";
import { ReportScreen } from "./screens/report";
import { ScanScreen } from "./screens/scan";
import { SentScreen } from "./screens/sent";
import { TodayScreen } from "./screens/today";

const TABS = [
    ["today", "fa-list-ul", () => _t("My jobs")],
    ["scan", "fa-barcode", () => _t("Scan")],
    ["report", "fa-exclamation-triangle", () => _t("Report")],
    ["sent", "fa-paper-plane-o", () => _t("Sent")],
];
const LOGIN = "/web/login?redirect=/maintenance/work";

/** Head, screen, and the ways to the others, which the address names: #today, #job=7, #report=3, #scan, #sent. */
export class PhoneApp extends Component {
    static template = "keepwisely_maintenance.PhoneApp";
    static components = { JobScreen, ReportScreen, ScanScreen, SentScreen, Sheet, TodayScreen };
    static props = { work: Object };

    setup() {
        useSubEnv({ work: this.props.work, askToLeave: () => (this.state.isLeaving = true) });
        this.work = useState(this.props.work);
        this.state = useState({ ...this.read(), isLeaving: false });
        this.main = useRef("main");
        this.go = (hash) => (location.hash = hash);
        const onHash = () => Object.assign(this.state, this.read());
        onMounted(() => addEventListener("hashchange", onHash));
        onWillUnmount(() => removeEventListener("hashchange", onHash));
        // a reader of the screen hears that it is another one; not on opening
        let first = true;
        useEffect(
            () => {
                first ? (first = false) : this.main.el?.focus({ preventScroll: true });
                window.scrollTo(0, 0);
            },
            () => [this.state.screen, this.state.given]
        );
    }

    read() {
        const [, screen = "today", given = ""] = location.hash.match(/^#(\w+)(?:=(.*))?$/) || [];
        return { screen, given };
    }

    get tabs() {
        return TABS.map(([name, icon, label]) => ({ name, icon, label: label(), isHere: name === this.state.screen }));
    }
    /** After the login the page is where it was: a link in a message leads to its job. */
    get login() {
        const { screen, given } = this.state;
        return LOGIN + encodeURIComponent(screen === "today" ? "" : `#${screen}${given && `=${given}`}`);
    }
    get title() {
        const { screen } = this.state;
        return screen === "job" ? _t("Job") : this.tabs.find(({ name }) => name === screen)?.label || _t("My jobs");
    }
    get waiting() {
        return this.work.queue?.toSend.length || 0;
    }
    get toLookAt() {
        return this.work.queue?.toLookAt.length || 0;
    }
    get signal() {
        if (!this.work.hasSignal) {
            return this.waiting ? _t("No signal · %s waiting", this.waiting) : _t("No signal");
        }
        return this.waiting ? _t("Sending %s", this.waiting) : _t("All sent");
    }

    get locked() {
        return this.work.locked === 1
            ? _t("One entry is not sent yet. It is locked on this phone until you log in here again.")
            : _t("%s entries are not sent yet. They are locked on this phone until you log in here again.", this.work.locked);
    }

    back() {
        history.length > 1 ? history.back() : this.go("#today");
    }

    async leave() {
        this.state.isLeaving = false;
        await this.work.logOut();
    }
}

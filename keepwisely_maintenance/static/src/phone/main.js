import { whenReady } from "@odoo/owl";
import { mountComponent } from "@web/env";
import { PhoneApp } from "./app";
import { needsReader, READER } from "./parts/code_scanner";
import { loadWords } from "./store/translations";
import { Work } from "./work";

const SCOPE = "/maintenance/work";

async function registerWorker(work) {
    const worker = navigator.serviceWorker;
    if (!worker) {
        return;
    }
    worker.addEventListener("message", ({ data }) => {
        if (data === "newer") {
            work.newer = true;
        }
    });
    try {
        await worker.register(`${SCOPE}/service-worker.js`, { scope: SCOPE });
        const { active } = await worker.ready;
        if (needsReader()) {
            active.postMessage({ keep: READER });
        }
        const scripts = [...document.querySelectorAll("script[src]")].map((script) => script.getAttribute("src"));
        const look = () => document.visibilityState === "visible" && active.postMessage({ scripts });
        look();
        document.addEventListener("visibilitychange", look);
        addEventListener("online", look);
    } catch (error) {
        console.info("The page is not kept on this device:", error.message);
    }
}

async function start() {
    const { database, lang } = odoo.maintenanceWork;
    const work = new Work(database);
    await Promise.all([loadWords(lang), work.open(), whenReady()]);
    document.getElementById("work_opening")?.remove();
    await mountComponent(PhoneApp, document.body, { props: { work }, name: "Work on the Floor" });
    performance.mark("work-shown");
    odoo.isReady = true;
    odoo.work = work;
    work.live();
    registerWorker(work);
    addEventListener("beforeinstallprompt", (event) => {
        event.preventDefault();
        work.install = () => event.prompt().then(() => (work.install = null));
    });
}

start();

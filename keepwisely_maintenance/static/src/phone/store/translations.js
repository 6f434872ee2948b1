import { translatedTerms, translatedTermsGlobal, translationIsReady, translationLoaded } from "@web/core/l10n/translation";

const KEPT = "maintenance_work_words";
const PATIENCE = 3000;

/** The words of the page in the person's language: from the device, from the server beside; at the very first from there. */
export async function loadWords(lang) {
    if (lang && lang !== "en_US") {
        const kept = read();
        const use = kept?.lang === lang ? kept : null;
        const fresh = fetchWords(lang, use?.hash).catch(() => null);
        take(use || (await Promise.race([fresh, new Promise((resolve) => setTimeout(resolve, PATIENCE))])));
    }
    translatedTerms[translationLoaded] = true;
    translationIsReady.resolve(true);
}

function read() {
    try {
        return JSON.parse(localStorage.getItem(KEPT));
    } catch {
        return null;
    }
}

async function fetchWords(lang, hash = "") {
    const query = new URLSearchParams({ lang, hash, mods: "keepwisely_maintenance,web" });
    const answer = await (await fetch(`/web/webclient/translations?${query}`, { cache: "no-store" })).json();
    if (answer.modules && answer.hash !== hash) {
        localStorage.setItem(KEPT, JSON.stringify({ lang, hash: answer.hash, modules: answer.modules }));
    }
    return answer;
}

function take(answer) {
    for (const [module, { messages }] of Object.entries(answer?.modules || {})) {
        translatedTerms[module] = Object.fromEntries(messages.map(({ id, string }) => [id, string]));
        Object.assign(translatedTermsGlobal, translatedTerms[module]);
    }
}

// @odoo-module ignore
/*
 * Keeps the page, its bundle, fonts and icon, so that it opens without a signal, and at once with one. It knows nothing of
 * jobs and entries: those are the page's, in IndexedDB, and a new version of page or worker touches none of them.
 */
const PAGE = "/maintenance/work";
const SHELL = "maintenance_work_shell";

self.addEventListener("install", (event) => {
    self.skipWaiting();
    event.waitUntil(renew());
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const isScript = (path) => path.startsWith("/web/assets/");
const isStyle = (path) => isScript(path) && path.endsWith(".css");

/** Fetch the page, and what it needs before the page itself is exchanged: it is never kept without its scripts. */
async function renew() {
    const response = await fetch(PAGE, { credentials: "same-origin", cache: "no-cache" });
    if (!response.ok || response.redirected) {
        return; // the session is over: the page says so by itself
    }
    const cache = await caches.open(SHELL);
    const text = await response.clone().text();
    const old = await (await cache.match(PAGE))?.text();
    if (text === old) {
        return;
    }
    const found = [...text.matchAll(/(?:href|src)="(\/[^"]+)"/g)];
    const wanted = new Set(found.map(([, path]) => path.replaceAll("&amp;", "&")));
    wanted.delete(PAGE);
    for (const path of [...wanted].filter(isStyle)) {
        const style = await load(cache, path);
        for (const [, font] of style.matchAll(/url\(["']?(\/[^"')]+\.woff2[^"')]*)/g)) {
            wanted.add(font);
        }
    }
    // without a picture it works, without its scripts it does not
    await Promise.all([...wanted].map((path) => (isScript(path) ? load(cache, path) : load(cache, path).catch(() => {}))));
    await cache.put(PAGE, response);
    for (const request of await cache.keys()) {
        const { pathname, search } = new URL(request.url);
        if (pathname !== PAGE && !wanted.has(pathname + search) && isScript(pathname)) {
            await cache.delete(request);
        }
    }
}

async function load(cache, path) {
    let response = await cache.match(path);
    if (!response) {
        response = await fetch(path, { credentials: "same-origin" });
        if (!response.ok) {
            throw new Error(`${path}: ${response.status}`);
        }
        await cache.put(path, response.clone());
    }
    return path.endsWith(".css") ? response.text() : "";
}

async function answerPage(event) {
    const cache = await caches.open(SHELL);
    const kept = await cache.match(PAGE);
    return kept || fetch(event.request);
}

self.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname, search } = new URL(request.url);
    if (request.method !== "GET" || origin !== self.location.origin) {
        return;
    }
    if (request.mode === "navigate") {
        // with ?debug the page comes from the server
        if (pathname === PAGE && !search.includes("debug")) {
            event.respondWith(answerPage(event));
        }
    } else if (!pathname.startsWith(PAGE)) {
        event.respondWith(caches.open(SHELL).then(async (cache) => (await cache.match(request)) || fetch(request)));
    }
});

/** An open page asks whether there is a newer one, by the scripts that it runs. */
async function lookForNewer(client, scripts) {
    await renew();
    const cache = await caches.open(SHELL);
    const text = await (await cache.match(PAGE))?.text();
    if (text && !scripts.every((path) => text.includes(path))) {
        client.postMessage("newer");
    }
}

self.addEventListener("message", (event) => {
    const { scripts, keep } = event.data || {};
    if (scripts) {
        event.waitUntil(lookForNewer(event.source, scripts).catch(() => {}));
    } else if (keep) {
        // what one device needs and another does not: a reader of bar codes where the browser has none
        event.waitUntil(caches.open(SHELL).then((cache) => load(cache, keep).catch(() => {})));
    }
});

// Pages that contain the element, around fragments rendered by the crate, for element.mjs.

import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { LANGUAGES, upstream } from "./support.mjs";

const run = promisify(execFile);
export const LAYOUTS = ["line", "table", "page", "site"];

export const POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; require-trusted-types-for 'script'";

const WORDS = {};
for (const lang of LANGUAGES) {
    const table = readFileSync(`${process.env.MASTHEAD}/locale/data/${lang}.tsv`, "utf8");
    const word = (key) => table.match(new RegExp(`^${key}\t(.*?)\t`, "m"))[1];
    WORDS[lang] = { pause: word("label.pause"), resume: word("label.resume") };
}
export { WORDS };

// Milliseconds until midnight in Astana.
const untilMidnight = (now) => 86400e3 - ((now + 5 * 3600e3) % 86400e3);

// Fragments by layout and language: fresh data, other values in the same places, and the page hours and four days after the last
// answer.
export async function rendered(strip, site) {
    await new Promise((ready) => upstream.listen(0, "127.0.0.1", ready));
    const bank = `http://127.0.0.1:${upstream.address().port}`;
    const folder = mkdtempSync(`${tmpdir()}/masthead-`);
    const now = Date.now();
    const html = async (lang, layout, after, address) => {
        const at = new Date(now + after).toISOString();
        const options = ["--format", "html", "--lang", lang, "--layout", layout, "--now", at, "--upstream", address,
            "--state", `${folder}/${layout}-${lang}`, "--contact", "test@masthead.example"];
        return (await run(strip, options)).stdout.trimEnd();
    };
    const fragments = {};
    for (const layout of LAYOUTS.slice(0, 3)) {
        for (const lang of LANGUAGES) {
            const fresh = await html(lang, layout, 0, bank);
            // Port 1 refuses connections. The instant stays within the bank's day, because otherwise the strip reports that
            // tomorrow's rates are unknown.
            const aged = await html(lang, layout, Math.min(5 * 3600e3, untilMidnight(now) / 2), "http://127.0.0.1:1");
            const stale = await html(lang, layout, 4 * 86400e3, "http://127.0.0.1:1");
            fragments[`${layout}/${lang}`] = { fresh, other: moved(fresh), aged, stale };
        }
    }
    const pages = spawn(site, ["--listen", "127.0.0.1:0", "--contact", "test@masthead.example", "--upstream", bank]);
    try {
        const address = await new Promise((found) => {
            createInterface(pages.stderr).on("line", (line) => {
                const [, url] = line.match(/listening on (http:\S+)/) ?? [];
                if (url) found(url);
            });
        });
        await until(async () => !/data-freshness="absent"/.test(await (await fetch(`${address}/en/`)).text()), "data");
        for (const lang of LANGUAGES) {
            const page = await (await fetch(`${address}/${lang}/`)).text();
            const fresh = page.match(/<header>(.*)<\/header>/s)[1];
            fragments[`site/${lang}`] = { fresh, other: moved(fresh) };
        }
    } finally {
        pages.kill();
        upstream.close();
    }
    return fragments;
}

// Applies four changes: another value, a reversed direction, a moved link and a removed remark.
function moved(html) {
    return html
        .replaceAll("475.09", "476.90").replaceAll("475,09", "476,90")
        .replace('data-trend="down"', 'data-trend="up"').replace("▼", "▲")
        .replace('href="/ru/"', 'href="/ru/?a=1&amp;b=&#39;2&#39;"')
        .replace(/ data-condition="[^"]*"/, "");
}

export async function until(holds, what) {
    for (let tries = 0; tries < 250; tries += 1) {
        if (await holds()) return;
        await new Promise((later) => setTimeout(later, 20));
    }
    throw new Error(`waited five seconds for ${what}`);
}

// Starts a small server. Tests set its state: the fragment of each strip and how event streams are answered; it counts requests.
export async function serve(fragments) {
    const state = { events: 200, fragment: 200, asked: { events: 0, fragment: 0 }, open: new Set(), shown: {} };
    const key = (query) => `${query.get("layout") ?? "site"}/${query.get("lang") ?? "en"}`;
    state.current = (strip) => state.shown[strip] ?? fragments[strip].fresh;
    state.send = (strip, html) => {
        for (const stream of state.open) if (stream.strip === strip) stream.response.write(message(html));
    };
    state.show = (strip, html) => {
        state.shown[strip] = html;
        state.send(strip, html);
    };
    const file = (path) => readFileSync(`${process.env.MASTHEAD}/${path}`, "utf8");
    const [style, element] = [file("src/strip/masthead.css"), file("src/web/masthead.js")];

    const server = http.createServer((request, response) => {
        const { pathname, searchParams: query } = new URL(request.url, "http://test");
        const send = (type, body) => response.setHeader("content-type", `${type}; charset=utf-8`).end(body);
        if (pathname === "/masthead.css") send("text/css", style);
        else if (pathname === "/masthead.js") send("text/javascript", element);
        else if (pathname === "/favicon.ico") response.writeHead(204).end();
        else if (pathname === "/events") {
            state.asked.events += 1;
            if (state.events !== 200) return response.writeHead(state.events).end();
            response.setHeader("content-type", "text/event-stream").setHeader("cache-control", "no-store");
            const stream = { strip: key(query), response };
            state.open.add(stream);
            response.on("close", () => state.open.delete(stream));
            response.write(message(state.current(stream.strip)));
        } else if (pathname === "/strip.html") {
            state.asked.fragment += 1;
            response.statusCode = state.fragment;
            send("text/html", state.current(key(query)));
        } else {
            response.setHeader("content-security-policy", POLICY);
            send("text/html", page(query, fragments[key(query)].fresh));
        }
    });
    await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
    state.base = `http://127.0.0.1:${server.address().port}`;
    state.close = () => {
        server.close();
        server.closeAllConnections();
    };
    return state;
}

const message = (html) => `id: "${html.length}"\n${html.split("\n").map((line) => `data: ${line}\n`).join("")}\n`;

function page(query, fragment) {
    const lang = query.get("lang") ?? "en";
    const of = `lang=${lang}&amp;layout=${query.get("layout") ?? "site"}`;
    const { pause, resume } = WORDS[lang];
    const attributes = query.has("bare") ? "" : ` src="/strip.html?${of}" events="/events?${of}" pause="${pause}" resume="${resume}"`;
    const script = '<script type="module" src="/masthead.js"></script>';
    return `<!doctype html><html lang="${lang}" dir="${lang === "kk-Arab" ? "rtl" : "ltr"}"${
        query.has("theme") ? ` data-theme="${query.get("theme")}"` : ""}><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>News</title>
<link rel="stylesheet" href="/masthead.css">${script}${query.has("twice") ? script.replace(".js", ".js?again") : ""}</head>
<body><header><masthead-strip lang="${lang}"${attributes}>${fragment}</masthead-strip></header>
<main><h1>News</h1><p>What happened today.</p></main></body></html>`;
}

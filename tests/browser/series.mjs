// Sparklines in a strip and a chart in an article, under a strict policy, with and without a script: see run.sh.

import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { chromium } from "playwright-core";

import { POLICY } from "./pages.mjs";
import { LANGUAGES, audited, check, checks, launched, pageOf } from "./support.mjs";

const [strip, history, pictures] = process.argv.slice(2);
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "masthead-"));
const state = join(folder, "rates.ledger");

// Forty days of two currencies until today, without two weekends, one of them not the last.
const DAY = 86400e3;
const rows = ["day,currency,value"];
const days = Array.from({ length: 40 }, (_, back) => new Date(Date.now() + 5 * 3600e3 - (39 - back) * DAY).toISOString().slice(0, 10));
days.forEach((day, index) => {
    if ([20, 21, 30].includes(index)) return;
    rows.push(`${day},USD,${(470 + 6 * Math.sin(index / 5) + (index % 3) / 4).toFixed(2)}`, `${day},RUB,5.87`);
});
execFileSync(history, ["import", state, "--bank", "national_bank_kz"], { input: rows.join("\n") });

const file = (path) => readFileSync(join(process.env.MASTHEAD, path), "utf8");
const files = { "/masthead.css": ["text/css", file("src/strip/masthead.css")], "/masthead.js": ["text/javascript", file("src/web/masthead.js")] };
// The audit takes the colours of a page without its own as those of paper.
files["/page.css"] = ["text/css", `body { background: #fff; color: #1f2328 } @media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3 } }`];
const pages = {};
for (const lang of LANGUAGES) {
    for (const layout of ["line", "table"]) {
        const html = async (sparklines) => {
            const options = ["--lang", lang, "--layout", layout, "--format", "html", "--offline", "--state", state, "--pairs", "usd/kzt,rub/kzt"];
            return (await run(strip, [...options, "--sparklines", sparklines])).stdout.trimEnd();
        };
        pages[`${layout}/${lang}`] = [await html("0"), await html("30")];
    }
    for (const width of [300, 640]) {
        const chart = async (form) => {
            const options = ["chart", state, "--bank", "national_bank_kz", "--pair", "usd/kzt", "--pair", "rub/kzt", "--lang", lang];
            return (await run(history, [...options, "--width", String(width), "--format", form])).stdout;
        };
        pages[`chart/${lang}/${width}`] = await chart("figure");
        pages[`numbers/${lang}/${width}`] = await chart("table");
        files[`/${lang}-${width}.svg`] = ["image/svg+xml", await chart("svg")];
    }
}

const server = http.createServer((request, response) => {
    const { pathname, searchParams: query } = new URL(request.url, "http://test");
    const send = (type, body) => response.setHeader("content-type", `${type}; charset=utf-8`).end(body);
    if (files[pathname]) return send(...files[pathname]);
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    if (pathname === "/fragment.html") return send("text/html", pages[query.get("of")][1]);
    const lang = query.get("lang");
    response.setHeader("content-security-policy", `${POLICY}; img-src 'self'`);
    send("text/html", `<!doctype html><html lang="${lang}" dir="${lang === "kk-Arab" ? "rtl" : "ltr"}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>News</title>
<link rel="stylesheet" href="/masthead.css"><link rel="stylesheet" href="/page.css">${query.has("live") ? '<script type="module" src="/masthead.js"></script>' : ""}</head>
<body><main><h1>News</h1>${body(query)}<p>What happened today.</p></main></body></html>`);
});

function body(query) {
    const of = query.get("of");
    if (query.has("image")) {
        // Without its size the picture would move the text below when it arrives.
        const [, size] = files[`/${of}.svg`][1].match(/ (width="\d+" height="\d+") /);
        return `<img src="/${of}.svg" ${size} alt="usd/kzt">`;
    }
    const html = [pages[of]].flat()[Number(query.get("sparklines") ?? 0)];
    const live = `<masthead-strip src="/fragment.html?of=${of}" pause="p" resume="r">${html}</masthead-strip>`;
    return query.has("live") ? live : html;
}

// Counts the movements of the layout.
const prepare = (page) => page.addInitScript(() => {
    window.moved = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.moved += entry.value)))
        .observe({ type: "layout-shift", buffered: true });
});

async function look(browser, query, name, width, colorScheme, { seen, isAudited = true }) {
    const page = await pageOf(browser, { width, height: 600, colorScheme }, prepare);
    await page.goto(`${base}/?${new URLSearchParams(query)}`);
    // Before the screenshot, which changes the size of the page. The columns of a long table may get wider while its rows arrive.
    const moved = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(JSON.stringify(window.moved)), 50))));
    check(moved === "0" || name.startsWith("numbers"), `${name} at ${width}: the layout moved by ${moved}`);
    await page.screenshot({ path: `${pictures}/${name.replaceAll("/", "-")}-${width}-${colorScheme}.png`, fullPage: true });
    const overflow = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
    check(overflow <= 0, `${name} at ${width}: ${overflow} px beyond the page`);
    const found = seen ? await seen(page) : undefined;
    if (isAudited) await audited(page, `${name} at ${width}, ${colorScheme}`);
    check(page.faults.length === 0, `${name} at ${width}: ${page.faults.join("; ")}`);
    return found;
}

// The height of each row of items, and the pictures in them.
const measured = (page) => page.evaluate(() => {
    const items = [...document.querySelectorAll(".masthead-rate")];
    const lines = items.map((item) => item.querySelector("bdi").closest("span, tr").getBoundingClientRect().height);
    const boxes = [...document.querySelectorAll(".masthead-sparkline")].map((svg) => svg.getBoundingClientRect());
    return { lines, boxes: boxes.map(({ width, height }) => [width, height]), stroke: getComputedStyle(document.querySelector(".masthead-sparkline path") ?? document.body).stroke };
});

await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const base = `http://127.0.0.1:${server.address().port}`;
const browser = await launched(chromium);
try {
    for (const lang of LANGUAGES) {
        for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [320, "light"], [320, "dark"]]) {
            for (const layout of ["line", "table"]) {
                const of = `${layout}/${lang}`;
                const without = await look(browser, { of, lang, sparklines: 0 }, `${of}-plain`, width, scheme, { seen: measured, isAudited: false });
                const seen = await look(browser, { of, lang, sparklines: 1 }, of, width, scheme, { seen: measured });
                check(seen.boxes.length === 2, `${of}: ${seen.boxes.length} sparklines`);
                check(seen.boxes.every(([width, height]) => Math.abs(width - 3.75 * height) < 0.1 && height >= 12), `${of}: sparklines of ${seen.boxes}`);
                check(width < 1280 || seen.lines.join() === without.lines.join(), `${of}: rows of ${seen.lines} and ${without.lines}`);
                check(seen.stroke.startsWith("rgb("), `${of}: a stroke of ${seen.stroke}`);
            }
            const of = `chart/${lang}/${width < 640 ? 300 : 640}`;
            await look(browser, { of, lang }, of, width, scheme, {});
            const numbers = of.replace("chart", "numbers");
            await look(browser, { of: numbers, lang }, numbers, width, scheme, {});
            const isDrawn = async (page) => {
                check(await page.evaluate(() => document.querySelector("img").naturalWidth > 200), `${of}: the picture is not drawn`);
            };
            const image = { of: `${lang}-${width < 640 ? 300 : 640}`, lang, image: 1 };
            await look(browser, image, `image/${lang}`, width, scheme, { seen: isDrawn, isAudited: false });
        }
    }
    // The element takes the picture from a fragment, and keeps the row.
    const context = await browser.newContext({ viewport: { width: 1280, height: 600 } });
    const page = await context.newPage();
    await page.goto(`${base}/?${new URLSearchParams({ of: "line/en", lang: "en", live: 1, sparklines: 0 })}`);
    await page.waitForSelector(".masthead-sparkline path");
    const drawn = await page.evaluate(() => {
        const [one] = document.querySelectorAll(".masthead-sparkline");
        return [one.namespaceURI, one.firstChild.namespaceURI, one.firstChild.getTotalLength() > 60, one.viewBox.baseVal.width];
    });
    const svg = "http://www.w3.org/2000/svg";
    check(JSON.stringify(drawn) === JSON.stringify([svg, svg, true, 60]), `the element draws ${drawn}`);
    await context.close();
    console.log(`${checks} checks of sparklines and charts; pictures in ${pictures}`);
} finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
}

// Helpers of the browser tests: checks, the languages, a bank and a weather service, Chromium, and the audit.

import { readFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";

export let checks = 0;
export function check(holds, what) {
    checks += 1;
    if (!holds) throw new Error(what);
}

export const LANGUAGES = ["en", "ru", "kk", "kk-Latn", "zh-Hans", "kk-Arab", "uz-Cyrl", "uz-Latn"];

// A bank and a weather service, with responses for the current day.
const RATES = [
    ["USD", 475.09, "-3.68", 1], ["EUR", 551.06, "+2.44", 1], ["RUB", 5.87, "0.00", 1], ["CNY", 69.12, "-0.19", 1],
    ...["GBP", "TRY", "KGS", "AED", "CHF", "PLN"].map((code) => [code, 12.34, "+0.01", 1]), ["UZS", 3.9, "+0.1", 100],
];

const bank = (day) => `<?xml version="1.0" encoding="utf-8"?><rates><generator>test</generator><title>rates</title>
    <link>bank.example</link><description>rates</description><copyright>bank.example</copyright><date>${day}</date>
    ${RATES
        .map(([code, value, change, nominal]) => `<item><fullname>${code}</fullname><title>${code}</title>
            <description>${value}</description><quant>${nominal}</quant><index></index><change>${change}</change></item>`)
        .join("")}</rates>`;

function forecast(place) {
    const hour = 3600e3;
    // Starts at local midnight, so that the day's maximum is known.
    const first = Math.floor((Date.now() + 5 * hour) / (24 * hour)) * 24 * hour - 5 * hour;
    const series = Array.from({ length: 60 }, (_, index) => ({
        time: new Date(first + index * hour).toISOString().replace(".000", ""),
        data: {
            instant: { details: { air_temperature: -12.4 + Math.abs(12 - (index % 24)) * -0.5 } },
            next_1_hours: { summary: { symbol_code: "lightsnowshowers_day" }, details: {} },
        },
    }));
    const meta = { updated_at: new Date().toISOString().replace(/\.\d+/, ""), units: { air_temperature: "celsius" } };
    return JSON.stringify({
        type: "Feature",
        geometry: { type: "Point", coordinates: [Number(place.get("lon")), Number(place.get("lat")), 358] },
        properties: { meta, timeseries: series },
    });
}

export const upstream = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://upstream");
    if (pathname.startsWith("/nationalbank.kz/") && searchParams.has("fdate")) {
        response.end(bank(searchParams.get("fdate")));
    } else if (pathname.startsWith("/api.met.no/")) {
        response.setHeader("content-type", "application/json").end(forecast(searchParams));
    } else {
        response.writeHead(404).end();
    }
});
// Starts Chromium, which connects only to the page's own server. The caller passes `playwright`, so that it is loaded once.
export function launched(playwright, options = {}) {
    const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"];
    return playwright.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        chromiumSandbox: process.getuid() !== 0,
        args: quiet,
        ...options,
    });
}

const kept = new Map();

// Returns a page of a size and a colour scheme, with the faults since now. It is the page of the look before: a new one takes as long as a look.
// `prepare` is called for a new one.
export async function pageOf(browser, { width, height, colorScheme }, prepare = () => {}) {
    const key = `${width} ${height} ${colorScheme}`;
    if (!kept.has(key)) {
        const page = await (await browser.newContext({ viewport: { width, height }, colorScheme })).newPage();
        page.on("console", (message) => page.faults.push(message.text()));
        page.on("pageerror", (error) => page.faults.push(String(error)));
        await prepare(page);
        kept.set(key, page);
    }
    const page = kept.get(key);
    page.faults = [];
    return page;
}

// The contrast of two colours such as `rgb(1, 2, 3)`, by the formula of WCAG 2.2.
export function contrast(one, other) {
    const light = (colour) => {
        const [red, green, blue] = colour.match(/\d+/g).map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    };
    const [darker, lighter] = [light(one), light(other)].sort((a, b) => a - b);
    return lighter / darker;
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// Checks that axe reports no violation in a page, or in the part of it given by a selector, and that it checked contrast if `isMeasured`.
export async function audited(page, name, part, { isMeasured = true } = {}) {
    await page.evaluate(axe);
    const { violations, passes } = await page.evaluate((part) => window.axe.run(part ?? document, { resultTypes: ["violations"] }), part);
    const told = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes[0].html})`);
    check(violations.length === 0, `${name}: ${told.join("\n")}`);
    check(!isMeasured || passes.some(({ id }) => id === "color-contrast"), `${name}: contrast was not measured`);
}

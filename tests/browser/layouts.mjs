// The other layouts, as fragments in a page with only the style sheet: tables and the model header, fresh and stale, with a pair
// that the bank does not quote. See run.sh.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { chromium } from "playwright-core";

import { LANGUAGES, audited, check, checks, contrast, launched, pageOf, upstream } from "./support.mjs";

const [strip, pictures] = process.argv.slice(2);
const style = readFileSync(join(process.env.MASTHEAD, "src/strip/masthead.css"), "utf8");

const run = promisify(execFile);

// Four pairs, one with nominal 100 and one without a rate, and the city with the longest name.
const ROWS = ["--pairs", "usd/kzt,rub/kzt,uzs/kzt,thb/kzt", "--city", "oskemen", "--contact", "test@masthead.example"];

async function fragment(lang, layout, address, state, now) {
    const options = ["--lang", lang, "--layout", layout, "--format", "html", "--upstream", address, "--state", state, ...ROWS];
    return (await run(strip, now ? [...options, "--now", now] : options)).stdout;
}

async function look(browser, html, { lang, layout, age, width, colorScheme }) {
    const page = await pageOf(browser, { width, height: 400, colorScheme });
    const name = `${layout} of ${lang}, ${age}, at ${width}, ${colorScheme}`;
    const dir = lang === "kk-Arab" ? "rtl" : "ltr";
    await page.setContent(`<!doctype html><html lang="${lang}" dir="${dir}"><meta charset="utf-8"><title>masthead</title>
        <meta name="viewport" content="width=device-width"><style>:root { color-scheme: light dark } ${style}</style>
        <main><h1>masthead</h1>${html}</main>`);
    await page.screenshot({ path: `${pictures}/layout-${layout}-${lang}-${age}-${width}-${colorScheme}.png` });
    const seen = await page.evaluate(() => {
        const paper = getComputedStyle(document.querySelector(".masthead")).backgroundColor;
        const inks = [...document.querySelectorAll(".masthead, .masthead *")].filter((item) => item.textContent.trim()).map((item) => getComputedStyle(item).color);
        const ends = [...document.querySelectorAll(".masthead-table th + td data")].map((value) => value.closest("td").querySelector("bdi").getBoundingClientRect().right);
        return { overflow: document.scrollingElement.scrollWidth - innerWidth, paper, inks: [...new Set(inks)], ends };
    });
    check(seen.overflow <= 0, `${name}: ${seen.overflow} px beyond the page`);
    for (const ink of seen.inks) {
        const ratio = contrast(ink, seen.paper);
        check(ratio >= 4.5, `${name}: ${ink} on ${seen.paper} is ${ratio.toFixed(2)}`);
    }
    if (layout === "table") {
        check(seen.ends.length >= 3 && Math.max(...seen.ends) - Math.min(...seen.ends) < 1, `${name}: values end at ${seen.ends}`);
    }
    await audited(page, name);
    check(page.faults.length === 0, `${name}: ${page.faults.join("; ")}`);
}

await new Promise((ready) => upstream.listen(0, "127.0.0.1", ready));
const address = `http://127.0.0.1:${upstream.address().port}`;
const folder = mkdtempSync(join(tmpdir(), "masthead-"));
const browser = await launched(chromium);
try {
    // The contrast of black and white is 21.
    check(contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") === 21, "the formula of contrast");
    const later = new Date(Date.now() + 5 * 24 * 3600e3).toISOString();
    for (const lang of LANGUAGES) {
        for (const layout of ["table", "page", "line"]) {
            const state = join(folder, `${lang}-${layout}.json`);
            const ages = { fresh: await fragment(lang, layout, address, state) };
            // Five days later, with an upstream that refuses connections.
            ages.stale = await fragment(lang, layout, "http://127.0.0.1:9", state, later);
            check(ages.fresh.includes("475.09") && ages.stale.includes("475.09"), `${layout} of ${lang}: no rates`);
            check(layout === "page" || (ages.fresh.includes('"fresh"') && ages.stale.includes('"stale"')), `${layout} of ${lang}: no ages`);
            for (const [age, html] of Object.entries(ages)) {
                for (const [width, colorScheme] of [[320, "light"], [1280, "dark"]]) {
                    await look(browser, html, { lang, layout, age, width, colorScheme });
                }
            }
        }
    }
    console.log(`${checks} checks of tables, pages and lines`);
} finally {
    await browser.close();
    upstream.close();
    rmSync(folder, { recursive: true });
}

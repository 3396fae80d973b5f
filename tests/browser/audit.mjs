// Visits the site in a browser: see run.sh.

import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

import { LANGUAGES, audited, check, checks, launched, pageOf, upstream } from "./support.mjs";

const [site, pictures] = process.argv.slice(2);
mkdirSync(pictures, { recursive: true });

await new Promise((ready) => upstream.listen(0, "127.0.0.1", ready));

const server = spawn(site, [
    "--listen", "127.0.0.1:0", "--contact", "test@masthead.example",
    "--upstream", `http://127.0.0.1:${upstream.address().port}`,
]);
const log = [];
const address = await new Promise((found, gone) => {
    server.on("exit", () => gone(new Error("the site stopped")));
    createInterface(server.stderr).on("line", (line) => {
        log.push(line);
        const [, url] = line.match(/listening on (http:\S+)/) ?? [];
        if (url) found(url);
    });
});

async function data() {
    for (let tries = 0; tries < 100; tries += 1) {
        const strip = await (await fetch(`${address}/en/strip.json`)).json();
        if (strip.rates.every((rate) => rate.value) && strip.weather.every((city) => city.high !== null)) return;
        await new Promise((later) => setTimeout(later, 100));
    }
    throw new Error(`the site has no data after ten seconds:\n${log.join("\n")}`);
}

async function look(browser, lang, width, colorScheme) {
    const page = await pageOf(browser, { width, height: 400, colorScheme }, (page) => page.on("request", (request) => {
        if (!request.url().startsWith(address)) page.faults.push(`asks ${request.url()}`);
    }));
    const name = `${lang} at ${width}, ${colorScheme}`;
    await page.goto(`${address}/${lang}/`);
    await page.screenshot({ path: `${pictures}/${lang}-${width}-${colorScheme}.png` });
    const seen = await page.evaluate(() => {
        // Characters missing from every font of the machine: they render like a code point that no font has.
        function tofu(strip) {
            const context = Object.assign(document.createElement("canvas"), { width: 40, height: 40 }).getContext("2d", { willReadFrequently: true });
            context.font = `24px ${getComputedStyle(strip).fontFamily}`;
            const drawn = (text) => {
                context.clearRect(0, 0, 40, 40);
                context.fillText(text, 4, 30);
                return context.getImageData(0, 0, 40, 40).data.join();
            };
            const missing = drawn("\u{10fffe}");
            return [...new Set(strip.textContent)].filter((c) => c.trim() && drawn(c) === missing);
        }
        const items = [...document.querySelectorAll(".masthead-rate")].map((item) => item.getBoundingClientRect());
        const boxes = [...document.querySelectorAll(".masthead *")].map((item) => item.getBoundingClientRect());
        return {
            overflow: document.scrollingElement.scrollWidth - innerWidth,
            beyond: boxes.filter((box) => box.width && (box.left < -1 || box.right > innerWidth + 1)).length,
            first: items[0].left,
            second: items[1].left,
            sameRow: items[0].top === items[1].top,
            dir: getComputedStyle(document.querySelector(".masthead")).direction,
            current: document.querySelector(".masthead-languages [aria-current]")?.lang,
            moves: document.getAnimations().length,
            tofu: tofu(document.querySelector(".masthead")),
        };
    });
    check(page.faults.length === 0, `${name}: ${page.faults.join("; ")}`);
    check(seen.overflow <= 0 && seen.beyond === 0, `${name}: ${seen.overflow} px and ${seen.beyond} boxes beyond the page`);
    check(seen.dir === (lang === "kk-Arab" ? "rtl" : "ltr"), `${name} runs ${seen.dir}`);
    check(!seen.sameRow || seen.first > seen.second === (lang === "kk-Arab"), `${name}: the first pair is not first`);
    check(seen.current === lang, `${name}: ${seen.current} is marked as current`);
    check(seen.tofu.length === 0, `${name}: no font has ${seen.tofu}`);
    check(seen.moves === 0, `${name}: something moves`);

    await audited(page, name);
}

try {
    await data();
    const browser = await launched(chromium);
    for (const lang of LANGUAGES) {
        for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [320, "light"], [320, "dark"]]) {
            await look(browser, lang, width, scheme);
        }
    }
    // The front page is in the browser's preferred language.
    const front = async (locale) => {
        const page = await (await browser.newContext({ locale })).newPage();
        await page.goto(address);
        return page.getAttribute("html", "lang");
    };
    check((await front("zh-CN")) === "zh-Hans", "a Chinese browser gets Chinese");
    check((await front("ru-KZ")) === "ru", "a Russian browser gets Russian");
    await browser.close();
    console.log(`${checks} checks in ${LANGUAGES.length} languages; pictures in ${pictures}`);
} finally {
    server.removeAllListeners("exit");
    server.kill();
    upstream.close();
}

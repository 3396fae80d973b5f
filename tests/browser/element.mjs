// Tests of the custom element in a browser: see run.sh.

import { mkdirSync, readFileSync } from "node:fs";

import { chromium } from "playwright-core";

import { faultsOfFragment, faultsOfStyle } from "./amp.mjs";
import { LAYOUTS, WORDS, rendered, serve, until } from "./pages.mjs";
import { LANGUAGES, audited, check, checks, launched } from "./support.mjs";

const [strip, site, pictures] = process.argv.slice(2);
mkdirSync(pictures, { recursive: true });

const fragments = await rendered(strip, site);
const server = await serve(fragments);
// The driver disables the back-forward cache, which a reader's browser has.
const browser = await launched(chromium, { ignoreDefaultArgs: ["--disable-back-forward-cache"] });

const kept = new Map();

// Opens a page that reports every violation of a strict policy, console message and layout shift. A page that is kept is used again by the next call
// with the same options: a new one takes as long as what is tested.
async function open(query, { isKept, ...options } = {}) {
    const key = JSON.stringify(options);
    const page = kept.get(key) ?? (await prepared(options));
    if (isKept) kept.set(key, page);
    page.faults = [];
    await page.goto(`${server.base}/?${query}`);
    return page;
}

async function prepared({ clock, storage, ...context }) {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 500 }, ...context })).newPage();
    page.on("console", (message) => page.faults.push(message.text()));
    page.on("pageerror", (error) => page.faults.push(String(error)));
    page.on("request", (request) => {
        if (!request.url().startsWith(server.base)) page.faults.push(`asks ${request.url()}`);
    });
    if (clock) await page.clock.install();
    if (storage === false) {
        await page.addInitScript(() => {
            Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("blocked", "SecurityError"); } });
        });
    }
    await page.addInitScript(() => {
        window.seen = { shifts: [], violations: [] };
        document.addEventListener("securitypolicyviolation", (event) => window.seen.violations.push(event.violatedDirective));
        // A movement caused by the reader's own input is not a layout shift.
        const counted = (list) => list.getEntries().filter((entry) => !entry.hadRecentInput).map((entry) => entry.value);
        new PerformanceObserver((list) => window.seen.shifts.push(...counted(list))).observe({ type: "layout-shift", buffered: true });
    });
    return page;
}

// Two frames later, all movements have ended.
const settled = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
const html = (page) => page.evaluate(() => document.querySelector("section").outerHTML.replaceAll(' data-changed=""', ""));
const shows = (page, text) => until(() => page.evaluate((text) => document.querySelector("section").textContent.includes(text), text), text);
const following = (count) => until(() => server.open.size === count, `${count} open streams, not ${server.open.size}`);

async function done(page, name) {
    await settled(page);
    const { shifts, violations } = await page.evaluate(() => window.seen);
    check(page.faults.length === 0, `${name}: ${page.faults.join("; ")}`);
    check(violations.length === 0, `${name}: violates ${violations}`);
    check(shifts.length === 0, `${name}: moved by ${shifts}`);
    await ([...kept.values()].includes(page) ? page.goto("about:blank") : page.context().close());
    await following(0);
    server.shown = {};
}

async function withoutScript() {
    for (const lang of LANGUAGES) {
        const page = await open(`lang=${lang}`, { javaScriptEnabled: false });
        const text = (await page.locator("section").textContent()) ?? "";
        check(/475[.,]09/.test(text) && /552|551[.,]06/.test(text), `${lang} without a script: ${text}`);
        check((await page.locator("button").count()) === 0, `${lang}: a button that does nothing`);
        await page.context().close();
    }
}

// After a refresh the document equals what the browser's own parser makes of the new fragment, in the same place on the page.
async function refreshes() {
    for (const layout of LAYOUTS) {
        for (const lang of LANGUAGES) {
            for (const width of [320, 768, 1280]) {
                const key = `${layout}/${lang}`;
                const page = await open(`layout=${layout}&lang=${lang}`, { isKept: true, viewport: { width, height: 700 }, bypassCSP: true });
                await following(1);
                for (const state of ["other", "fresh", "aged", "fresh", "stale"].filter((state) => fragments[key][state])) {
                    const fragment = fragments[key][state];
                    server.show(key, fragment);
                    await page.evaluate(() => new Promise((later) => setTimeout(later, 0)));
                    const same = () => page.evaluate((fragment) => {
                        const section = document.querySelector("section").cloneNode(true);
                        for (const node of section.querySelectorAll("[data-changed]")) node.removeAttribute("data-changed");
                        return section.isEqualNode(new DOMParser().parseFromString(fragment, "text/html").body.firstChild);
                    }, fragment);
                    await until(same, `${key} to become ${state}`);
                    await settled(page);
                    const shifts = await page.evaluate(() => window.seen.shifts.splice(0));
                    // In a column of 320 pixels, lines appear and disappear on the day on which data becomes too old to show.
                    const sum = shifts.reduce((sum, shift) => sum + shift, 0);
                    const allowed = state === "stale" ? (width === 320 ? 0.3 : 0.1) : 0;
                    check(sum <= allowed, `${key} at ${width}: moved by ${shifts} when ${state}`);
                }
                await done(page, `${key} at ${width}`);
            }
        }
    }
}

async function staysInPlace() {
    const key = "site/kk";
    const page = await open("lang=kk");
    await following(1);
    await page.evaluate(() => {
        document.querySelector('a[hreflang="ru"]').focus();
        const name = document.querySelector('[data-city="astana"] bdi').firstChild;
        getSelection().setBaseAndExtent(name, 0, name, name.length);
        window.kept = [...document.querySelectorAll("section, nav, a, [data-pair], [data-city]")];
    });
    const selected = await page.evaluate(() => String(getSelection()));
    check(selected.length > 3, `selected ${selected}`);
    server.show(key, fragments[key].other);
    await shows(page, "476.90");
    const after = await page.evaluate(() => ({
        focused: document.activeElement.getAttribute("href"),
        selected: String(getSelection()),
        kept: window.kept.every((node) => node.isConnected),
        changed: [...document.querySelectorAll("[data-changed]")].map((node) => node.textContent),
        live: document.querySelectorAll("[aria-live], [role=status], [role=alert]").length,
    }));
    check(after.focused === "/ru/?a=1&b='2'", `focus is on ${after.focused}`);
    check(after.selected === selected && after.kept, `selected ${after.selected}, kept ${after.kept}`);
    check(after.changed.includes("476.90") && after.live === 0, `changed ${after.changed}`);
    await done(page, "in place");
}

async function pauses() {
    const key = "site/ru";
    const page = await open("lang=ru", { clock: true });
    await following(1);
    const button = page.getByRole("button", { name: WORDS.ru.pause });
    const box = await button.boundingBox();
    check(box.width >= 24 && box.height >= 24, `the button is ${box.width} by ${box.height}`);
    for (let presses = 0; presses < 40 && !(await page.evaluate(() => document.activeElement.localName === "button")); presses += 1) {
        await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await following(0);
    const resume = page.getByRole("button", { name: WORDS.ru.resume });
    check((await resume.count()) === 1 && (await resume.getAttribute("aria-pressed")) === null, "the words say what the button does");
    const before = { ...server.asked };
    server.show(key, fragments[key].other);
    await page.clock.runFor(600_000);
    check(server.asked.events === before.events && server.asked.fragment === before.fragment, "paused, it asks");
    check(!(await html(page)).includes("476.90"), "paused, it changes");

    await page.reload();
    await settled(page);
    check((await resume.count()) === 1 && server.asked.events === before.events, "the choice is kept for the visit");
    await resume.focus();
    await page.keyboard.press("Space");
    await shows(page, "476.90");
    check((await button.count()) === 1, "resumed");
    await done(page, "pause");

    const blocked = await open("lang=ru", { storage: false });
    await following(1);
    await blocked.getByRole("button").click();
    await following(0);
    await blocked.getByRole("button").click();
    await following(1);
    await done(blocked, "storage blocked");
}

async function polls() {
    const key = "site/en";
    for (const refusal of [503, 404]) {
        Object.assign(server, { events: refusal, fragment: 200, asked: { events: 0, fragment: 0 } });
        const page = await open("", { clock: true });
        await until(() => server.asked.fragment === 1, "the first poll");
        await page.clock.runFor(59_000);
        check(server.asked.fragment === 1, "a poll before its minute");
        server.show(key, fragments[key].other);
        await page.clock.runFor(31_000);
        await shows(page, "476.90");
        await page.evaluate(() => {
            Object.defineProperty(document, "hidden", { value: true, configurable: true });
            document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
        });
        const asked = server.asked.fragment;
        await page.clock.runFor(600_000);
        check(server.asked.fragment === asked, "it polls while hidden");
        server.events = 200;
        await page.evaluate(() => {
            delete document.hidden;
            document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
        });
        await following(1);
        page.faults = page.faults.filter((fault) => !fault.includes(refusal));
        await done(page, `events refused with ${refusal}`);
    }
    // While polls fail, they become less frequent, and the displayed values stay.
    Object.assign(server, { events: 503, fragment: 500, asked: { events: 0, fragment: 0 } });
    const page = await open("", { clock: true });
    const shown = await html(page);
    for (let minutes = 0; minutes < 60; minutes += 1) {
        await page.clock.runFor(60_000);
        await settled(page);
    }
    check(server.asked.fragment > 4 && server.asked.fragment < 14, `${server.asked.fragment} polls in a failing hour`);
    check((await html(page)) === shown, "a failing poll changed the page");
    server.events = 200;
    await page.clock.runFor(30 * 60_000);
    await following(1);
    page.faults = page.faults.filter((fault) => !/50[03]/.test(fault));
    await done(page, "polls that fail");

    // A browser without `EventSource`.
    Object.assign(server, { fragment: 200, asked: { events: 0, fragment: 0 } });
    const old = await (await browser.newContext()).newPage();
    await old.addInitScript(() => delete window.EventSource);
    await old.goto(server.base);
    await until(() => server.asked.fragment === 1, "a poll without EventSource");
    check(server.asked.events === 0, "events without EventSource");
    await old.context().close();
}

function hostile(html) {
    const put = (tag) => html.replace("</section>", `${tag}</section>`);
    const value = html.indexOf("</data>");
    return [
        html.slice(0, value) + html.slice(value + 7), html.slice(0, -1), html.slice(0, html.length / 2), `${html}</p>`, `${html}<b>`,
        put("<script>window.hit = 1</script>"), put('<script src="/x.js"></script>'), put("<img src=x onerror=hit=1>"),
        put('<span onclick="window.hit=1">HOSTILE</span>'), put('<span style="position:fixed">HOSTILE</span>'),
        put('<a href="javascript:window.hit=1">HOSTILE</a>'), put('<a href="JavaScript:window.hit=1">HOSTILE</a>'),
        put('<a href=" javascript:window.hit=1">HOSTILE</a>'), put('<a href="java\tscript:window.hit=1">HOSTILE</a>'),
        put('<a href="data:text/html,HOSTILE">HOSTILE</a>'), put('<a href="vbscript:x">HOSTILE</a>'), put('<a id="x">HOSTILE</a>'),
        put("<span class=x>HOSTILE</span>"), put("<span class='x'>HOSTILE</span>"), put("<!-- HOSTILE -->"), put("<SPAN>HOSTILE</SPAN>"),
        put('<meta http-equiv="refresh" content="0;url=/x">'), put("<iframe>HOSTILE</iframe>"),
        put('<svg onload="window.hit=1">HOSTILE</svg>'), put('<svg><foreignObject>HOSTILE</foreignObject></svg>'), put('<svg><use href="#x"></use>HOSTILE</svg>'),
        put('<svg><script>window.hit = 1</script>HOSTILE</svg>'), put('<svg style="HOSTILE"></svg>'), put('<path d="HOSTILE"/>'),
        put("<template>HOSTILE</template>"), put("</meta>"), "HOSTILE", " ", "<", ">", "&lt;script&gt;HOSTILE", "null", "{}",
        html.replace("<p ", "<p HOSTILE "), html.replace("</section>", "</SECTION>"), html.replace('class="', 'class="HOSTILE" onload="'),
        "<p>HOSTILE</p>", put("HOSTILE<span></span>".repeat(50_000)), "HOSTILE ".repeat(131_072), "<".repeat(1 << 20),
        `<p${' class="HOSTILE"'.repeat(65_536)}`, "<p>".repeat(349_525),
    ];
}

async function refuses() {
    const key = "site/en";
    const { fresh, other } = fragments[key];
    const page = await open("");
    await following(1);
    await page.evaluate(() => {
        window.records = 0;
        new MutationObserver((list) => (window.records += list.length))
            .observe(document.querySelector("masthead-strip"), { subtree: true, childList: true, attributes: true, characterData: true });
    });
    const attacks = hostile(fresh);
    for (const [index, attack] of attacks.entries()) {
        server.send(key, attack);
        const sentinel = index % 2 ? fresh : other;
        // Everything sent before the next good message was read before it.
        const [changes, first] = [await page.evaluate(() => window.records), index === 0];
        server.show(key, sentinel);
        await until(async () => (await html(page)).includes("476.90") === (sentinel === other), `the message after ${attack.slice(0, 80)}`);
        const seen = await page.evaluate(() => ({ text: document.body.innerHTML.includes("HOSTILE"), hit: window.hit, records: window.records }));
        check(!seen.text && seen.hit === undefined, `shown: ${attack.slice(-200)}`);
        check(first || seen.records - changes <= 40, `${seen.records - changes} changes after ${attack.slice(0, 80)}`);
    }
    // Markup in data is displayed as text.
    const words = fresh.replace(/<bdi>[^<]*<\/bdi>/, "<bdi>&lt;b&gt; &amp;amp; &quot;&#39;</bdi>");
    server.show(key, words);
    await shows(page, `<b> &amp; "'`);
    await settled(page);
    // A name longer than that of any city.
    await page.evaluate(() => window.seen.shifts.splice(0));
    await done(page, "hostile data");
}

async function hides() {
    const page = await open("lang=uz-Cyrl");
    await following(1);
    await page.evaluate(() => {
        window.leaving = document.querySelector("masthead-strip");
        window.leaving.remove();
    });
    await following(0);
    await page.evaluate(() => document.querySelector("header").append(window.leaving));
    await following(1);
    check((await page.locator("button").count()) === 1, "two buttons after a move");
    await page.evaluate(() => (window.seen.shifts = []));

    await page.evaluate(() => (window.alive = true));
    await page.goto(`${server.base}/?lang=kk`);
    await until(() => [...server.open].every((stream) => stream.strip === "site/kk"), "the page left to stop");
    server.show("site/uz-Cyrl", fragments["site/uz-Cyrl"].other);
    // A page from the back-forward cache fires no load event.
    await page.evaluate(() => history.back());
    await until(() => page.evaluate(() => window.alive === true).catch(() => false), "the page from the back-forward cache");
    await following(1);
    await shows(page, "476.90");
    await done(page, "hidden");
}

async function asIs() {
    const twice = await open("twice");
    await following(1);
    check((await twice.locator("button").count()) === 1, "defined twice, two buttons");
    check((await twice.evaluate(() => Object.keys(window).filter((name) => /masthead|strip/i.test(name)))).length === 0, "a global");
    await done(twice, "defined twice");

    const before = { ...server.asked };
    const bare = await open("bare");
    await settled(bare);
    check((await bare.locator("button").count()) === 0 && server.asked.events === before.events, "without attributes it does nothing");
    check((await html(bare)).replaceAll("&nbsp;", "\u00a0") === fragments["site/en"].fresh, "without attributes the markup changed");
    await done(bare, "bare");

    for (const [reducedMotion, moving] of [["no-preference", true], ["reduce", false]]) {
        const page = await open("", { reducedMotion });
        await following(1);
        server.show("site/en", fragments["site/en"].other);
        await shows(page, "476.90");
        const animations = await page.evaluate(() => document.getAnimations().length);
        check(animations > 0 === moving, `${animations} animations with ${reducedMotion}`);
        await done(page, reducedMotion);
    }
}

async function looks() {
    const themes = [["light", ""], ["dark", ""], ["light", "&theme=dark"], ["dark", "&theme=light"]];
    for (const lang of LANGUAGES) {
        for (const width of [320, 768, 1280]) {
            for (const [colorScheme, theme] of themes) {
                const name = `${lang} at ${width}, ${colorScheme}${theme}`;
                const page = await open(`lang=${lang}${theme}`, { isKept: true, viewport: { width, height: 500 }, colorScheme, bypassCSP: true });
                await following(1);
                const seen = await page.evaluate(() => {
                    const [section, button] = ["section", "button"].map((name) => document.querySelector(name));
                    const box = button.getBoundingClientRect();
                    const texts = [...section.querySelectorAll("bdi, a, span")].filter((node) => !node.children.length);
                    const covered = texts.map((node) => node.getBoundingClientRect())
                        .filter((text) => text.width && text.right > box.left && text.left < box.right && text.bottom > box.top + 1 && text.top < box.bottom - 1);
                    return {
                        covered: covered.length,
                        overflow: document.scrollingElement.scrollWidth - innerWidth,
                        inside: box.left >= 0 && box.right <= innerWidth && box.bottom <= section.getBoundingClientRect().bottom,
                        paper: getComputedStyle(section).backgroundColor,
                        button: getComputedStyle(button).backgroundColor,
                        start: box.left < innerWidth / 2,
                    };
                });
                check(seen.covered === 0 && seen.overflow <= 0 && seen.inside, `${name}: ${JSON.stringify(seen)}`);
                const dark = theme ? theme.endsWith("dark") : colorScheme === "dark";
                check(seen.paper === (dark ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)") && seen.paper === seen.button, `${name} on ${seen.paper}`);
                if (width !== 768) {
                    // The page around the strip is the site's business; the audit covers the strip.
                    await audited(page, name, "header");
                }
                await page.screenshot({ path: `${pictures}/element-${lang}-${width}-${colorScheme}${theme.replace("&theme=", "-")}.png`, clip: { x: 0, y: 0, width, height: 420 } });
                await done(page, name);
            }
        }
    }
    const page = await open("", { forcedColors: "active" });
    await page.getByRole("button").focus();
    const forced = await page.evaluate(() => {
        const { borderTopWidth, outlineStyle } = getComputedStyle(document.querySelector("button"));
        return { borderTopWidth, outlineStyle };
    });
    check(forced.borderTopWidth === "1px" && forced.outlineStyle === "solid", `forced colours: ${JSON.stringify(forced)}`);
    await page.screenshot({ path: `${pictures}/element-forced.png` });
    await done(page, "forced colours");
}

function amp() {
    for (const [name, { fresh, stale }] of Object.entries(fragments)) {
        for (const html of [fresh, stale ?? fresh]) check(faultsOfFragment(html).length === 0, `${name}: ${faultsOfFragment(html)}`);
    }
    const style = readFileSync(`${process.env.MASTHEAD}/src/strip/masthead.css`, "utf8");
    check(faultsOfStyle(style).length === 0, `the style sheet: ${faultsOfStyle(style)}`);
    // Check of the check: the rules report known violations.
    check(faultsOfFragment('<section style="x"><script>1</script><a href="javascript:1" onclick="x">').length === 4, "rules of a fragment");
    check(faultsOfStyle("@import 'x'; p { color: red ! important }").length === 2, "rules of a style sheet");
}

const parts = { amp, withoutScript, staysInPlace, pauses, polls, refuses, hides, asIs, looks, refreshes };
try {
    const wanted = process.env.ONLY?.split(",") ?? Object.keys(parts);
    for (const part of wanted) {
        Object.assign(server, { events: 200, fragment: 200, shown: {} });
        const before = checks;
        await parts[part]();
        console.log(`${part}: ${checks - before} checks`);
    }
    console.log(`${checks} checks of the element passed; pictures in ${pictures}`);
} finally {
    await browser.close();
    server.close();
}

// Annotated articles in eight languages: the order of the text, its wrapping, and a strict Content-Security-Policy. See run.sh.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { ARTICLES } from "./articles_text.mjs";
import { LANGUAGES, audited, check, checks, contrast, launched, pageOf, upstream } from "./support.mjs";

const [annotate, pictures] = process.argv.slice(2);
const ORIGIN = "http://article.example";

// The style sheet that the chapter on amounts gives, in a site's own. axe takes a page without a background as white.
const chapter = readFileSync(join(process.env.MASTHEAD, "src/docs/amounts.md"), "utf8");
const [, given] = chapter.match(/```css\n([^`]+)```/);
const style = `:root { color-scheme: light dark } body { background: Canvas; font: 1rem/1.5 sans-serif; margin: 1rem } main { max-inline-size: 40rem } ${given}`;

// An article as a site has it: amounts in <b>, in a link, a list and a table, and one with a value of its author's.
function article(lang) {
    const { heading, grant, range, bound, link, author, items, columns, row } = ARTICLES[lang];
    const dir = lang === "kk-Arab" ? "rtl" : "ltr";
    const space = lang === "zh-Hans" ? "" : " ";
    return `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><title>${heading}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css"></head>
<body><main><article><h1>${heading}</h1><p>${grant}${space}${range}</p><p>${bound}${space}${link}</p><p>${author}</p>
<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>
<table><thead><tr>${columns.map((column) => `<th scope="col">${column}</th>`).join("")}</tr></thead>
<tbody><tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr></tbody></table></article></main></body></html>`;
}

function annotated(lang, on, bank) {
    const options = ["--lang", lang, "--on", on, "--upstream", bank];
    return new Promise((done, failed) => {
        const child = execFile(annotate, options, (error, output) => (error ? failed(error) : done(output)));
        child.stdin.end(article(lang));
    });
}

// The text in the order in which a screen reader comes to it.
async function readOut(page) {
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    const texts = ({ role, name, childIds }) =>
        role?.value === "StaticText" ? [name.value] : (childIds ?? []).flatMap((id) => (byId.has(id) ? texts(byId.get(id)) : []));
    return texts(nodes[0]).join("");
}

async function look(browser, html, { lang, width, colorScheme }) {
    const page = await pageOf(browser, { width, height: 800, colorScheme }, (page) => page.route(`${ORIGIN}/**`, (route) => {
        const isStyle = route.request().url().endsWith(".css");
        const headers = { "content-security-policy": "default-src 'none'; style-src 'self'" };
        return route.fulfill({ body: isStyle ? style : page.html, contentType: isStyle ? "text/css" : "text/html; charset=utf-8", headers });
    }));
    page.html = html;
    const name = `the article in ${lang} at ${width}, ${colorScheme}`;
    await page.goto(`${ORIGIN}/${lang}`);
    await page.screenshot({ path: `${pictures}/article-${lang}-${width}-${colorScheme}.png` });
    const seen = await page.evaluate(async () => {
        const shifts = await new Promise((done) => {
            const shifts = [];
            new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done(shifts.length), 50);
        });
        const box = (node, at) => {
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            return range.getBoundingClientRect();
        };
        const values = [...document.querySelectorAll(".masthead-converted")].map((value) => {
            const [text] = value.querySelector("bdi").childNodes;
            const isTogether = (one, other) => one.top === other.top;
            // A bracket alone at the end of a line would belong to no text. Chinese has no sign, and its lines end after any character.
            const [before, after] = [box(value.firstChild, value.firstChild.data.length - 1), box(value.lastChild, 0)];
            const ends = [[before, box(text, 0)], [box(text, text.data.length - 1), after]];
            const hasSign = text.data.includes("$");
            // A line may end after the dash of a range.
            const digit = box(text, text.data.search(text.data.search(/\$\d/) < 0 ? /\d(?=\D*$)/ : /\d/));
            const sign = hasSign ? box(text, text.data.indexOf("$")) : digit;
            return {
                text: value.textContent,
                signIsRight: hasSign ? sign.left > digit.left : undefined,
                isOneLine: [...ends, [digit, sign]].every(([one, other]) => isTogether(one, other)),
                brackets: isTogether(before, after) ? Math.sign(after.left - before.left) : undefined,
            };
        });
        const article = document.querySelector("article");
        return {
            overflow: document.scrollingElement.scrollWidth - innerWidth,
            shifts,
            values,
            text: article.textContent,
            visible: article.innerText,
            last: article.lastElementChild.className,
            notes: document.querySelectorAll(".masthead-amounts-note").length,
            noteDir: getComputedStyle(article.lastElementChild).direction,
            paper: getComputedStyle(document.body).backgroundColor,
            inks: [...document.querySelectorAll("article *")].map((item) => getComputedStyle(item).color),
            styled: getComputedStyle(article.lastElementChild).fontSize,
        };
    });
    check(page.faults.length === 0, `${name}: ${page.faults.join("; ")}`);
    check(seen.styled === "14px", `${name}: the style sheet was not used`);
    check(seen.overflow <= 0, `${name}: ${seen.overflow} px beyond the page`);
    check(seen.shifts === 0, `${name}: the layout shifts`);
    check(seen.last === "masthead-amounts-note" && seen.notes === 1, `${name}: ${seen.notes} notes, and last ${seen.last}`);
    const isRightToLeft = lang === "kk-Arab";
    check(seen.noteDir === (isRightToLeft ? "rtl" : "ltr"), `${name}: the note runs ${seen.noteDir}`);

    // The values follow their amounts, on the page and for a screen reader.
    const { amounts } = ARTICLES[lang];
    check(seen.values.length === amounts.length, `${name}: values ${seen.values.map(({ text }) => text).join(",")}`);
    const heard = await readOut(page);
    for (const [index, { text, signIsRight, isOneLine, brackets }] of seen.values.entries()) {
        const whole = amounts[index] + text;
        for (const [order, given] of Object.entries({ text: seen.text, visible: seen.visible, heard })) {
            check(given.includes(whole), `${name}: no ${whole} in ${order}: ${given}`);
        }
        check(isOneLine, `${name}: ${whole} is torn apart`);
        check(signIsRight === (lang === "zh-Hans" ? undefined : !isRightToLeft && lang !== "en"), `${name}: the sign of ${whole} stands on the wrong side`);
        check(brackets === undefined || brackets === (isRightToLeft ? -1 : 1), `${name}: the brackets of ${whole} are swapped`);
    }
    // axe takes joined Arabic letters for an icon font, whose contrast it does not measure.
    for (const ink of new Set(seen.inks)) {
        check(contrast(ink, seen.paper) >= 4.5, `${name}: ${ink} on ${seen.paper} is ${contrast(ink, seen.paper).toFixed(2)}`);
    }
    await audited(page, name, undefined, { isMeasured: !isRightToLeft });
}

await new Promise((ready) => upstream.listen(0, "127.0.0.1", ready));
const bank = `http://127.0.0.1:${upstream.address().port}`;
// The bank's day.
const on = new Date(Date.now() + 5 * 3600e3).toISOString().slice(0, 10);
const browser = await launched(chromium);
try {
    for (const lang of LANGUAGES) {
        const html = await annotated(lang, on, bank);
        for (const [width, colorScheme] of [[1280, "light"], [1280, "dark"], [320, "light"], [320, "dark"]]) {
            await look(browser, html, { lang, width, colorScheme });
        }
    }
    console.log(`${checks} checks of articles`);
} finally {
    await browser.close();
    upstream.close();
}

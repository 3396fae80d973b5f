// The rules of AMP HTML that bear on a fragment and its style sheet, as in validator-main.protoascii of ampproject/amphtml
// (spec_file_revision 983, but for the limit of the style sheet, which has been 75,000 bytes since).

const GLOBAL = /^(class|lang|dir|title|role|item(scope|prop|type)|aria-[a-z]+|data-[a-z-]+)$/;
const TAGS = {
    section: [], nav: [], p: [], span: [], bdi: [], abbr: [], table: [], tbody: [], tr: [], td: [],
    th: ["scope"], a: ["href", "hreflang"], data: ["value"], time: ["datetime"], meta: ["content"],
};
const AT_RULES = ["font-face", "keyframes", "media", "page", "supports"];

// Returns what an AMP validator would reject in a fragment.
export function faultsOfFragment(html) {
    const faults = [];
    for (const [, name, attributes] of html.matchAll(/<([a-z!][a-z0-9-]*)((?:\s+[^\s=>]+(?:="[^"]*")?)*)/gi)) {
        if (!TAGS[name]) faults.push(`<${name}>`);
        for (const [, attribute, value = ""] of attributes.matchAll(/\s+([^\s=]+)(?:="([^"]*)")?/g)) {
            if (!GLOBAL.test(attribute) && !TAGS[name]?.includes(attribute)) faults.push(`<${name} ${attribute}>`);
            if (/^i-amphtml|(^|\s)-?amp-/.test(value) && attribute === "class") faults.push(`class ${value}`);
            if (attribute === "href" && !/^(https?:|tel:|[^:]*([/?#]|$))/.test(value)) faults.push(`href ${value}`);
        }
    }
    return faults;
}

// Returns what an AMP validator would reject in a style sheet inside `<style amp-custom>`.
export function faultsOfStyle(css) {
    const faults = [];
    if (Buffer.byteLength(css) >= 75000) faults.push(`${Buffer.byteLength(css)} bytes`);
    for (const banned of [/!\s*important/, /<!--/, /(^|\W)i-amphtml-/m, /(^|[\s,.])-amp-/m, /behavior\s*:/, /-moz-binding/, /url\(/]) {
        if (banned.test(css)) faults.push(String(banned));
    }
    for (const [, rule] of css.matchAll(/@([a-z-]+)/g)) if (!AT_RULES.includes(rule)) faults.push(`@${rule}`);
    return faults;
}

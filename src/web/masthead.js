// Keeps the strip in <masthead-strip> current; the page is complete without.

// All that the server writes. A text with anything else in it is refused whole.
const TOKEN =
  /<(\/?)(section|p|table|tbody|tr|t[hd]|span|nav|a|bdi|abbr|data|time|meta)((?: (?!href="(?!https?:|tel:|[^":]*["/?#]))(?:class|lang|dir|role|href|hreflang|scope|title|value|datetime|content|(?:aria-|data-|item)[a-z]+)(?:="[^"<>]*")?)*)>|([^<>]+)/g;
const ENTITIES = { __proto__: null, amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const decode = (text) => text.replace(/&([^;]*);?/g, (_, name) => ENTITIES[name].trim());

function parse(html) {
  const root = document.createElement("p");
  let node = root;
  const rest = html.replace(TOKEN, (_, end, name, attributes, text) => {
    if (text) node.append(decode(text));
    else if (!end) {
      node = node.appendChild(document.createElement(name));
      attributes.replace(/ ([^=]+)(?:="(.*?)")?/gs, (_, name, value = "") =>
        node.setAttribute(name, decode(value)),
      );
    }
    if (end || name == "meta") node = node.matches(name) && node.parentNode;
    return "";
  });
  if (rest || node != root || root.childNodes[1] || html[1e5]) throw rest;
  return root.querySelector(".masthead");
}

// A node that stays keeps focus and selection.
function morph(old, fresh) {
  if (old.nodeName != fresh.nodeName) old.replaceWith(fresh);
  else if (!fresh.attributes) {
    if (old.data == fresh.data) return;
    old.data = fresh.data;
    old.parentNode.dataset.changed = "";
  } else {
    for (const { name } of [...old.attributes, ...fresh.attributes]) {
      const value = fresh.getAttribute(name);
      if (value == null) old.removeAttribute(name);
      else if (value != old.getAttribute(name)) old.setAttribute(name, value);
    }
    const nodes = [...fresh.childNodes];
    while (old.childNodes[nodes.length]) old.lastChild.remove();
    nodes.forEach((node, place) => {
      const there = old.childNodes[place];
      there ? morph(there, node) : old.append(node);
    });
  }
}

// Storage throws where cookies are blocked.
let session = {};
try {
  sessionStorage.masthead ||= "";
  session = sessionStorage;
} catch {}

function start(strip) {
  const { src, events, pause, resume } = strip.attributes;
  const button = document.createElement("button");
  let live = new AbortController();

  function follow(signal) {
    let failures = 0;
    const show = (text) =>
      text
        .then((html) => morph(strip.querySelector(".masthead"), parse(html)))
        .then(() => (failures = 0), () => failures++);
    const poll = async () => {
      await show(
        fetch(src.value, { cache: "no-cache", signal }).then((answer) => answer.ok && answer.text()),
      );
      // Events are tried again now and then, not by all readers at once.
      const next = () => signal.aborted || (Math.random() < 0.1 ? listen : poll)();
      setTimeout(next, (6e4 + Math.random() * 3e4) * 2 ** Math.min(failures, 5));
    };
    const listen = () => {
      if (!events || !window.EventSource) return poll();
      const source = new EventSource(events.value);
      source.onmessage = ({ data }) => show(Promise.resolve(data));
      source.onerror = () => source.readyState == 2 && poll();
      signal.onabort = () => source.close();
    };
    listen();
  }

  const sync = () => {
    const paused = session.masthead;
    button.textContent = (paused ? resume : pause).value;
    live.abort();
    live = new AbortController();
    if (strip.isConnected && !paused && !document.hidden) follow(live.signal);
  };
  button.type = "button";
  button.dir = strip.querySelector(".masthead")?.dir;
  button.onclick = () => {
    session.masthead = session.masthead ? "" : "paused";
    sync();
  };
  strip.append(button);
  addEventListener("visibilitychange", sync);
  return sync;
}

customElements.get("masthead-strip") ||
  customElements.define(
    "masthead-strip",
    class extends HTMLElement {
      #sync;
      connectedCallback() {
        const { src, pause, resume } = this.attributes;
        if (src && pause && resume) this.#sync ??= start(this);
        this.#sync?.();
      }
      disconnectedCallback() {
        this.#sync?.();
      }
    },
  );

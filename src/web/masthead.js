const TOKEN =
	/<(\/?)(section|p|table|tbody|tr|t[hd]|span|nav|a|bdi|abbr|data|time|meta|svg|path)((?: (?!href="(?!https?:|tel:|[^":]*["/?#]))(?:class|lang|dir|role|href(?:lang)?|scope|title|value|datetime|content|xmlns|height|viewBox|fill|stroke|d|(?:aria-|data-|item)[a-z]+)(?:="[^"<>]*")?)*)>|([^<>]+)/g;

const decode = (text) =>
	text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, "&");

function parse(html) {
	const root = document.createElement("section");
	let node = root;
	const rest = html[5e4] || html.replace(TOKEN, (_, end, name, attributes, text) => {
		if (text) node.append(decode(text));
		else if (!end) {
			node.append((node = document.createElementNS(attributes.match(/ns="(.*?)"/)?.[1] ?? node.namespaceURI, name)));
			attributes.replace(/ ([^ =]+)(?:="(.*?)")?/gs, (_, name, value = "") => node.setAttribute(name, decode(value)));
		}
		if (end || name == "meta") node = node.matches(name) && node.parentNode;
		return "";
	});
	if (!rest && node == root) return root.querySelector("section");
}

function morph(old, fresh) {
	if (old.nodeName != fresh.nodeName) old.replaceWith(fresh);
	else if (fresh.attributes) {
		for (const { name } of [...old.attributes, ...fresh.attributes]) {
			const value = fresh.getAttribute(name);
			if (value == null) old.removeAttribute(name);
			else if (old.getAttribute(name) != value) old.setAttribute(name, value);
		}
		const nodes = [...fresh.childNodes];
		while (old.childNodes[nodes.length]) old.lastChild.remove();
		nodes.forEach((node, at) => (old.childNodes[at] ? morph(old.childNodes[at], node) : old.append(node)));
	} else if (old.data != fresh.data) {
		old.parentNode.dataset.changed = "";
		old.replaceWith(fresh);
	}
}

let session = {};
try {
	session = sessionStorage;
} catch {}

class Strip extends HTMLElement {
	#button = document.createElement("button");
	#live = new AbortController();

	#sync = () => {
		const { src, events, pause, resume } = this.attributes;
		this.#button.textContent = (session.masthead ? resume : pause).value;
		this.#live.abort();
		const { signal } = (this.#live = new AbortController());
		let tries = 1;
		const show = async (text) => {
			try {
				morph(this.querySelector("section"), parse(await text));
				tries = 1;
			} catch {
				tries++;
			}
		};
		const poll = async () => {
			await show(fetch(src.value, { cache: "no-cache", signal }).then((answer) => answer.ok && answer.text()));
			setTimeout(() => signal.aborted || listen(), (2 + Math.random()) * 3e4 * tries);
		};
		const listen = () => {
			if (!events || !window.EventSource) return poll();
			const source = new EventSource(events.value);
			source.onmessage = ({ data }) => show(data);
			source.onerror = () => source.readyState == 2 && poll();
			signal.onabort = () => source.close();
		};
		if (this.isConnected && !session.masthead && !document.hidden) listen();
	};

	connectedCallback() {
		const section = this.querySelector("section");
		if (!this.matches("[src][pause][resume]") || !section) return;
		this.append(this.#button);
		this.#button.type = "button";
		this.#button.dir = section.dir;
		this.#button.onclick = () => this.#sync((session.masthead = session.masthead ? "" : "paused"));
		addEventListener("visibilitychange", this.#sync);
		this.#sync();
	}

	disconnectedCallback() {
		this.#live.abort();
	}
}

customElements.get("masthead-strip") || customElements.define("masthead-strip", Strip);

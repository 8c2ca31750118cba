/**
 * HTML that says on the page what its words say to a model (src/twinbean/definitions/markup.py, which refuses the same).
 * It is built element by element and never parsed by the browser, so that nothing in it can run or hide.
 */
import { colourText } from "./colour.js";
import { element } from "./dom.js";

const BLOCK = /^(p|div|h[1-6]|ul|li|section|article|header|footer|main|center|blockquote|br|hr)$/;
const INLINE = /^(span|b|strong|i|em|u|small|big|mark|code|kbd|abbr|cite|font|button)$/;
const VOID = new Set(["br", "hr"]);
// Of a page's own headings and landmarks there is one; what a stimulus calls so is a block of its text.
const PLAIN = new Set("section article header footer main center blockquote ul li".split(" "));
const STYLE =
  /^(color|background-color|font-(size|weight|style|family)|text-align|line-height|margin(-top|-bottom)?|padding|border(-radius)?|width|height)$/;
// Of them, what is followed as it is; colours and sizes are made legible first.
const FOLLOWED = new Set(["font-weight", "font-style", "text-align"]);
const MARK =
  /<!--.*?-->|<(?<end>\/?)(?<tag>[A-Za-z][A-Za-z0-9-]*)(?<attributes>(?:[ \t\r\n\f]+[^ \t\r\n\f"'<>/=]+(?:[ \t\r\n\f]*=[ \t\r\n\f]*(?:"[^"]*"|'[^']*'|[^ \t\r\n\f"'=<>`]+))?)*)[ \t\r\n\f]*\/?>|(?<odd><[A-Za-z/!?])/gs;
const ATTRIBUTE = /([^ \t\r\n\f"'<>/=]+)(?:[ \t\r\n\f]*=[ \t\r\n\f]*(?:"([^"]*)"|'([^']*)'|([^ \t\r\n\f"'=<>`]+)))?/g;

/** The elements of an HTML text, in one. @param {string} source */
export function built(source) {
  const root = element("div", { class: "markup" });
  /** @type {HTMLElement[]} */
  const open = [root];
  let at = 0;
  for (const mark of source.matchAll(MARK)) {
    const { end, tag, attributes = "", odd } = mark.groups ?? {};
    open[open.length - 1].append(text(source.slice(at, mark.index)));
    at = mark.index + mark[0].length;
    if (odd) throw new Error(`${JSON.stringify(source.slice(mark.index, mark.index + 20))} is no tag of HTML`);
    if (!tag) continue;
    const name = tag.toLowerCase();
    if (!BLOCK.test(name) && !INLINE.test(name)) throw new Error(`<${name}> has no words`);
    if (VOID.has(name)) {
      open[open.length - 1].append(element(/** @type {"br"} */ (name)));
    } else if (end) {
      if (open[open.length - 1].dataset.tag !== name) throw new Error(`</${name}> closes nothing that is open`);
      open.pop();
    } else {
      const made = element(/** @type {"div"} */ (shownAs(name)), { "data-tag": name });
      style(made, name, attributes);
      open[open.length - 1].append(made);
      open.push(made);
    }
  }
  open[open.length - 1].append(text(source.slice(at)));
  return root;
}

/** The words of an HTML text on one line, as a model names them. @param {string} source */
export function wordsOf(source) {
  /** @type {string[]} */
  const lines = [""];
  /** @param {Node} node */
  const read = (node) => {
    const tag = node instanceof HTMLElement ? node.dataset.tag ?? node.tagName.toLowerCase() : "";
    const begins = tag !== "" && node !== root && BLOCK.test(tag);
    if (begins) lines.push("");
    if (node.nodeType === Node.TEXT_NODE) lines[lines.length - 1] += node.textContent;
    for (const child of node.childNodes) read(child);
    if (begins) lines.push("");
  };
  const root = built(source);
  read(root);
  const shown = lines.map((line) => line.replace(/[ \t\r\n\f]+/g, " ").replaceAll("\u00a0", " ").replace(/^ +| +$/g, ""));
  return shown.filter(Boolean).join(" ");
}

/** Gives the texts of what `built` made their colours, once they stand on the page. @param {HTMLElement} root */
export function coloured(root) {
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-color]"))) {
    colourText(node, node.dataset.color ?? "");
  }
}

/** @param {string} name */
function shownAs(name) {
  if (PLAIN.has(name)) return "div";
  return { h1: "p", h2: "p", h3: "p", h4: "p", h5: "p", h6: "p", font: "span", big: "span", button: "span" }[name] ?? name;
}

/** @param {HTMLElement} made @param {string} tag @param {string} attributes */
function style(made, tag, attributes) {
  for (const [, given, ...values] of attributes.matchAll(ATTRIBUTE)) {
    const name = given.toLowerCase();
    const value = decoded(values.find((found) => found !== undefined) ?? "");
    if (name === "hidden" || name.startsWith("on")) throw new Error(`${name}= at <${tag}> is nothing that the page does`);
    if (name === "dir" || name === "lang") made.setAttribute(name, value);
    if (name === "color" && tag === "font") made.dataset.color = value;
    if (name !== "style") continue;
    for (const declaration of value.split(";")) {
      const [property, ...rest] = declaration.split(":");
      const known = property.trim().toLowerCase();
      if (!known) continue;
      if (!STYLE.test(known)) throw new Error(`The style ${known} at <${tag}> can change what is read`);
      const wanted = rest.join(":").trim();
      if (known === "color") made.dataset.color = wanted;
      if (known === "font-size") made.style.setProperty(known, `clamp(0.75rem, ${wanted}, 20vmin)`);
      if (FOLLOWED.has(known)) made.style.setProperty(known, wanted);
    }
  }
}

/** @param {string} source text with entities */
function text(source) {
  return document.createTextNode(decoded(source));
}

/** @param {string} source */
function decoded(source) {
  if (!source.includes("&")) return source;
  const area = document.createElement("textarea");
  // Entities are all that is parsed: what follows a < stays behind it.
  area.innerHTML = source.replaceAll("<", "&lt;");
  return area.value;
}

/** How two scores grew, choice by choice: a solid line that ends in a circle, a dashed one that ends in a diamond. */

const SVG = "http://www.w3.org/2000/svg";
const [HEIGHT, TOP, BOTTOM, EDGE, END] = [180, 10, 24, 52, 14];

export class Scores {
  /** @param {(number | null)[][]} curves */
  constructor(curves) {
    this.curves = curves;
    this.box = /** @type {SVGSVGElement} */ (node("svg", { class: "course scores", "aria-hidden": "true", height: HEIGHT }));
    new ResizeObserver(() => this.draw()).observe(this.box);
  }

  draw() {
    const width = this.box.clientWidth;
    if (!width) return;
    const length = Math.max(...this.curves.map((scores) => scores.length));
    const known = this.curves.flat().filter((score) => score !== null);
    const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
    const x = (/** @type {number} */ n) => EDGE + (n / length) * (width - EDGE - END);
    const y = (/** @type {number} */ score) => TOP + ((high - score) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM);
    const marks = [...new Set([low, 0, high])].flatMap((score) => [
      node("line", { class: "lane", x1: EDGE, x2: width - END, y1: y(score), y2: y(score) }),
      node("text", { class: "label", x: EDGE - 8, y: y(score) + 4, "text-anchor": "end" }, short(score)),
    ]);
    const ends = [
      node("text", { class: "label", x: x(1), y: HEIGHT - 4, "text-anchor": "middle" }, "1"),
      node("text", { class: "label", x: x(length), y: HEIGHT - 4, "text-anchor": "end" }, String(length)),
    ];
    const lines = this.curves.flatMap((scores, seat) => {
      const points = scores.flatMap((score, n) => (score === null ? [] : [/** @type {const} */ ([x(n + 1), y(score)])]));
      if (!points.length) return [];
      const path = points.map(([left, top], n) => `${n ? "L" : "M"}${left.toFixed(1)} ${top.toFixed(1)}`).join("");
      const [left, top] = points[points.length - 1];
      const end = seat ? node("path", { class: "seat-1", d: `M${left - 6} ${top}l6 -6l6 6l-6 6Z` }) : node("circle", { class: "seat-0", cx: left, cy: top, r: 5 });
      return [node("path", { class: `curve seat-${seat}`, d: path }), end];
    });
    this.box.replaceChildren(...marks, ...(length > 1 ? ends : []), ...lines);
  }
}

/** @param {number} score in as many digits as have room */
function short(score) {
  return String(Number(score.toPrecision(4)));
}

/** @param {string} tag @param {Record<string, string | number>} attributes @param {string} [text] */
function node(tag, attributes, text = "") {
  const made = document.createElementNS(SVG, tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/** A jsPsych plugin: streams of items that follow each other at one place each; it ends behind the last, or at a key. */
import { element } from "./dom.js";
import { KEY_DATA, KEY_PARAMETERS, KeyScreen } from "./key-screen.js";
import { built } from "./markup.js";

const { ParameterType } = jsPsychModule;

/** @typedef {{text: string, shape: string, color: string}} Item */
/** @typedef {{id: string, items: Item[]}} Stream */
/** @typedef {{column: boolean, color: string, background: string}} Looks */

const info = {
  name: "rsvp-screen",
  version: "0.3.0",
  parameters: {
    streams: { type: ParameterType.COMPLEX, array: true },
    pace: { type: ParameterType.OBJECT },
    /** HTML that stands where no item does; null for nothing. */
    mask: { type: ParameterType.STRING, default: null },
    looks: { type: ParameterType.OBJECT },
    ...KEY_PARAMETERS,
  },
  data: KEY_DATA,
};

export class RsvpScreenPlugin extends KeyScreen {
  static info = info;

  /** @override @param {{streams: Stream[], pace: {each: number, gap: number}, mask: string | null, looks: Looks}} trial @returns {import("./key-screen.js").Content} */
  content({ streams, pace: { each, gap }, mask, looks }) {
    const boxes = streams.map(({ id }) => element("div", { class: "stream", "data-stream": id }));
    const node = element("div", { class: `streams${looks.column ? " column" : ""}`, role: "img", "aria-label": spokenOf(streams) }, ...boxes);
    node.style.color = looks.color;
    node.style.background = looks.background;

    /** @param {number} index */
    const show = (index) => streams.forEach(({ items }, i) => fill(boxes[i], items[index]));
    const clear = () => boxes.forEach((box) => box.replaceChildren(...(mask === null ? [] : [built(mask)])));
    /** @param {HTMLElement} box @param {Item | undefined} item */
    const fill = (box, item) => {
      if (!item) return box.replaceChildren(...(mask === null ? [] : [built(mask)]));
      const token = element("span", { class: "token", "data-shape": item.shape }, item.text);
      if (item.color) token.style[item.shape === "none" ? "color" : "borderColor"] = item.color;
      box.replaceChildren(token);
    };
    /** @param {import("./key-screen.js").Standing} screen */
    const placed = ({ lifetime }) => {
      show(0);
      const count = Math.max(...streams.map(({ items }) => items.length));
      lifetime.painted(() => {
        for (let index = 0; index < count; index += 1) {
          const onset = index * (each + gap);
          if (index) lifetime.after(onset, () => show(index));
          if (gap || index === count - 1) lifetime.after(onset + each, clear);
        }
      });
    };
    return { node, spoken: spokenOf(streams), placed };
  }
}

/** @param {Stream[]} streams */
const spokenOf = (streams) => streams.map(({ items }) => items.map(({ text }) => text).join(", ")).join("; ");

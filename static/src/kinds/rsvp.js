/** SweetBean's RSVP and BilateralRSVP: streams of items, one after the other. */
import { py } from "../python/index.js";
import { Dict } from "../python/values.js";
import { RsvpScreenPlugin } from "../rsvp-screen.js";
import { keyed } from "./keyed.js";
import { list, milliseconds, shownText } from "./row.js";

/** @typedef {import("./index.js").Row} Row */
/** @typedef {import("../python/values.js").Value} Value */
/** @typedef {import("../rsvp-screen.js").Stream} Stream */

/** @param {Value} given @param {string} name */
const entry = (given, name) => (given instanceof Dict ? given.get(name) ?? null : null);

/** @param {Row} row @returns {Stream[]} */
function streams(row) {
  const marks = list(row.get("marks"));
  return list(row.get("streams")).map((stream) => {
    const id = shownText(entry(stream, "id"));
    const items = list(entry(stream, "items")).map((item, index) => {
      // What is marked twice has the first mark.
      const mark = marks.find((one) => shownText(entry(one, "side")) === id && Number(entry(one, "index")) === index) ?? null;
      return { text: py.str(item), shape: shownText(entry(mark, "shape")) || "none", color: shownText(entry(mark, "color")) };
    });
    return { id, items };
  });
}

/** @param {Row} row how long each item stands, and how long nothing does */
const pace = (row) => ({ each: Number(row.get("stimulus_duration")), gap: Number(row.get("isi")) });

/** @param {Row} row until its last item is over */
function length(row) {
  const { each, gap } = pace(row);
  const needed = Math.max(0, ...streams(row).map(({ items }) => items.length)) * (each + gap);
  const end = milliseconds(row.get("duration")) ?? needed;
  if (!(needed > 0) || end < needed) throw new Error(`The streams need ${needed} ms, and end after ${end}`);
  return end;
}

/** @type {import("./index.js").Kind} */
export const rsvp = {
  ...keyed,
  plugin: RsvpScreenPlugin,
  parameters: {
    ...keyed.parameters,
    streams,
    pace,
    duration: length,
    mask: (row) => row.get("mask_html") ?? null,
    looks: (row) => ({
      column: shownText(row.get("direction")) === "column",
      color: shownText(row.get("color")),
      background: shownText(row.get("background")),
    }),
    stays: (row) => !py.truth(row.get("end_on_response") ?? false),
  },
};

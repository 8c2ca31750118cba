/** Pages of instructions, which speak of the participant's labels. */
import { InstructionsPlugin } from "../instructions.js";
import { listed } from "../language.js";
import { py } from "../python/index.js";
import { list } from "./row.js";

const PLACEHOLDER = "{labels}";

/** @type {import("./index.js").Kind} */
export const instructions = {
  plugin: InstructionsPlugin,
  parameters: {
    pages: (row) => py.toJSON(row.get("pages") ?? []),
    markup: (row) => py.truth(row.get("markup") ?? false),
  },
  isTrial: false,
  asks: () => false,
  begin: (row, { labels = [] }) => {
    row.set("pages", list(row.get("pages")).map((page) => withLabels(py.str(page), labels)));
  },
};

/** @param {string} text @param {string[]} labels */
function withLabels(text, labels) {
  return labels.length ? text.split(PLACEHOLDER).join(listed(labels)) : text;
}

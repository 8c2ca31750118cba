/** SweetBean's HtmlKeyboardResponse: HTML of which a model reads the words. */
import { HtmlScreenPlugin } from "../html-screen.js";
import { keyed } from "./keyed.js";
import { shownText } from "./row.js";

/** @type {import("./index.js").Kind} */
export const html = {
  ...keyed,
  plugin: HtmlScreenPlugin,
  parameters: {
    stimulus: (row) => shownText(row.get("stimulus")),
    ...keyed.parameters,
  },
};

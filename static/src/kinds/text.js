/** SweetBean's screens of text, some of which a key ends. */
import { TextScreenPlugin } from "../text-screen.js";
import { keyed } from "./keyed.js";
import { shownText } from "./row.js";

/** @type {import("./index.js").Kind} */
export const text = {
  ...keyed,
  plugin: TextScreenPlugin,
  parameters: {
    text: (row) => shownText(row.get("text")),
    color: (row) => shownText(row.get("color")),
    ...keyed.parameters,
  },
};

/** SweetBean's screens of text, some of which a key ends. */
import { py } from "../python/index.js";
import { TextScreenPlugin } from "../text-screen.js";
import { list, milliseconds, shownText } from "./row.js";

/** @type {import("./index.js").Kind} */
export const text = {
  plugin: TextScreenPlugin,
  parameters: {
    text: (row) => shownText(row.get("text")),
    color: (row) => shownText(row.get("color")),
    choices: (row) => list(row.get("choices")).map(py.str),
    duration: (row) => milliseconds(row.get("duration")),
  },
  isTrial: false,
  asks: (row) => list(row.get("choices")).length > 0,
  respond: (row, response) => {
    const key = row.get("correct_key") ?? null;
    row.set("correct", response === null || !py.truth(key) ? null : response === py.str(key).toUpperCase());
  },
};

/** SweetBean's HtmlChoice: one of several pieces of HTML, each with a value. It is no choice among arms. */
import { ChoiceScreenPlugin } from "../choice-screen.js";
import { py } from "../python/index.js";
import { list, milliseconds } from "./row.js";

/** @type {import("./index.js").Kind} */
export const htmlChoice = {
  plugin: ChoiceScreenPlugin,
  parameters: {
    options: (row) => list(row.get("html_array")).map(py.str),
    duration: (row) => milliseconds(row.get("duration")),
    time_after_response: (row) => milliseconds(row.get("time_after_response")) ?? 0,
  },
  isTrial: false,
  asks: () => true,
  respond: (row, response) => {
    row.set("value", response === null ? null : list(row.get("values"))[Number(response)]);
  },
};

/** Questions about a person, by the names under which their answers stand in the participants' table. */
import { py } from "../python/index.js";
import { Dict } from "../python/values.js";
import { SurveyScreenPlugin } from "../survey-screen.js";
import { list } from "./row.js";

/** @typedef {import("../python/values.js").Value} Value */

/** @type {import("./index.js").Kind} */
export const form = {
  plugin: SurveyScreenPlugin,
  parameters: {
    questions: (row) => list(row.get("questions")).map(py.toJSON),
  },
  isTrial: false,
  asks: () => true,
  respond: (row, response) => {
    row.set("response", new Dict(Object.entries(/** @type {Record<string, Value>} */ (/** @type {unknown} */ (response)))));
  },
};

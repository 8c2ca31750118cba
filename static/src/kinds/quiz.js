/** Questions with right answers; the loop of their block asks them again. */
import { py } from "../python/index.js";
import { passes } from "../right.js";
import { form } from "./form.js";
import { list, shownText } from "./row.js";

/** @typedef {import("./index.js").Row} Row */

/** @param {Row} row @returns {import("../questions.js").Question[]} */
const questions = (row) => /** @type {any} */ (list(row.get("questions")).map(py.toJSON));

/** @type {import("./index.js").Kind} */
export const quiz = {
  ...form,
  parameters: {
    questions,
    wrong: (row) => shownText(row.get("wrong")),
  },
  respond: (row, response) => {
    form.respond?.(row, response);
    row.set("passed", passes(questions(row), /** @type {Record<string, import("../questions.js").Answer>} */ (response)));
  },
};

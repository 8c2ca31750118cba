/** What the end beside a model says. These words are on the pages of such studies alone, and are replaced as the page's other words are. */
import { say as sayAny } from "../words.js";
import WORDS from "./words.json" with { type: "json" };

/** @typedef {typeof WORDS} PairWords */

export { WORDS };

/** @type {(name: keyof PairWords, values?: Record<string, string | number>) => string} */
export const say = /** @type {any} */ (sayAny);

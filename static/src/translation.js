/** The page's languages, and which of them a visitor reads. What the task itself says is in its own language. */
import { useWords } from "./words.js";

/**
 * @typedef {object} Translation
 * @property {string} language a BCP 47 tag
 * @property {"ltr" | "rtl"} direction
 * @property {string | null} title
 * @property {Partial<import("./words.js").Words>} words
 * @property {string | null} consent
 */

/**
 * The first of the `wished` languages that there is: the very tag, else the same language of another region.
 * @template {{language: string}} T @param {T[]} offered @param {readonly string[]} wished @returns {T | undefined}
 */
export function bestOf(offered, wished) {
  for (const tag of wished.map((one) => one.toLowerCase())) {
    const exact = offered.find(({ language }) => language.toLowerCase() === tag);
    const primary = ({ language = "" }) => language.toLowerCase().split("-")[0];
    const found = exact ?? offered.find((one) => primary(one) === primary({ language: tag }));
    if (found) return found;
  }
  return undefined;
}

/**
 * Gives the document the language that a visitor asks for, in the address (`?lang=de`) or by the browser's settings, and
 * the options their words. @param {import("./app.js").Options} options @param {string} search of the address, from "?" on
 * @returns {import("./app.js").Options}
 */
export function translated(options, search) {
  const { translations = [], words } = options;
  const root = document.documentElement;
  const asked = new URLSearchParams(search).get("lang");
  const own = { language: root.lang, own: true };
  const found = bestOf([own, ...translations], [...(asked ? [asked] : []), ...navigator.languages]);
  const chosen = found && !("own" in found) ? found : null;
  useWords({ ...words, ...chosen?.words });
  if (!chosen) return options;
  root.lang = chosen.language;
  root.dir = chosen.direction;
  if (chosen.title !== null) {
    document.title = chosen.title;
    for (const heading of document.querySelectorAll("h1")) heading.textContent = chosen.title;
  }
  return { ...options, consent: chosen.consent };
}

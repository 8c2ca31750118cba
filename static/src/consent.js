/** The question for consent, and what follows a no. */
import { download, fileName } from "./saving.js";
import { show } from "./screens.js";
import { say } from "./words.js";

/**
 * Asks for consent: when it was given, or null where it was declined.
 * @param {HTMLElement} stage @param {string} text blank lines part its paragraphs
 * @returns {Promise<string | null>}
 */
export function askConsent(stage, text) {
  return new Promise((resolve) =>
    show(stage, {
      title: say("consent"),
      paragraphs: text.split(/\n\s*\n/),
      choices: [
        { text: say("agree"), press: () => resolve(new Date().toISOString()) },
        { text: say("disagree"), look: "secondary", press: () => resolve(null) },
      ],
    }),
  );
}

/**
 * Ends the visit of somebody who declined. Nothing is kept in the browser; the file for the researcher has one row,
 * which says that consent was declined, when, and to what.
 * @param {HTMLElement} stage @param {Record<string, unknown>} about the task, and the id that the address named, if any
 * @param {import("./screens.js").Choice[]} [ways] where else to go from here
 */
export function decline(stage, about, ways = []) {
  const row = { ...about, declined: new Date().toISOString() };
  const name = fileName(String(about.task), String(about.participant ?? "declined"));
  show(stage, {
    title: say("declinedTitle"),
    paragraphs: [say(ways.length ? "declinedBack" : "declinedText")],
    choices: [...ways, { text: say("downloadDeclined"), look: "secondary", press: () => download(name, [row]) }],
  });
}

/** The last screens where a server collects the rows: what has become of the answers, and the way back. */
import { askRemoval, downloadOf, showAsText } from "./ending.js";
import { show } from "./screens.js";
import { say } from "./words.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./screens.js").Choice} Choice */

/** Everything has arrived. @param {HTMLElement} stage @param {Session} session @param {{title: string, paragraphs: string[], lab: boolean}} content */
export function received(stage, session, { title, paragraphs, lab }) {
  const { record, rows, saved } = session;
  const again = () => received(stage, session, { title, paragraphs, lab });
  const choices = leave(record.collected?.url ?? null);
  const back = choices.length ? [say("goBack")] : [];
  if (rows.length && !record.removed && !lab) {
    choices.push({ text: say("download"), look: "secondary", press: () => downloadOf(session) });
    const words = { press: say("removeHere"), text: say("removeHereText") };
    if (saved) choices.push({ text: words.press, look: "quiet", press: () => askRemoval(stage, session, again, words) });
  }
  const removed = record.removed ? [say("removed")] : [];
  show(stage, { title, paragraphs: [...paragraphs, say("received"), ...removed, ...back], choices });
}

/** Something has not arrived: the participant gets the file, and what it says of itself. @param {HTMLElement} stage @param {Session} session @param {"notSent" | "refused"} how */
export function unsent(stage, session, how) {
  const summary = session.record.collected?.finish;
  const { n, digest } = summary ?? { n: session.rows.length, digest: "" };
  show(stage, {
    title: say(`${how}Title`),
    paragraphs: [say(`${how}Text`), say("receipt", { session: session.record.session, n, digest })],
    choices: [
      { text: say("download"), press: () => downloadOf(session) },
      { text: say("asText"), look: "quiet", press: () => showAsText(stage, session, () => unsent(stage, session, how)) },
    ],
  });
}

/** The button that leads to where the participant came from. @param {string | null} url @returns {Choice[]} */
export function leave(url) {
  return url === null ? [] : [{ text: say("finish"), press: () => location.assign(url) }];
}

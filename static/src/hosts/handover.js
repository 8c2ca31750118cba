/** The end on somebody else's server: answers are handed over first, and the way back opens when they have arrived. */
import { downloadOf } from "../ending.js";
import { show } from "../screens.js";
import { say } from "../words.js";

/** @typedef {import("../session.js").Session} Session */
/**
 * @typedef {object} Host who keeps the rows: one script of this folder, in the pages that are exported for it
 * @property {string} search what the address that the participant followed has from "?" on
 * @property {(rows: Record<string, unknown>[]) => void} keep takes the session's rows so far; nothing waits for it
 * @property {(rows: Record<string, unknown>[]) => Promise<void>} finish resolves when all are stored, rejects when they
 *   are refused for good
 * @property {(url: string | null) => Promise<unknown>} leave
 */

// Then it is said that something is late, and the file is offered.
const LATE_MS = 20_000;

/**
 * @param {HTMLElement} stage @param {Session} session @param {Host} host
 * @param {{title: string, paragraphs: string[], completionUrl: string | null}} content
 */
export async function handOver(stage, session, host, { title, paragraphs, completionUrl }) {
  const download = { text: say("download"), look: "secondary", press: () => downloadOf(session) };
  show(stage, { title: say("wait"), paragraphs: [say("handingOver")] });
  const late = window.setTimeout(() => show(stage, { title: say("wait"), paragraphs: [say("handingOver"), say("handingOverLate")], choices: [download] }), LATE_MS);
  try {
    await host.finish(session.rows);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    show(stage, { title: say("notTakenTitle"), paragraphs: [say("notTakenText", { message })], choices: [{ ...download, look: "primary" }] });
    return;
  } finally {
    window.clearTimeout(late);
  }
  show(stage, { title, paragraphs: [...paragraphs, say("handedOver")], choices: [{ text: say("finish"), press: () => host.leave(completionUrl) }, download] });
}

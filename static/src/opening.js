/** A session is opened on the server: asked for until there is an answer, also by the next visit if this one ends before it. */
import { Refused } from "./collector.js";
import { digestOf } from "./digest.js";
import { randomId } from "./participant.js";
import { Patience } from "./patience.js";
import { SLOW_MS, show } from "./screens.js";
import { say } from "./words.js";

/** @typedef {import("./collector.js").Collector} Collector */
/** @typedef {import("./collector.js").Opened} Opened */
/** @typedef {import("./collector.js").Request} Request */

// Services put these where they show a study to somebody who does not take part.
const PLACEHOLDER = /^\{\{%.*%\}\}$/;
const PREVIEW = "ASSIGNMENT_ID_NOT_AVAILABLE";

/** Whether the page's address is one for trying the study out. @param {string} search from "?" on */
export function isTest(search) {
  const given = new URLSearchParams(search);
  return given.get("test") === "1" || [...given.values()].some((value) => value === PREVIEW || PLACEHOLDER.test(value));
}

/**
 * What asks for a session. @param {Pick<Request, "page" | "ids" | "anonymous" | "test" | "consent" | "token">} about
 * @returns {Request}
 */
export function request(about) {
  return { request: randomId(32), ...about, started: new Date().toISOString() };
}

/** What the server is told of consent. @param {string} text @param {string} at @returns {Request["consent"]} */
export function consentTo(text, at) {
  return { text_sha256: digestOf(text), language: document.documentElement.lang, at };
}

/**
 * The server's answer, waited for behind a calm screen; null where the participant left and there was none yet.
 * Throws Refused where it does not know the token, or has erased the session.
 * @param {HTMLElement} stage @param {Collector} collector @param {Request} asked @param {AbortSignal} left @returns {Promise<Opened | null>}
 */
export async function opened(stage, collector, asked, left) {
  const patience = new Patience();
  const slow = window.setTimeout(() => left.aborted || show(stage, { title: say("wait") }), SLOW_MS);
  for (;;) {
    try {
      const reply = await collector.open(asked);
      window.clearTimeout(slow);
      return reply;
    } catch (error) {
      window.clearTimeout(slow);
      if (!(error instanceof Refused) || error.reason === "token" || error.reason === "gone") throw error;
      if (left.aborted) return null;
      if (patience.failures === 0) show(stage, { title: say("wait"), paragraphs: [say("connectingText")] });
      await patience.wait(error.after);
      if (left.aborted) return null;
    }
  }
}

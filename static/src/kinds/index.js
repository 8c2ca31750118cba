/**
 * Kinds of stimuli, a file each. Each is registered here by one line, and for models in src/twinbean/definitions/kinds.
 */
import { bandit } from "./bandit.js";
import { form } from "./form.js";
import { htmlChoice } from "./html-choice.js";
import { html } from "./html.js";
import { instructions } from "./instructions.js";
import { image, video } from "./media.js";
import { options } from "./options.js";
import { quiz } from "./quiz.js";
import { rsvp } from "./rsvp.js";
import { slotMachines } from "./slot-machines.js";
import { likertSurvey, multiChoiceSurvey, textSurvey } from "./surveys.js";
import { symbol } from "./symbol.js";
import { text } from "./text.js";
import { htmlChoiceTrial, htmlTrial, imageTrial, rsvpTrial, symbolTrial, textTrial, videoTrial } from "./trial.js";

/** @typedef {Map<string, import("../python/values.js").Value>} Row */
/** @typedef {number | string | null | Record<string, import("../questions.js").Answer>} Response an arm or option, a key in capitals, the answers of a survey */
/**
 * @typedef {object} Kind
 * @property {any} plugin the jsPsych plugin that shows it
 * @property {Record<string, (row: Row, definition: import("../engine.js").Definition) => unknown>} parameters the plugin's parameters, from the evaluated arguments
 * @property {(timing: import("../engine.js").Timing) => Record<string, number>} [timed] what the page's own times set instead
 * @property {boolean} isTrial whether it is a choice among arms or options
 * @property {(row: Row) => boolean} asks whether this screen can be answered
 * @property {(row: Row, definition: import("../engine.js").Definition) => void} [begin] before it is shown
 * @property {(row: Row, response: Response) => void} [respond] when it has been answered, or not in time
 * @property {(row: Row) => void} [end] when its effects have run
 */

/** @type {Map<string, Kind>} */
const KINDS = new Map(Object.entries({
  Bandit: bandit,
  Form: form,
  HtmlChoice: htmlChoice,
  HtmlChoiceTrial: htmlChoiceTrial,
  HtmlKeyboardResponse: html,
  HtmlKeyboardResponseTrial: htmlTrial,
  Image: image,
  ImageTrial: imageTrial,
  Instructions: instructions,
  LikertSurvey: likertSurvey,
  MultiChoiceSurvey: multiChoiceSurvey,
  Options: options,
  Quiz: quiz,
  RSVP: rsvp,
  RSVPTrial: rsvpTrial,
  SlotMachines: slotMachines,
  Symbol: symbol,
  SymbolTrial: symbolTrial,
  Text: text,
  TextSurvey: textSurvey,
  TextTrial: textTrial,
  Video: video,
  VideoTrial: videoTrial,
}));

/** @param {string} name */
export function kindOf(name) {
  const kind = KINDS.get(name);
  if (!kind) throw new Error(`This page has no screen for a stimulus of the kind ${JSON.stringify(name)}`);
  return kind;
}

/** Adds the kind of another package. @param {string} name @param {Kind} kind */
export function register(name, kind) {
  if (KINDS.has(name)) throw new Error(`There are two kinds of stimulus called ${JSON.stringify(name)}`);
  KINDS.set(name, kind);
}

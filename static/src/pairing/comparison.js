/** A visitor's course and the model's: in words, as curves, as a time line, and as a table. */
import { element } from "../dom.js";
import { Course } from "../watching/course.js";
import { partings, written } from "../watching/told.js";
import { Scores } from "./scores.js";
import { say } from "./words.js";

/** @typedef {import("./asking.js").Trial} Trial */

export class Comparison {
  /** @param {string} model @param {[Trial[], Trial[]]} courses the visitor's and the model's */
  constructor(model, courses) {
    const [own, other] = courses;
    this.summary = [scored(courses), parted(courses)].filter(Boolean).join(" ");
    const curves = [own, other].map((trials) => trials.map(({ score }) => score));
    const keepsScore = curves.every((scores) => scores.some((score) => score !== null));
    const cards = [say("pairYou"), say("pairModel")].map((name, seat) => card(name, seat, keepsScore ? last(curves[seat]) : null));
    this.box = element(
      "div",
      { class: "pair-courses" },
      element("p", { class: "pair-note" }, say("pairIntro", { model })),
      element("div", { class: "pair-cards" }, ...cards),
      ...(keepsScore ? [figure(say("pairScores"), new Scores(curves).box)] : []),
      figure(say("pairChoices"), timeLine(courses), element("p", { class: "pair-note" }, say("pairLegend"))),
      element("details", {}, element("summary", {}, say("pairTable")), table(courses)),
    );
  }
}

/** @param {(number | null)[]} scores */
function last(scores) {
  return [...scores].reverse().find((score) => score !== null) ?? null;
}

/** Who has more. @param {[Trial[], Trial[]]} courses */
function scored(courses) {
  const [own, other] = courses.map((trials) => last(trials.map(({ score }) => score)));
  if (own === null || other === null) return "";
  const difference = written(Math.abs(own - other));
  if (difference === "0") return say("pairEven");
  return say(own > other ? "pairAhead" : "pairBehind", { difference });
}

/** Where they parted first, and how often. @param {[Trial[], Trial[]]} courses */
function parted([own, other]) {
  const n = Math.min(own.length, other.length);
  if (!n) return "";
  const [first, ...others] = partings(sessionOf(own), sessionOf(other), n);
  if (first === undefined) return say("pairAlways", { n });
  const [yours, its] = [own[first], other[first]].map(({ label }) => label ?? say("pairMissed"));
  return `${say("pairParted", { choice: first + 1, yours, its })} ${say("pairSame", { same: n - 1 - others.length, n })}`;
}

/** @param {string} name @param {number} seat @param {number | null} score */
function card(name, seat, score) {
  const heading = element("h3", {}, element("span", { class: `key seat-${seat}` }), name);
  const number = score === null ? [] : [element("p", { class: "pair-score" }, element("span", { class: "unseen" }, `${say("pairScore")}: `), written(score))];
  return element("div", { class: "pair-card" }, heading, ...number);
}

/** @param {string} title @param {...Element} drawn */
function figure(title, ...drawn) {
  return element("figure", {}, element("figcaption", {}, title), ...drawn);
}

/** The watcher's time line, at its end. @param {[Trial[], Trial[]]} courses */
function timeLine(courses) {
  const seats = courses.map((trials) => ({ session: sessionOf(trials), at: [Infinity, 0] }));
  const length = Math.max(...courses.map((trials) => trials.length));
  return new Course(/** @type {any} */ ({ seats, length, toTrial() {} })).box;
}

/** @param {Trial[]} trials @returns {any} what the watcher calls a session */
function sessionOf(trials) {
  return { trials: trials.map((trial, screen) => ({ ...trial, screen, recorded: false })) };
}

/** @param {[Trial[], Trial[]]} courses */
function table(courses) {
  const names = [say("pairChoice"), say("pairYou"), say("pairModel")];
  const head = element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name)));
  const rows = Array.from({ length: Math.max(...courses.map((trials) => trials.length)) }, (_, number) =>
    element("tr", {}, element("th", { scope: "row" }, String(number + 1)), ...courses.map((trials) => element("td", {}, cell(trials[number])))),
  );
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
}

/** @param {Trial | undefined} trial */
function cell(trial) {
  if (!trial) return "";
  const label = trial.label ?? say("pairMissed");
  return trial.reward === null ? label : say("pairPaid", { label, reward: written(trial.reward) });
}

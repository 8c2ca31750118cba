/** The page's own screens, before and after the task: a heading, some text, a few buttons. */
import { button, element } from "./dom.js";
import { fit } from "./fitting.js";
import { onKeys } from "./keys.js";

/** @typedef {{text: string, look?: string, press: () => void}} Choice */

/** Before that, saying that one has to wait would only flicker. */
export const SLOW_MS = 500;

/**
 * Shows a screen of the page and puts the focus where a keyboard or a screen reader goes on.
 * @param {HTMLElement} stage
 * @param {{title: string, paragraphs?: (string | Node)[], choices?: Choice[]}} content
 * @returns {HTMLElement} the screen
 */
export function show(stage, { title, paragraphs = [], choices = [] }) {
  const heading = element("h2", { tabindex: "-1" }, title);
  const text = element("div", { class: "text long" }, ...paragraphs.map((content) => element("p", {}, content)));
  const buttons = choices.map((choice) => button(choice.text, choice.press, choice.look));
  const screen = element("div", { class: "screen own" }, element("div", { class: "body" }, heading, text));
  if (buttons.length) screen.append(element("div", { class: "keys" }, ...buttons));
  stage.replaceChildren(screen);
  fit(text);
  heading.focus({ preventScroll: true });
  return screen;
}

/**
 * Shows a screen with one button and waits until it, or Enter, is pressed.
 * @param {HTMLElement} stage @param {string} title @param {string[]} paragraphs @param {string} press
 * @returns {Promise<void>}
 */
export function ask(stage, title, paragraphs, press) {
  return new Promise((resolve) => {
    const go = () => {
      release();
      resolve();
    };
    const release = onKeys((key, event) => {
      if (!screen.isConnected) release(); // another screen has taken its place
      if (key !== "Enter" || !screen.isConnected) return;
      event.preventDefault(); // or what has the focus next would be pressed as well
      go();
    });
    const screen = show(stage, { title, paragraphs, choices: [{ text: press, press: go }] });
  });
}

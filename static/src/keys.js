/** Which key presses which machine, and which button stands for which key. */
import { say } from "./words.js";

/**
 * One key for each arm: its label where that is a single character ("0" for "10"), else its place on the screen.
 * @param {string[]} labels @param {number[]} positions
 * @returns {string[]} in small letters; "" where there is no key left
 */
export function keysOf(labels, positions) {
  const own = labels.map((label) => (label === "10" ? "0" : label.toLowerCase()));
  const usable = own.every((key) => [...key].length === 1) && new Set(own).size === own.length;
  return usable ? own : positions.map((place) => (place < 10 ? String((place + 1) % 10) : ""));
}

/** The key of an option, where its label does not say so itself; else "". @param {string} label @param {string} key */
export function keyShown(label, key) {
  return key === label.toLowerCase() || label === "10" ? "" : key.toUpperCase();
}

/** The name of a key as `KeyboardEvent.key` gives it and as people read it. @param {string} key */
export function keyName(key) {
  return key === " " ? say("space") : key.toUpperCase();
}

/**
 * Calls `press` with each key that is newly pressed, until the returned function is called. Shortcuts of the browser,
 * keys held down and keys pressed behind a notice are not responses.
 * @param {(key: string, event: KeyboardEvent) => void} press
 * @returns {() => void}
 */
export function onKeys(press) {
  /** @param {KeyboardEvent} event */
  const listener = (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    press(event.key, event);
  };
  document.addEventListener("keydown", listener);
  return () => document.removeEventListener("keydown", listener);
}

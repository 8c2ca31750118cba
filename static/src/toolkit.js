/** What the page hands to the scripts of kinds from other packages, as `window.twinbean`. */
import { clock, since } from "./clock.js";
import { announce, button, element } from "./dom.js";
import { fit } from "./fitting.js";
import { onKeys } from "./keys.js";
import { kindOf, register } from "./kinds/index.js";
import { Lifetime } from "./lifetime.js";
import { py } from "./python/index.js";
import { say } from "./words.js";

const now = () => clock.now();

export const toolkit = { Lifetime, announce, button, element, fit, kindOf, now, onKeys, py, register, say, since };
window.twinbean = toolkit;

/** Those scripts stand behind the page's own, which begins once the document is read. @param {() => void} begin */
export function whenRegistered(begin) {
  document.addEventListener("DOMContentLoaded", begin);
}

/** What the page hands to the scripts of kinds from other packages, as `window.twinbean`. */
import { clock, since } from "./clock.js";
import { announce, button, element, inputOf } from "./dom.js";
import { fileOf, imageOf } from "./files.js";
import { fit } from "./fitting.js";
import { KEY_DATA, KEY_PARAMETERS, KeyScreen } from "./key-screen.js";
import { onKeys } from "./keys.js";
import { keyed } from "./kinds/keyed.js";
import { kindOf, register } from "./kinds/index.js";
import { Lifetime } from "./lifetime.js";
import { built } from "./markup.js";
import { py } from "./python/index.js";
import { say } from "./words.js";

const now = () => clock.now();

const shared = { Lifetime, announce, button, built, element, fit, inputOf, kindOf, now, onKeys, py, register, say, since };
const files = { fileOf, imageOf };
const keyScreens = { KEY_DATA, KEY_PARAMETERS, KeyScreen, keyed };
export const toolkit = { ...shared, ...files, ...keyScreens };
window.twinbean = toolkit;

/** Those scripts stand behind the page's own, which begins once the document is read. @param {() => void} begin */
export function whenRegistered(begin) {
  document.addEventListener("DOMContentLoaded", begin);
}

/**
 * Kinds whose screens no words could tell, so that only people see them. They are a script of their own, which a page has
 * where its task shows one, and take what they need from the page's script.
 */
import { foraging } from "./foraging.js";
import { gabor } from "./gabor.js";
import { randomObjects } from "./random-objects.js";

const { kind } = /** @type {{kind: (name: string, given: object) => void}} */ (/** @type {unknown} */ (window.twinbean));

for (const [name, given] of Object.entries({
  Foraging: foraging,
  Gabor: gabor,
  RandomObjects: randomObjects,
})) {
  kind(name, { ...given, peopleOnly: true });
}

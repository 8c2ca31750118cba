/** SweetBean's Image and Video: a file that people see, and words that a model reads in its place. */
import { fileOf } from "../files.js";
import { ImageScreenPlugin } from "../image-screen.js";
import { py } from "../python/index.js";
import { Dict } from "../python/values.js";
import { VideoScreenPlugin } from "../video-screen.js";
import { keyed } from "./keyed.js";
import { list, shownText } from "./row.js";

/** @typedef {import("./index.js").Row} Row */
/** @typedef {import("../engine.js").Definition} Definition */

/** The files that a row names, of which one is shown. @param {Row} row @returns {string[]} */
function named(row) {
  const given = row.get("stimulus") ?? null;
  return (Array.isArray(given) ? list(given) : [given]).map(shownText);
}

const words = {
  /** Of a table of words, those of the file that is shown. @param {Row} row */
  begin: (row) => {
    const given = row.get("words") ?? null;
    if (!(given instanceof Dict)) return;
    const [shown] = named(row);
    const found = given.get(shown);
    if (found === undefined) throw new Error(`There are no words for ${py.repr(shown)}`);
    row.set("words", found);
  },
};

/** @type {import("./index.js").Kind} */
export const image = {
  ...keyed,
  ...words,
  plugin: ImageScreenPlugin,
  parameters: {
    source: (row, definition) => fileOf(definition, named(row)[0]),
    words: (row) => shownText(row.get("words")),
    ...keyed.parameters,
  },
};

/** @param {Row} row */
const endsWithVideo = (row) => py.truth(row.get("trial_ends_after_video") ?? true);

/** @type {import("./index.js").Kind} */
export const video = {
  ...keyed,
  ...words,
  plugin: VideoScreenPlugin,
  parameters: {
    sources: (row, definition) => named(row).map((name) => fileOf(definition, name)),
    words: (row) => shownText(row.get("words")),
    plays: (row) => ({
      ends: endsWithVideo(row),
      autoplay: py.truth(row.get("autoplay") ?? true),
      controls: py.truth(row.get("controls") ?? false),
      muted: py.truth(row.get("muted") ?? true),
      width: row.get("width") ?? null,
      height: row.get("height") ?? null,
    }),
    ...keyed.parameters,
  },
};

/** A jsPsych plugin: a picture, ended by a key or by time. */
import { element } from "./dom.js";
import { imageOf } from "./files.js";
import { KEY_DATA, KEY_PARAMETERS, KeyScreen } from "./key-screen.js";

const { ParameterType } = jsPsychModule;

const info = {
  name: "image-screen",
  version: "0.3.0",
  parameters: {
    source: { type: ParameterType.STRING },
    /** What a model reads in its place, which a screen reader says. */
    words: { type: ParameterType.STRING },
    ...KEY_PARAMETERS,
  },
  data: KEY_DATA,
};

export class ImageScreenPlugin extends KeyScreen {
  static info = info;

  /** @override @param {{source: string, words: string}} trial @returns {import("./key-screen.js").Content} */
  content({ source, words }) {
    const image = imageOf(source);
    image.alt = words;
    return { node: element("div", { class: "picture" }, image), spoken: words };
  }
}

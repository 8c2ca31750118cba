/** A jsPsych plugin: a video, ended by a key, by time or with the video. */
import { element } from "./dom.js";
import { KEY_DATA, KEY_PARAMETERS, KeyScreen } from "./key-screen.js";

const { ParameterType } = jsPsychModule;

/** @typedef {{ends: boolean, autoplay: boolean, controls: boolean, muted: boolean, width: number | null, height: number | null}} Plays */

const info = {
  name: "video-screen",
  version: "0.3.0",
  parameters: {
    /** The same video in one format or several. */
    sources: { type: ParameterType.STRING, array: true },
    /** What a model reads in its place, which a screen reader says. */
    words: { type: ParameterType.STRING },
    plays: { type: ParameterType.OBJECT },
    ...KEY_PARAMETERS,
  },
  data: KEY_DATA,
};

export class VideoScreenPlugin extends KeyScreen {
  static info = info;

  /** @override @param {{sources: string[], words: string, plays: Plays}} trial @returns {import("./key-screen.js").Content} */
  content({ sources, words, plays: { ends, autoplay, controls, muted, width, height } }) {
    const video = element("video", {
      "aria-label": words,
      controls,
      playsinline: true,
      preload: "auto",
      width: width === null ? null : String(width),
      height: height === null ? null : String(height),
    });
    video.muted = muted;
    video.append(...sources.map((source) => element("source", { src: source, type: source.slice(5, source.search(/[;,]/)) })));
    /** @param {import("./key-screen.js").Standing} screen */
    const placed = ({ over }) => {
      if (ends) video.addEventListener("ended", over);
      // A browser that does not begin to play by itself lets the participant.
      if (autoplay) video.play().catch(() => (video.controls = true));
    };
    return { node: element("div", { class: "picture" }, video), spoken: words, placed };
  }
}

/**
 * Pictures and videos that screens show. The page has them in itself, and each is decoded before anybody is asked to take
 * part: a study whose pictures this browser cannot show is not begun.
 */
import { element } from "./dom.js";
import { say } from "./words.js";

/** @typedef {{files?: Record<string, string>, media?: Record<string, string>}} Holder of files by the names that the task has for them */

const ADDRESS = /^data:(image|video)\/([a-z0-9.+-]+)[;,]/i;

/** The address of a file. @param {Holder} definition @param {string} name */
export function fileOf({ files = {} }, name) {
  if (ADDRESS.test(name)) return name;
  if (!Object.hasOwn(files, name)) throw new Error(`The page has no file ${JSON.stringify(name)}`);
  return files[name];
}

/** Decodes every file, one after the other. Throws where one cannot be shown. @param {Holder} definition */
export async function preloaded({ files = {}, media = {} }) {
  for (const [name, address] of [...Object.entries(files), ...Object.entries(media)]) {
    const [, sort] = ADDRESS.exec(address) ?? [];
    try {
      if (sort === "image") await imageOf(address).decode();
      if (sort === "video") await decoded(address);
    } catch {
      throw new Error(say("fileFailed", { name }));
    }
  }
}

/** @param {string} address */
export function imageOf(address) {
  const image = element("img", { decoding: "sync" });
  image.src = address;
  return image;
}

/** A video's first frame. @param {string} address @returns {Promise<void>} */
function decoded(address) {
  return new Promise((resolve, reject) => {
    const video = element("video", { muted: true, preload: "auto", playsinline: true });
    video.addEventListener("loadeddata", () => resolve());
    video.addEventListener("error", () => reject(video.error));
    video.src = address;
  });
}

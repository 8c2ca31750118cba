/** Colours that a definition names, made safe and legible. They reach the page as style properties only. */

/** Told apart in pairs by people with the common colour-vision deficiencies (Okabe and Ito, 2008). */
const PALETTE = ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#8c8c8c"];

/** The colour of an arm: the definition's own where it is one, else one of ours. @param {string} named @param {number} arm */
export function machineColour(named, arm) {
  return isColour(named) ? named : PALETTE[arm % PALETTE.length];
}

/** @param {string} text */
function isColour(text) {
  return text !== "" && CSS.supports("color", text) && !/^(inherit|initial|unset|revert|revert-layer)$/i.test(text);
}

/**
 * Gives a text the definition's colour. White and black are meant for SweetBean's black screen, and become the theme's
 * own text colour; any other keeps its hue and gets a panel on which it can be read (contrast 4.5, WCAG 1.4.3).
 * @param {HTMLElement} target @param {string} named
 */
export function colourText(target, named) {
  if (!isColour(named)) return;
  const [red, green, blue, alpha] = components(named);
  const grey = Math.max(red, green, blue) - Math.min(red, green, blue) < 24;
  if (alpha < 128 || (grey && (red > 224 || red < 32))) return;
  target.style.color = `rgb(${red}, ${green}, ${blue})`;
  const own = luminance([red, green, blue]);
  const theme = luminance(components(getComputedStyle(document.body).backgroundColor));
  if (contrast(own, theme) >= 4.5) return;
  target.classList.add("plate");
  target.style.backgroundColor = contrast(own, 1) >= contrast(own, 0) ? "#fff" : "#000";
}

/** @type {CanvasRenderingContext2D | null} */
let canvas = null;
/** @type {Map<string, Uint8ClampedArray>} */
const known = new Map();

/** Red, green, blue and alpha, 0 to 255, of any CSS colour. @param {string} colour */
function components(colour) {
  canvas ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const found = known.get(colour);
  if (found || !canvas) return found ?? new Uint8ClampedArray(4);
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const { data } = canvas.getImageData(0, 0, 1, 1);
  known.set(colour, data);
  return data;
}

/** Relative luminance (WCAG 2.2). @param {ArrayLike<number>} rgb */
function luminance(rgb) {
  const [red, green, blue] = Array.from(rgb, (channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two luminances (WCAG 2.2). @param {number} a @param {number} b */
function contrast(a, b) {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** SweetBean's Gabor: gratings under a bell, of which one is chosen by a key or by pointing at it. */
import { canvasOf, placeIn } from "./canvas.js";

const { KEY_DATA, KEY_PARAMETERS, KeyScreen, element, inputOf, keyed, py } = window.twinbean;
const { ParameterType } = jsPsychModule;

/** In pixels, from the centre of the canvas. @typedef {{x: number, y: number, sigma: number, frequency: number, orientation: number, contrast: number, phase: number}} Patch */
/** @typedef {{width: number, height: number, grey: number, gamma: number}} Ground */
/** @typedef {Map<string, import("../python/values.js").Value>} Row */

// As far from its centre as that many sigmas, a patch is no more than the ground.
const REACH = 3;

class GaborPlugin extends KeyScreen {
  static info = {
    name: "gabor-patches",
    version: "0.3.0",
    parameters: {
      patches: { type: ParameterType.COMPLEX, array: true },
      ground: { type: ParameterType.OBJECT },
      pointing: { type: ParameterType.BOOL },
      ...KEY_PARAMETERS,
    },
    data: KEY_DATA,
  };

  /** @override @param {{patches: Patch[], ground: Ground, pointing: boolean}} trial @returns {import("../key-screen.js").Content} */
  content({ patches, ground, pointing }) {
    const { canvas, context } = canvasOf(ground.width, ground.height);
    context.putImageData(drawn(context, patches, ground), 0, 0);
    /** @param {import("../key-screen.js").Standing} screen */
    const placed = ({ answer }) => {
      if (!pointing) return;
      canvas.addEventListener("click", (event) => {
        const { x, y } = placeIn(canvas, event);
        answer(nearest(patches, x, y), inputOf(event));
      });
    };
    return { node: element("div", { class: "picture" }, canvas), spoken: "", placed };
  }
}

/** @param {CanvasRenderingContext2D} context @param {Patch[]} patches @param {Ground} ground */
function drawn(context, patches, { width, height, grey, gamma }) {
  const light = new Float64Array(width * height).fill(grey);
  for (const patch of patches) {
    const [middle, centre] = [width / 2 + patch.x, height / 2 + patch.y];
    const reach = REACH * patch.sigma;
    const turned = (patch.orientation * Math.PI) / 180;
    for (let y = Math.max(0, Math.ceil(centre - reach)); y < Math.min(height, centre + reach); y += 1) {
      for (let x = Math.max(0, Math.ceil(middle - reach)); x < Math.min(width, middle + reach); x += 1) {
        const [right, down] = [x - middle, y - centre];
        const across = right * Math.cos(turned) + down * Math.sin(turned);
        const bell = Math.exp(-(right * right + down * down) / (2 * patch.sigma * patch.sigma));
        const wave = Math.cos(2 * Math.PI * patch.frequency * across + (patch.phase * Math.PI) / 180);
        light[y * width + x] += grey * patch.contrast * bell * wave;
      }
    }
  }
  const image = context.createImageData(width, height);
  light.forEach((value, i) => {
    const shade = Math.round(255 * Math.min(1, Math.max(0, value)) ** (1 / gamma));
    image.data.set([shade, shade, shade, 255], 4 * i);
  });
  return image;
}

/** @param {Patch[]} patches @param {number} x @param {number} y */
function nearest(patches, x, y) {
  const distances = patches.map((patch) => Math.hypot(patch.x - x, patch.y - y));
  return distances.indexOf(Math.min(...distances));
}

/** @param {Row} row @returns {Patch[]} */
function patchesOf(row) {
  const perDegree = Number(row.get("px_per_deg"));
  return /** @type {Record<string, number>[]} */ (py.toJSON(row.get("patches") ?? [])).map((patch) => ({
    x: patch.x_px ?? 0,
    y: patch.y_px ?? 0,
    sigma: patch.sigma_px ?? patch.sigma_deg * perDegree,
    frequency: patch.sf_cpp ?? patch.sf_cpd / perDegree,
    orientation: patch.orientation_deg ?? 0,
    contrast: patch.contrast ?? 1,
    phase: patch.phase_deg ?? 0,
  }));
}

/** The patch that a key stands for; null where it stands for none. @param {Row} row @param {string} key in capitals */
function ofKey(row, key) {
  const named = /** @type {Record<string, number> | null} */ (py.toJSON(row.get("keymap_to_patch_index") ?? null));
  for (const [name, patch] of Object.entries(named ?? {})) if (name.toUpperCase() === key) return patch;
  const places = patchesOf(row).map(({ x }) => x);
  if (named || !places.length) return null;
  if (key === "ARROWLEFT") return places.indexOf(Math.min(...places));
  return key === "ARROWRIGHT" ? places.indexOf(Math.max(...places)) : null;
}

export const gabor = {
  ...keyed,
  plugin: GaborPlugin,
  parameters: {
    patches: patchesOf,
    ground: (/** @type {Row} */ row) => ({
      width: Number(row.get("canvas_width")),
      height: Number(row.get("canvas_height")),
      grey: Number(row.get("bg_gray")),
      gamma: Number(row.get("gamma")),
    }),
    pointing: (/** @type {Row} */ row) => py.truth(row.get("allow_mouse") ?? false),
    stays: (/** @type {Row} */ row) => !py.truth(row.get("end_on_response") ?? true),
    ...keyed.parameters,
  },
  asks: () => true,
  respond: (/** @type {Row} */ row, /** @type {string | number | null} */ response) => {
    row.set("chosen_patch", typeof response === "string" ? ofKey(row, response) : response);
  },
};

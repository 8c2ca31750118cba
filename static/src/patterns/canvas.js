/** A canvas in the definition's pixels, scaled down where the window is smaller. */

const { element } = window.twinbean;

/** A screen reader has no words for it, either. @param {number} width @param {number} height */
export function canvasOf(width, height) {
  const canvas = element("canvas", { width: String(width), height: String(height), "aria-hidden": "true" });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  return { canvas, context };
}

/** Where in a canvas's own pixels a click was, from its centre. @param {HTMLCanvasElement} canvas @param {MouseEvent} event */
export function placeIn(canvas, event) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const x = ((event.clientX - left) / width - 0.5) * canvas.width;
  const y = ((event.clientY - top) / height - 0.5) * canvas.height;
  return { x, y };
}

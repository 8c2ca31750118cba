/** Texts of any length on windows of any size, without scrolling as long as that can be read. */

// In rem: from a few large words to the smallest size that is comfortable on a phone.
const SIZES = [2.5, 2, 1.625, 1.375, 1.25, 1.125, 1, 0.9375];

/**
 * Gives `text` the largest size at which it fits into its parent; what does not fit even at the smallest scrolls.
 * @param {HTMLElement} text
 */
export function fit(text) {
  const room = /** @type {HTMLElement} */ (text.parentElement);
  const adjust = () => {
    const most = text.classList.contains("long") ? 1.375 : 2.5;
    for (const size of SIZES.filter((size) => size <= most)) {
      text.style.fontSize = `${size}rem`;
      if (room.scrollHeight <= room.clientHeight && text.scrollWidth <= text.clientWidth) break;
    }
    const scrolls = room.scrollHeight > room.clientHeight;
    if (scrolls) room.tabIndex = 0;
    else room.removeAttribute("tabindex");
  };
  adjust();
  new ResizeObserver(adjust).observe(room);
}

/**
 * Makes `text` smaller until its parent shows all of it; words are broken only where they would be illegible otherwise.
 * @param {HTMLElement} text @param {number} legible in pixels
 * @returns {number} its size in pixels
 */
export function shrink(text, legible) {
  const room = /** @type {HTMLElement} */ (text.parentElement);
  const fits = () => text.scrollWidth <= text.clientWidth && text.offsetHeight <= room.clientHeight;
  const largest = (/** @type {number} */ least) => {
    text.style.fontSize = "";
    let size = parseFloat(getComputedStyle(text).fontSize);
    while (size > least && !fits()) {
      size *= 0.92;
      text.style.fontSize = `${size}px`;
    }
    return size;
  };
  text.classList.remove("broken");
  const whole = largest(legible);
  if (fits()) return whole;
  text.classList.add("broken");
  return largest(1);
}

/** Making elements without ever parsing a string as HTML. */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | boolean | null>} [attributes] true is an empty attribute; false and null leave it out
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/**
 * A button that says how it was pressed: "mouse", "touch", "pen", or "keyboard" (Enter, Space, a screen reader).
 * @param {string} text @param {(input: string) => void} press @param {string} [look]
 */
export function button(text, press, look = "primary") {
  const made = element("button", { type: "button", class: `button ${look}` }, text);
  made.addEventListener("click", (event) => press(inputOf(event)));
  return made;
}

/** @param {Event} event a click */
export function inputOf(event) {
  return /** @type {PointerEvent} */ (event).pointerType || "keyboard";
}

/** Says `text` to screen readers. @param {string} text */
export function announce(text) {
  const region = document.getElementById("announcements");
  if (region) region.textContent = text;
}

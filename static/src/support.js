/**
 * Whether a browser has what the page needs. It runs before the page's other scripts, in the JavaScript of every
 * browser there is, and says so where they could not be read, or must not begin.
 */
(function () {
  /** @param {unknown} holder @param {string} name */
  function has(holder, name) {
    return typeof holder !== "undefined" && holder !== null && name in /** @type {object} */ (holder);
  }

  // What is younger than the JavaScript of 2019, to which the scripts are translated, and of the document what they ask for.
  var supported =
    has(Object, "hasOwn") &&
    has(String.prototype, "matchAll") &&
    has(String.prototype, "replaceAll") &&
    has(window, "BigInt") &&
    has(window.DataView && DataView.prototype, "getBigUint64") &&
    has(window.Element && Element.prototype, "replaceChildren") &&
    has(window, "AbortController") &&
    has(window, "ResizeObserver") &&
    has(window.crypto, "getRandomValues");
  var begun = false;

  window.twinbeanBegin = function (start) {
    begun = supported && has(window, "jsPsychModule") && has(window, "twinbeanFunctions");
    if (begun) start();
  };

  document.addEventListener("DOMContentLoaded", function () {
    if (!begun) /** @type {HTMLElement} */ (document.getElementById("unsupported")).hidden = false;
  });
})();

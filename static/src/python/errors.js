/** Exceptions under the names that Python gives them. */

/** An exception under the name that Python gives it; `PageLimit` where Python has an answer that a page cannot give. */
export class PythonError extends Error {
  /** @param {string} name @param {string} message */
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

/** @param {string} message */
export const typeError = (message) => new PythonError("TypeError", message);
/** @param {string} message */
export const valueError = (message) => new PythonError("ValueError", message);
/** @param {string} message */
export const pageLimit = (message) => new PythonError("PageLimit", message);

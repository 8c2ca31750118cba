/** Sending that never gives up: a failure is tried again, later and later, and at once when there may be a network again. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
// What neither answers nor refuses counts as failed; that it may have arrived after all is the receiver's to know.
const SILENCE_MS = 90_000;

/** A refusal for good: trying again would change nothing. */
export class Refused extends Error {}

/** @template T @param {() => Promise<T>} attempt @returns {Promise<T>} Rejects with what is Refused alone. */
export async function persistently(attempt) {
  for (let failures = 0; ; failures++) {
    try {
      return await answered(attempt());
    } catch (error) {
      if (error instanceof Refused) throw error;
      await pause(Math.min(FIRST_MS * 2 ** failures, LONGEST_MS));
    }
  }
}

/** @template T @param {Promise<T>} sent @returns {Promise<T>} */
function answered(sent) {
  return new Promise((resolve, reject) => {
    const timer = window.setTimeout(() => reject(new Error("no answer")), SILENCE_MS);
    sent.then(resolve, reject).finally(() => window.clearTimeout(timer));
  });
}

/** Half of `ms` to all of it, so that those whom one fault has hit do not come back together. @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => {
    const go = () => {
      window.clearTimeout(timer);
      removeEventListener("online", go);
      removeEventListener("pageshow", go);
      resolve(undefined);
    };
    const timer = window.setTimeout(go, ms * (0.5 + Math.random() / 2));
    addEventListener("online", go);
    addEventListener("pageshow", go);
  });
}

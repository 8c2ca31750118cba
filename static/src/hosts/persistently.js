/** Sending that never gives up: a failure is tried again, later and later, and at once when there may be a network again. */

import { Patience } from "../patience.js";

// What neither answers nor refuses counts as failed; that it may have arrived after all is the receiver's to know.
const SILENCE_MS = 90_000;

/** A refusal for good: trying again would change nothing. */
export class Refused extends Error {}

/** @template T @param {() => Promise<T>} attempt @returns {Promise<T>} Rejects with what is Refused alone. */
export async function persistently(attempt) {
  const patience = new Patience();
  for (;;) {
    try {
      return await answered(attempt());
    } catch (error) {
      if (error instanceof Refused) throw error;
      await patience.wait();
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

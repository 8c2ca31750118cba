/** What the server says of the model that plays beside a session (docs/collecting-protocol.md). */

/**
 * @typedef {object} Trial
 * @property {number | null} choice
 * @property {string | null} label
 * @property {string[]} labels
 * @property {number | null} reward as far as it was shown
 * @property {number | null} score
 * @property {boolean} forced
 */
/** @typedef {{state: "none" | "failed"} | {state: "waiting", before: number} | {state: "playing", done: number, of: number} | {state: "ready", model: string, courses: [Trial[], Trial[]]}} Told */

const TIMEOUT_MS = 20_000;
const STATES = ["none", "failed", "waiting", "playing", "ready"];

/**
 * What is said; null where there is no answer, and one may ask again. A refusal is for good: there is nothing to be shown.
 * @param {string} address @param {{session: string, collected: {token: string, lease: string}}} record @returns {Promise<Told | null>}
 */
export async function asked(address, { session, collected: { token, lease } }) {
  try {
    const response = await fetch(`${address}sessions/${session}/pair`, {
      headers: { Authorization: `Bearer ${token}`, "Twinbean-Lease": lease },
      signal: AbortSignal.timeout?.(TIMEOUT_MS),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
    if (response.status >= 400 && response.status < 500 && response.status !== 429) return { state: "none" };
    const told = response.ok ? await response.json() : null;
    return STATES.includes(told?.state) ? told : null;
  } catch {
    return null;
  }
}

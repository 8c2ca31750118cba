/** Only one window of a browser records a game. */

/**
 * Runs `alone` while this window holds the lock called `name`. `waiting` is called when another window holds it; when
 * that one closes, `alone` runs here. Browsers lend locks to pages from https, localhost and files only; elsewhere
 * `alone` runs at once.
 * @param {string} name @param {() => Promise<void>} alone @param {() => void} waiting
 */
export async function exclusively(name, alone, waiting) {
  if (!navigator.locks) {
    await alone();
    return;
  }
  const free = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await alone();
    return lock !== null;
  });
  if (free) return;
  waiting();
  await navigator.locks.request(name, alone);
}

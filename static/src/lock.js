/** Only one window of a browser records a game. */

/**
 * Runs `alone` while this window holds the lock called `name`. `waiting` is called when another window holds it; when
 * that one closes, `alone` runs here.
 * @param {string} name @param {() => Promise<void>} alone @param {() => void} waiting
 */
export async function exclusively(name, alone, waiting) {
  let release = await acquire(name, { ifAvailable: true });
  if (!release) {
    waiting();
    release = await acquire(name, {});
  }
  try {
    await alone();
  } finally {
    release?.();
  }
}

/**
 * What gives the lock back; null where it is taken and not to be waited for. Browsers lend locks to pages from https,
 * localhost and files only, and to none whose site data they block: such a page is alone for all that it can know.
 * @param {string} name @param {LockOptions} options @returns {Promise<(() => void) | null>}
 */
function acquire(name, options) {
  return new Promise((resolve) => {
    /** @param {Lock | null} lock */
    const lent = (lock) => (lock ? new Promise((release) => resolve(() => release(undefined))) : resolve(null));
    const asked = async () => navigator.locks.request(name, options, lent);
    asked().catch(() => resolve(() => {}));
  });
}

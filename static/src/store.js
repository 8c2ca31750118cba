/**
 * What is kept in the participant's browser: sessions, and the rows of each, written before the next screen starts.
 */

/**
 * @typedef {object} SessionRecord
 * @property {string} session
 * @property {string} page the digest of the very game that is played
 * @property {string} participant
 * @property {boolean} anonymous whether the participant's id was drawn rather than given
 * @property {number} variant the index of the page's variant
 * @property {string} started ISO 8601, UTC
 * @property {string | null} consented
 * @property {string | null} finished
 * @property {import("./engine.js").Outcome} [outcome] as what it ended, once it is finished
 * @property {string[]} resumed when it was gone on with
 * @property {boolean} removed whether its rows were removed by the participant
 * @property {Collected} [collected] where a server collects the rows
 */
/**
 * What a browser knows of a session whose rows go to a server.
 * @typedef {object} Collected
 * @property {string} address of the collector
 * @property {string} token
 * @property {string} lease
 * @property {import("./variants.js").Variant | null} variant what the server drew
 * @property {import("./collector.js").Request["consent"]} consent
 * @property {import("./collector.js").Summary | null} finish what the end of the session says of its rows
 * @property {boolean} complete whether the server has all that there is to have
 * @property {string | null} url where the participant leaves for
 * @property {string | null} withdrawn when the participant withdrew
 * @property {number} sent of an unfinished session: how many rows a later visit has sent
 * @property {import("./collector.js").Reason | null} refused why nothing of it is sent any more
 */
/**
 * What asks the server for a session, kept until the answer is: a browser that is closed in between asks the same again.
 * @typedef {object} Pending
 * @property {string} address of the collector
 * @property {import("./collector.js").Request} request
 * @property {{participant: string, anonymous: boolean, consented: string | null}} who
 */
/** @typedef {SessionRecord & {collected: Collected}} CollectedRecord */
/** @typedef {Record<string, unknown>} Row */

const NAME = "twinbean";
// Where site data are blocked or a profile is broken, a browser may neither answer nor refuse.
const TIMEOUT_MS = 10_000;

export class Store {
  /** @returns {Promise<Store>} Rejects where the browser keeps nothing, or says nothing for ten seconds. */
  static async open() {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("sessions", { keyPath: "session" }).createIndex("page", "page");
      request.result.createObjectStore("rows", { keyPath: ["session", "number"] });
    };
    return new Store(await settled(request));
  }

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
  }

  /** The sessions of a game that are kept here, oldest first. @param {string} page @returns {Promise<SessionRecord[]>} */
  async sessions(page) {
    const index = this.database.transaction("sessions").objectStore("sessions").index("page");
    const found = /** @type {SessionRecord[]} */ (await settled(index.getAll(page)));
    return found.sort((a, b) => (a.started < b.started ? -1 : 1));
  }

  /** The sessions whose rows go to the collector at `address`, oldest first. @param {string} address @returns {Promise<CollectedRecord[]>} */
  async collected(address) {
    const all = /** @type {SessionRecord[]} */ (await settled(this.database.transaction("sessions").objectStore("sessions").getAll()));
    const found = /** @type {CollectedRecord[]} */ (all.filter(({ collected }) => collected?.address === address));
    return found.sort((a, b) => (a.started < b.started ? -1 : 1));
  }

  /** @param {string} session @returns {Promise<Row[]>} */
  async rows(session) {
    return (await this.numbered(session)).map(({ row }) => row);
  }

  /** Rows with their numbers: where answers leave the device, the first are gone. @param {string} session @returns {Promise<{number: number, row: Row}[]>} */
  async numbered(session) {
    const range = IDBKeyRange.bound([session, 0], [session, Infinity]);
    return settled(this.database.transaction("rows").objectStore("rows").getAll(range));
  }

  /** @param {SessionRecord} record */
  async keep(record) {
    await this.#write("sessions", (sessions) => sessions.put(record));
  }

  /** What the collector at `address` was asked and has not answered. @param {string} address @returns {Promise<Pending | null>} */
  async pending(address) {
    const kept = await settled(this.database.transaction("sessions").objectStore("sessions").get(pendingKey(address)));
    return kept?.pending ?? null;
  }

  /** @param {Pending} pending */
  async ask(pending) {
    await this.#write("sessions", (sessions) => sessions.put({ session: pendingKey(pending.address), page: "", pending }));
  }

  /** @param {string} address */
  async answered(address) {
    await this.#write("sessions", (sessions) => sessions.delete(pendingKey(address)));
  }

  /** A row that is there already is refused, so that nothing can be recorded twice. @param {string} session @param {number} number @param {Row} row */
  async append(session, number, row) {
    await this.#write("rows", (rows) => rows.add({ session, number, row }));
  }

  /** @param {string} session @param {number} [number] rows below it, else all */
  async removeRows(session, number = Infinity) {
    await this.#write("rows", (rows) => rows.delete(IDBKeyRange.bound([session, 0], [session, number], false, true)));
  }

  /** Keeps nothing of a session any more. @param {string} session */
  async forget(session) {
    await this.removeRows(session);
    await this.#write("sessions", (sessions) => sessions.delete(session));
  }

  /** @param {string} name @param {(store: IDBObjectStore) => IDBRequest} change */
  #write(name, change) {
    // "strict" is on the disk when it completes, also if the machine loses power.
    const transaction = this.database.transaction(name, "readwrite", { durability: "strict" });
    change(transaction.objectStore(name));
    const written = new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(undefined);
      transaction.onabort = () => reject(transaction.error);
    });
    return answered(written);
  }
}

/** @param {string} address */
const pendingKey = (address) => `opening ${address}`;

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function settled(request) {
  const result = new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return answered(result);
}

/** `promise`, unless it takes too long. @template T @param {Promise<T>} promise @returns {Promise<T>} */
async function answered(promise) {
  let timer = 0;
  const silence = new Promise((_, reject) => {
    timer = window.setTimeout(() => reject(new Error("The browser's storage does not answer")), TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    window.clearTimeout(timer);
  }
}

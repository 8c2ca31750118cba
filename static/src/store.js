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
 * @property {string[]} resumed when it was gone on with
 * @property {boolean} removed whether its rows were removed by the participant
 */
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

  /** @param {string} session @returns {Promise<Row[]>} */
  async rows(session) {
    const range = IDBKeyRange.bound([session, 0], [session, Infinity]);
    const kept = await settled(this.database.transaction("rows").objectStore("rows").getAll(range));
    return kept.map(({ row }) => row);
  }

  /** @param {SessionRecord} record */
  async keep(record) {
    await this.#write("sessions", (sessions) => sessions.put(record));
  }

  /** A row that is there already is refused, so that nothing can be recorded twice. @param {string} session @param {number} number @param {Row} row */
  async append(session, number, row) {
    await this.#write("rows", (rows) => rows.add({ session, number, row }));
  }

  /** @param {string} session */
  async removeRows(session) {
    await this.#write("rows", (rows) => rows.delete(IDBKeyRange.bound([session, 0], [session, Infinity])));
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

/** As much of IndexedDB as the page uses: requests are answered later, keys are told apart, transactions end. */

const key = (path, value) => JSON.stringify([path].flat().map((name) => value[name]));

class Request {
  constructor(result) {
    this.result = result;
    setImmediate(() => this.onsuccess?.());
  }
}

class ObjectStore {
  constructor(keyPath) {
    this.keyPath = keyPath;
    this.kept = new Map();
  }

  createIndex(_, name) {
    this.indexed = name;
  }

  index() {
    return { getAll: (value) => new Request(this.values().filter((kept) => kept[this.indexed] === value)) };
  }

  get(name) {
    return new Request(structuredClone(this.kept.get(JSON.stringify([name]))));
  }

  getAll({ lower, upper } = {}) {
    if (!lower) return new Request(this.values());
    return new Request(this.values().filter(({ session, number }) => session === lower[0] && number >= lower[1] && number <= upper[1]));
  }

  put(value) {
    this.kept.set(key(this.keyPath, value), structuredClone(value));
  }

  add(value) {
    if (this.kept.has(key(this.keyPath, value))) return new DOMException("twice", "ConstraintError");
    return this.put(value);
  }

  delete(range) {
    if (typeof range === "string") {
      this.kept.delete(JSON.stringify([range]));
      return;
    }
    const { lower, upper } = range;
    for (const [name, { session, number }] of this.kept) if (session === lower[0] && number < upper[1]) this.kept.delete(name);
  }

  values() {
    return [...this.kept.values()].map((value) => structuredClone(value));
  }
}

export class FakeIndexedDB {
  stores = {};

  open() {
    const request = new Request({
      createObjectStore: (name, { keyPath }) => (this.stores[name] = new ObjectStore(keyPath)),
      transaction: (name) => this.#transaction(this.stores[name]),
    });
    queueMicrotask(() => Object.keys(this.stores).length || request.onupgradeneeded());
    return request;
  }

  /** A transaction of one change, which is undone where the change is refused. */
  #transaction(store) {
    const transaction = { error: null };
    const change = (name) => (value) => {
      transaction.error = store[name](value) ?? null;
    };
    transaction.objectStore = () =>
      Object.assign(Object.create(store), { put: change("put"), add: change("add"), delete: change("delete") });
    setImmediate(() => (transaction.error ? transaction.onabort?.() : transaction.oncomplete?.()));
    return transaction;
  }
}

export const FakeKeyRange = { bound: (lower, upper) => ({ lower, upper }) };

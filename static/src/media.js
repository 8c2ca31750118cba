/**
 * Pictures and other media that stand once in the document, by hash (src/twinbean/page/media.py). A screen is shown with the
 * `data:` addresses themselves, so that functions of the task see what they see in Python; a row records `media:HASH`.
 */
const ADDRESS = /data:[A-Za-z]+\/[A-Za-z0-9.+-]+[;,][A-Za-z0-9!#$%&*+,./:;=?@[\]^_|~-]+/g;
const REFERENCE = /media:([0-9a-f]{64})/g;

export class Media {
  /** @param {Record<string, string>} [table] from hash to address */
  constructor(table = {}) {
    this.addresses = new Map(Object.entries(table));
    this.hashes = new Map([...this.addresses].map(([hash, address]) => [address, hash]));
  }

  /** JSON with addresses where it refers to them. @param {unknown} node */
  put(node) {
    return this.#replaced(node, REFERENCE, (whole, hash) => this.addresses.get(hash) ?? whole);
  }

  /** JSON with references for the addresses of the document. @param {unknown} node */
  taken(node) {
    return this.#replaced(node, ADDRESS, (address) => {
      const hash = this.hashes.get(address);
      return hash === undefined ? address : `media:${hash}`;
    });
  }

  /** @param {unknown} node @param {RegExp} pattern @param {(...found: string[]) => string} by @returns {unknown} */
  #replaced(node, pattern, by) {
    if (!this.addresses.size || node === null) return node;
    if (typeof node === "string") return node.replace(pattern, by);
    if (Array.isArray(node)) return node.map((one) => this.#replaced(one, pattern, by));
    if (typeof node !== "object") return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, this.#replaced(value, pattern, by)]));
  }
}

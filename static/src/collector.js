/**
 * The server that collects rows, as the page speaks to it (docs/collecting-protocol.md). Every call gives the server's reply, or
 * throws `Refused`, which says whether it is worth to try again.
 */

/** @typedef {{session: string, token: string, lease: string}} Access what the server gave a session of this browser */
/** @typedef {{n: number, digest: string, outcome: string}} Summary how many rows there are, and the SHA-256 of their lines */
/** @typedef {{complete: true, url: string | null} | {complete: false, missing: number[]}} Conclusion */
/**
 * @typedef {object} Request what opens a session
 * @property {string} request random; the same one again gives the same reply
 * @property {string} page
 * @property {Record<string, string>} ids
 * @property {boolean} anonymous
 * @property {boolean} test
 * @property {{text_sha256: string, language: string, at: string} | null} consent
 * @property {string} started
 * @property {string | null} token of an earlier session of this browser
 */
/**
 * @typedef {object} Opened
 * @property {"begun" | "resumed" | "completed" | "blocked" | "full" | "paused"} status
 * @property {string} [session]
 * @property {string} [token]
 * @property {string} [lease]
 * @property {import("./variants.js").Variant} [variant]
 * @property {number} [stored] rows from 0 to below it are stored
 * @property {Record<string, unknown>[]} [rows] where the session goes on from another device
 * @property {string | null} [url]
 */

const STATUSES = ["begun", "resumed", "completed", "blocked", "full", "paused"];
// A server that says nothing for so long is taken for one that is not there.
const TIMEOUT_MS = 20_000;

/** @typedef {"later" | "token" | "stale" | "conflict" | "gone" | "large"} Reason */

export class Refused extends Error {
  /** @param {Reason} reason @param {number | null} [after] seconds that the server asks to wait */
  constructor(reason, after = null) {
    super(`The server's answer: ${reason}`);
    this.reason = reason;
    this.after = after;
  }
}

export class Collector {
  /** @param {string} address absolute, with the slash at its end */
  constructor(address) {
    this.address = address;
  }

  /**
   * Counts a visit, and nothing else. It is not tried again: a number too low harms nobody.
   * @param {"opened" | "declined"} event @returns {Promise<string | null>} where those leave for who decline
   */
  async visit(event) {
    const reply = /** @type {any} */ (await this.#post("visits", JSON.stringify({ event }), { keepalive: true }));
    return typeof reply?.url === "string" ? reply.url : null;
  }

  /** @param {Request} request @returns {Promise<Opened>} */
  async open(request) {
    return this.#said("sessions", JSON.stringify(request), {}, isOpened);
  }

  /**
   * Stores rows that follow each other. @param {Access} access @param {number} first the number of the first
   * @param {string[]} lines each row's JSON @param {boolean} keepalive whether the request outlives the page
   * @returns {Promise<number>} how many rows from the first on are stored
   */
  async rows(access, first, lines, keepalive) {
    const headers = { "Content-Type": "application/x-ndjson", "Twinbean-First": String(first) };
    const body = lines.map((line) => `${line}\n`).join("");
    const { stored } = await this.#said(path(access, "rows"), body, { access, headers, keepalive }, isStored);
    return stored;
  }

  /** @param {Access} access @param {Summary} summary @returns {Promise<Conclusion>} */
  async finish(access, summary) {
    return this.#said(path(access, "finish"), JSON.stringify(summary), { access }, isConclusion);
  }

  /** @param {Access} access @returns {Promise<Conclusion>} */
  async withdraw(access) {
    return this.#said(path(access, "withdraw"), "", { access, keepalive: true }, isConclusion);
  }

  /**
   * The reply, where it has the form that it should have. Whoever stands between page and server may answer instead.
   * @template T @param {string} to @param {string} body @param {Sent} sent @param {(reply: any) => reply is T} form @returns {Promise<T>}
   */
  async #said(to, body, sent, form) {
    const reply = await this.#post(to, body, sent);
    if (!form(reply)) throw new Refused("later");
    return reply;
  }

  /**
   * @typedef {{access?: Access, headers?: Record<string, string>, keepalive?: boolean}} Sent
   * @param {string} to @param {string} body @param {Sent} sent @returns {Promise<unknown>}
   */
  async #post(to, body, { access, headers = {}, keepalive = false }) {
    const silence = new AbortController();
    const timer = window.setTimeout(() => silence.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(this.address + to, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          ...(access && { Authorization: `Bearer ${access.token}`, "Twinbean-Lease": access.lease }),
          ...headers,
        },
        body,
        keepalive,
        signal: silence.signal,
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
        referrerPolicy: "no-referrer",
      });
      const text = await response.text();
      if (response.ok) return text === "" ? null : JSON.parse(text);
      throw refusal(response, text);
    } catch (error) {
      throw error instanceof Refused ? error : new Refused("later");
    } finally {
      window.clearTimeout(timer);
    }
  }
}

/** @param {Access} access @param {string} what */
function path({ session }, what) {
  return `sessions/${session}/${what}`;
}

/** @param {Response} response @param {string} text */
function refusal(response, text) {
  const after = Number.parseFloat(response.headers.get("Retry-After") ?? "");
  switch (response.status) {
    case 401:
      return new Refused("token");
    case 409:
      return new Refused("conflict" in JSON.parse(text) ? "conflict" : "stale");
    case 410:
      return new Refused("gone");
    case 413:
      return new Refused("large");
    default:
      return new Refused("later", Number.isFinite(after) ? after : null);
  }
}

/** @param {any} reply @returns {reply is Opened} */
function isOpened(reply) {
  if (!STATUSES.includes(reply?.status)) return false;
  return !["begun", "resumed"].includes(reply.status) || [reply.session, reply.token, reply.lease].every((part) => typeof part === "string");
}

/** @param {any} reply @returns {reply is {stored: number}} */
function isStored(reply) {
  return Number.isInteger(reply?.stored);
}

/** @param {any} reply @returns {reply is Conclusion} */
function isConclusion(reply) {
  return reply?.complete === true || (reply?.complete === false && Array.isArray(reply.missing) && reply.missing.every(Number.isInteger));
}

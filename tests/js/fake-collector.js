/**
 * A collector in memory, as the protocol has it, behind `fetch`; and a line to it that fails as it is told. It is written from
 * the protocol and not from the page.
 */
import { createHash } from "node:crypto";

export class FakeCollector {
  constructor() {
    /** What is stored, by number. */
    this.rows = new Map();
    this.lease = "lease";
    this.token = "token";
    /** What befalls the next requests, one after the other: a status, or one of the words of `fetch`. */
    this.faults = [];
    this.requests = [];
    this.finished = null;
    this.most = Infinity;
    this.down = false;
  }

  install() {
    globalThis.fetch = (address, options) => this.fetch(address, options);
    return this;
  }

  get stored() {
    let n = 0;
    while (this.rows.has(n)) n++;
    return n;
  }

  async fetch(address, { headers, body, keepalive, signal }) {
    const request = { path: new URL(address).pathname.replace(/^.*api\/1\//, ""), headers, body, keepalive };
    this.requests.push(request);
    const fault = this.down ? "unreachable" : this.faults.shift();
    if (fault === "unreachable") throw new TypeError("Failed to fetch");
    if (fault === "silent") return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    if (fault === "login page") return new Response("<html>Please sign in</html>");
    if (typeof fault === "number") return new Response("", { status: fault });
    if (fault?.status) return new Response(JSON.stringify(fault.body ?? {}), fault);
    const reply = this.#reply(request);
    if (fault === "answer lost") throw new TypeError("Failed to fetch");
    return reply;
  }

  #reply({ path, headers, body }) {
    const [, , action] = path.split("/");
    if (path === "visits") return new Response(null, { status: 204 });
    if (headers.Authorization !== `Bearer ${this.token}`) return new Response("{}", { status: 401 });
    if (headers["Twinbean-Lease"] !== this.lease) return new Response("{}", { status: 409 });
    if (action === "rows") return this.#store(Number(headers["Twinbean-First"]), body);
    if (action === "finish") return this.#finish(JSON.parse(body));
    return Response.json({ complete: true, url: null });
  }

  #store(first, body) {
    if (body.length > this.most) return new Response("{}", { status: 413 });
    const lines = body.split("\n").slice(0, -1);
    const conflict = lines.flatMap((line, i) => ((this.rows.get(first + i) ?? line) === line ? [] : [first + i]));
    if (conflict.length) return Response.json({ error: "other bytes", conflict }, { status: 409 });
    lines.forEach((line, i) => this.rows.set(first + i, line));
    return Response.json({ stored: this.stored });
  }

  #finish({ n, digest, outcome }) {
    const missing = Array.from({ length: n }, (_, number) => number).filter((number) => !this.rows.has(number));
    const hash = createHash("sha256");
    for (let number = 0; number < n; number++) hash.update(`${this.rows.get(number)}\n`);
    if (missing.length || hash.digest("hex") !== digest) return Response.json({ complete: false, missing, digest: false });
    this.finished = { n, digest, outcome };
    return Response.json({ complete: true, url: "https://example.org/done" });
  }
}

/** What earlier visits left in this browser goes to the server first, whoever plays now. */
import { Refused } from "./collector.js";
import { Outbox } from "./outbox.js";

/** @typedef {import("./collector.js").Collector} Collector */
/** @typedef {import("./store.js").CollectedRecord} CollectedRecord */
/** @typedef {import("./store.js").Store} Store */

/**
 * Sends what is left of each session, one after the other, for as long as the window is open.
 * @param {Collector} collector @param {Store} store @param {CollectedRecord[]} records @param {boolean} lab whether answers leave the device
 */
export async function drain(collector, store, records, lab) {
  for (const record of records) {
    const { collected } = record;
    if (collected.complete || collected.refused) continue;
    const kept = collected.withdrawn ? [] : await store.numbered(record.session);
    const end = kept.length ? kept[kept.length - 1].number + 1 : 0;
    if (!collected.withdrawn && !collected.finish && end <= collected.sent) continue;
    const outbox = new Outbox(collector, { ...collected, session: record.session });
    try {
      await drained(outbox, record, kept);
      collected.sent = end;
      await (lab ? store.forget(record.session) : store.keep(record));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // Another window has the session now, and keeps its record.
      if (error.reason === "stale") continue;
      collected.refused = error.reason;
      await (error.reason === "gone" ? store.forget(record.session) : store.keep(record));
    }
  }
}

/** @param {Outbox} outbox @param {CollectedRecord} record @param {{number: number, row: Record<string, unknown>}[]} kept */
async function drained(outbox, { collected }, kept) {
  if (collected.withdrawn) {
    collected.url = await outbox.withdraw();
    collected.complete = true;
    return;
  }
  outbox.fill(kept.map(({ row }) => JSON.stringify(row)), { first: kept[0]?.number });
  await outbox.emptied();
  if (!collected.finish) return;
  collected.url = await outbox.finish(collected.finish);
  collected.complete = true;
}

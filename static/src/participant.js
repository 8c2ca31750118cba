/** Who plays: an id from the page's address, or a random one. Nothing else about the person is looked at. */

/** @typedef {{participant: string, anonymous: boolean, others: Record<string, string>}} Identity */

/**
 * @param {Record<string, string>} ids our name of an id -> the parameter of the address that holds it
 * @param {string} search the address from "?" on
 * @returns {Identity}
 */
export function identify(ids, search) {
  const given = new URLSearchParams(search);
  const { participant: name, ...rest } = ids;
  const participant = given.get(name);
  const others = Object.entries(rest).flatMap(([id, parameter]) => {
    const value = given.get(parameter);
    return value === null ? [] : [[id, value]];
  });
  return {
    participant: participant || randomId(),
    anonymous: !participant,
    others: Object.fromEntries(others),
  };
}

/** Random hexadecimal digits, sixteen unless said; `crypto.randomUUID` is not there over plain http. */
export function randomId(digits = 16) {
  const bytes = crypto.getRandomValues(new Uint8Array(digits / 2));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** SHA-256 without `crypto.subtle`, which browsers lend to pages from https and localhost only. */
import { sha256 } from "@noble/hashes/sha2.js";

const encoder = new TextEncoder();

/** How many bytes `text` has in UTF-8. @param {string} text */
export function bytesOf(text) {
  return encoder.encode(text).length;
}

/** The SHA-256 of `text` in UTF-8. @param {string} text */
export function digestOf(text) {
  return hexadecimal(sha256(encoder.encode(text)));
}

/** The SHA-256 of lines that come one after the other, each with its line end. */
export class LinesDigest {
  constructor() {
    this.hash = sha256.create();
  }

  /** @param {string} line */
  add(line) {
    this.hash.update(encoder.encode(`${line}\n`));
  }

  /** Of the lines so far. */
  get value() {
    return hexadecimal(this.hash.clone().digest());
  }
}

/** @param {Uint8Array} bytes */
export function hexadecimal(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

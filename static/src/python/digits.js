/** The decimal digits of numbers, from their exact binary value. */

/**
 * |value| times 10^places, rounded half to even from the exact binary value, as its decimal digits.
 * @param {number} value finite
 * @param {number} places
 */
export function scaledDigits(value, places) {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const biased = (bits.getUint16(0) >> 4) & 0x7ff;
  const fraction = bits.getBigUint64(0) & 0xfffffffffffffn;
  const exponent = Math.max(biased, 1) - 1075;
  let above = (biased ? fraction | 0x10000000000000n : fraction) << BigInt(Math.max(exponent, 0));
  let below = 1n << BigInt(Math.max(-exponent, 0));
  if (places >= 0) above *= 10n ** BigInt(places);
  else below *= 10n ** BigInt(-places);
  const whole = above / below;
  const twice = 2n * (above % below);
  return String(twice > below || (twice === below && whole % 2n === 1n) ? whole + 1n : whole);
}

/** Digits with a decimal point before the last `places`. @param {string} digits @param {number} places */
export function pointed(digits, places) {
  if (places <= 0) return digits + "0".repeat(-places);
  const padded = digits.padStart(places + 1, "0");
  return `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}

/** @param {string} digits the first before the point @param {number} exponent */
export function scientific(digits, exponent) {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return `${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** |value| to `count` significant digits. @param {number} value finite @param {number} count */
export function significant(value, count) {
  if (value === 0) return { digits: "0".repeat(count), exponent: 0 };
  let exponent = Number(value.toExponential().split("e")[1]);
  let digits = scaledDigits(value, count - 1 - exponent);
  if (digits.length < count) digits = scaledDigits(value, count - 1 - --exponent); // 1e23 is 9.99...e22
  else if (digits.length > count) digits = scaledDigits(value, count - 1 - ++exponent); // 9.99 was rounded up to 10
  return { digits, exponent };
}

/** @param {string} digits @param {number} exponent @param {number} limit exponents from here on are written out */
export function shorter(digits, exponent, limit) {
  if (exponent < -4 || exponent >= limit) return scientific(digits, exponent);
  return pointed(digits, digits.length - 1 - exponent);
}

/** Python's repr of |value|. @param {number} value */
export function floatText(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : "inf";
  const [mantissa, exponent] = Math.abs(value).toExponential().split("e"); // the shortest digits, as in Python
  const text = shorter(mantissa.replace(".", ""), Number(exponent), 16);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

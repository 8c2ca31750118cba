/** `A`, `A and B`, `A, B and C`, as `twinbean.definitions.wording.listed` writes it. @param {string[]} names */
export function listed(names, conjunction = "and") {
  if (names.length <= 1) return names.join("");
  return `${names.slice(0, -1).join(", ")} ${conjunction} ${names[names.length - 1]}`;
}

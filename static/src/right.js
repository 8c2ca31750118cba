/** Whether an answer is the expected one, as Python has it (src/twinbean/sessions/quizzes.py). */

/** @typedef {import("./questions.js").Answer} Answer */

/** Of several options, in whatever order. @param {Answer | undefined} given @param {Answer} right */
function isRight(given, right) {
  if (!Array.isArray(right) || !Array.isArray(given)) return given === right;
  return given.length === right.length && right.every((one) => given.includes(one));
}

/**
 * Whether every question with a right answer has it.
 * @param {{name: string, answer?: Answer}[]} questions @param {Record<string, Answer>} answers
 */
export function passes(questions, answers) {
  return questions.every(({ name, answer }) => answer === undefined || isRight(answers[name], answer));
}

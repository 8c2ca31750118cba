/** Rows as a file of the participant's. */

/** `TASK_PARTICIPANT.json`, without what a file name cannot hold. @param {string} task @param {string} participant */
export function fileName(task, participant) {
  return `${task}_${participant}.json`.replace(/[^\p{L}\p{N}._-]+/gu, "_");
}

/** Offers `rows` as a download: a plain list, as jsPsych saves it. @param {string} name @param {Record<string, unknown>[]} rows */
export function download(name, rows) {
  const address = URL.createObjectURL(new Blob([JSON.stringify(rows)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read the file by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** jsPsych asks for a window when it is imported. */
globalThis.window = globalThis;

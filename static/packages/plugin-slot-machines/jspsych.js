// What a page with a <script> has as a global, for bundlers.
export * as jsPsychModule from "jspsych";

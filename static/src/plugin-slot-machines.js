/** The entry of the package `static/packages/plugin-slot-machines`: the plugin alone, for any jsPsych 8 timeline. */
import { SlotMachinesPlugin } from "./slot-machines.js";

if (!("jsPsychSlotMachines" in window)) Object.assign(window, { jsPsychSlotMachines: SlotMachinesPlugin });

export default SlotMachinesPlugin;

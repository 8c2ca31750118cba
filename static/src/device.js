/** What the record says about the device. */

/** What can be known at once. */
export function describeDevice() {
  const { userAgent, language, maxTouchPoints } = navigator;
  return {
    browser: userAgent,
    language,
    touch_points: maxTouchPoints,
    screen: [screen.width, screen.height],
    window: [innerWidth, innerHeight],
    pixel_ratio: devicePixelRatio,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    reduced_motion: matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
}

/**
 * The screen's refresh rate in hertz, from the median of some thirty frames.
 * @returns {Promise<number>} never settles while the page is hidden
 */
export function refreshRate(frames = 30) {
  return new Promise((resolve) => {
    /** @type {number[]} */
    const times = [];
    /** @param {number} time */
    const frame = (time) => {
      times.push(time);
      if (times.length <= frames) {
        requestAnimationFrame(frame);
        return;
      }
      const gaps = times.slice(1).map((later, i) => later - times[i]).sort((a, b) => a - b);
      resolve(Math.round(10_000 / gaps[Math.floor(gaps.length / 2)]) / 10);
    };
    requestAnimationFrame(frame);
  });
}

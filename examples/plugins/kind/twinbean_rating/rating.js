twinbean.kind("Rating", {
  show(screen, { prompt, steps }) {
    screen.text(prompt);
    for (let step = 1; step <= steps; step++) screen.choice(String(step), step, String(step));
  },
});

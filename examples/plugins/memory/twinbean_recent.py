"""A chat model that remembers its last five choices: `twinbean replay TASK --model api:NAME --memory recent ...`."""

LAST = 5


def recent(seen, render):
    """`seen` are the situations so far, the last of them the choice to be made; `render` fills a template."""
    now = seen[-1]
    told = "\n".join(event.told for event in now.past[-LAST:])
    return [{"role": "user", "content": f"{told}\n\n{now.opening}\n\n{render('answering', now)}".lstrip()}]

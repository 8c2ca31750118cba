"""Makes the gallery: every task that comes with Twinbean to be played, and watched as SmolLM2 and a learner play it.

Run it from the repository's root: `make gallery`, or `python docs/gallery.py horizon` to make the pages of some tasks
again. Pages and pictures go into build/gallery, the light pictures also into docs/images/gallery, the table into
docs/gallery.md.
"""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image

from twinbean.page import PageOptions
from twinbean.page.export import export
from twinbean.runs.replaying import replay
from twinbean.subjects.registry import subject_of
from twinbean.tasks.task import Task, builtin_names, load
from twinbean.testing.browser import launch
from twinbean.watching.document import watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from twinbean.subjects.registry import Player

HERE = Path(__file__).parent
FOLDER = HERE.parent / "build" / "gallery"
IMAGES = HERE / "images" / "gallery"
DOCUMENT = HERE / "gallery.md"
MODEL = "smollm2"
SEED = 1
# All pictures of docs/gallery.md together, in bytes.
LARGEST = 400_000
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTH, HEIGHT = 720, 740
BOX = (3, 3, 689, 396)
# A sentence or two of a task's description.
SENTENCES = 210
_START, _END = "<!-- made by gallery.py -->\n", "<!-- to here -->\n"


@dataclass(frozen=True)
class Shown:
    """Who is watched beside the language model, and as much of a long session as one plays and watches."""

    learner: str
    shorter: Mapping[str, Any] = field(default_factory=dict)


# The learner is what the field fits, or what earns the most where it fits none. Its parameters are the usual ones but
# for the unit of rewards, and for what a task says, such as how fast payoffs drift.
SHOWN: Mapping[str, Shown] = {
    "balloon_risk": Shown("bayesian_target", {"balloons": 5}),
    "contextual_bandit": Shown("linear_ucb:reward_unit=100", {"trials": 40}),
    "crossing_machines": Shown("ucb:reward_unit=10"),
    "delay_discounting": Shown("hyperbolic:reward_unit=85", {"trials": 24}),
    "example_study": Shown("rw", {"trials": 20}),
    "five_armed_buttons": Shown("thompson"),
    "gershman_two_armed": Shown("kalman_ucb:reward_unit=10", {"blocks": 4}),
    "go_nogo": Shown("pavlovian", {"trials": 40}),
    "horizon": Shown("kalman_ucb:reward_zero=50,reward_unit=10", {"games": 6}),
    "iowa_gambling": Shown("rw_stick:reward_unit=100", {"trials": 60}),
    "leapfrog": Shown("kalman_ucb:reward_unit=20,drift=0.1,bonus=3", {"trials": 40}),
    "observe_or_bet": Shown("evidence_threshold", {"trials": 40}),
    "probabilistic_reversal": Shown("rw_dual", {"trials": 50}),
    "restless_four_armed": Shown("kalman_ucb:reward_zero=50,reward_unit=50,drift=0.01", {"trials": 40}),
    "risky_choice": Shown("eu:reward_unit=200", {"trials": 24}),
    "structured_bandit": Shown("gp_ucb:reward_unit=100,length_scale=2", {"rounds": 4}),
    "two_armed_bandit": Shown("ucb:reward_unit=10"),
    "two_step": Shown("hybrid", {"trials": 20}),
}


def pages(name: str, players: Mapping[str, Player], folder: Path) -> list[Path]:
    """The page on which people play, and for each of the players the one on which it is watched, by the file's name."""
    task, shorter = load(name), SHOWN[name].shorter
    html = {"play": export(task, seed=SEED, parameters=shorter, options=PageOptions(title=task.title))}
    for who, player in players.items():
        (session,) = replay(task, model=player, seed=SEED, parameters=shorter)
        html[who] = watch(task, session)
    paths = [folder / f"{name}-{which}.html" for which in html]
    for path, text in zip(paths, html.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def take(browser: Browser, watched: Path, picture: Path, scheme: Literal["light", "dark"]) -> None:
    """A picture of the eighth choice, or the last: as it is open, or of machines, what came of it."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme, reduced_motion="reduce")
    page.goto(watched.resolve().as_uri())
    page.locator("figure[data-at]").wait_for()
    number = page.get_by_role("spinbutton", name="Trial")
    trials = int(number.get_attribute("max") or 0)
    trial = min(8, trials)
    number.fill(str(trial))
    page.keyboard.press("Enter")
    page.get_by_text(f"Trial {trial} of {trials}", exact=True).first.wait_for()
    if page.frame_locator("iframe").locator(".machine").count():
        page.get_by_role("button", name="Next").click()
        page.get_by_text(f"Trial {trial} of {trials}: ").first.wait_for()
    shot = page.locator("iframe").screenshot()
    page.close()
    # Without the frame's border, and all of one size.
    Image.open(BytesIO(shot)).convert("RGB").crop(BOX).quantize(colors=48).save(picture, optimize=True)


def about(task: Task) -> str:
    """As many of the first sentences of the description, below its title, as are short; one at least."""
    paragraph = " ".join(task.description.split("\n\n")[1].split())
    first, *more = re.split(r"(?<=\.) (?=[A-Z])", paragraph)
    for sentence in more:
        if len(first) + len(sentence) > SENTENCES:
            break
        first = f"{first} {sentence}"
    return first.replace("`", "")


def index(names: Sequence[str]) -> str:
    """The first page of the folder, with links to those that `pages` wrote."""
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    tasks = [
        {
            "name": name,
            "title": load(name).title,
            "about": about(load(name)),
            "source": load(name).source,
            "learner": learner(name),
            "shorter": ", ".join(f"{value} {what}" for what, value in SHOWN[name].shorter.items()),
        }
        for name in names
    ]
    return environment.get_template("gallery.html.j2").render(tasks=tasks, model="SmolLM2")


def table(names: Sequence[str]) -> str:
    tasks = [load(name) for name in names]
    rows = [
        f"| [{task.name}](tasks.md) | ![{task.title}](images/gallery/{task.name}.png) | {about(task)} "
        f"| `{learner(task.name)}` |"
        for task in tasks
    ]
    return "\n".join(["| task | one of its choices | what it is | its learner |", "|---|---|---|---|", *rows, ""])


def learner(name: str) -> str:
    return SHOWN[name].learner.partition(":")[0]


def main(names: Sequence[str]) -> None:
    if unknown := sorted(set(names) - set(builtin_names())):
        sys.exit(f"{unknown[0]!r} does not come with Twinbean: expected some of {', '.join(builtin_names())}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    IMAGES.mkdir(parents=True, exist_ok=True)
    model = subject_of(MODEL)
    with launch() as browser:
        for name in names or builtin_names():
            started = time.perf_counter()
            _, watched, _ = pages(name, {"model": model, "learner": SHOWN[name].learner}, FOLDER)
            for scheme in SCHEMES:
                take(browser, watched, FOLDER / f"{name}-{scheme}.png", scheme)
            shutil.copyfile(FOLDER / f"{name}-light.png", IMAGES / f"{name}.png")
            print(f"{name}, {SHOWN[name].learner}: {time.perf_counter() - started:.0f} s", flush=True)
    size = sum(path.stat().st_size for path in IMAGES.glob("*.png"))
    if size > LARGEST:
        sys.exit(f"the pictures of {IMAGES} have {size} bytes, more than {LARGEST}")
    (FOLDER / "index.html").write_text(index(builtin_names()), encoding="utf-8")
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(_START)
    DOCUMENT.write_text(before + _START + table(builtin_names()) + _END + rest.partition(_END)[2], encoding="utf-8")
    print(FOLDER / "index.html")


if __name__ == "__main__":
    main(sys.argv[1:])

"""What a viewer does with recorded sessions, and what their document holds, keeps and sends."""

from __future__ import annotations

import pytest

from twinbean.runs.replaying import replay
from twinbean.watching.document import watch
from watched_screens import WORDS, Chooser, model, moment, on, opened, person, stands, words_task

# Payoffs of trial k are 7310 + k and 8310 + k, behind the digit that the seed draws.
ENDINGS = ("731", "831")
# A session that stands still has no time in which anything could happen, however many of these pass.
FRAMES = """async () => {
  for (let n = 0; n < 30; n += 1) await new Promise((next) => requestAnimationFrame(next));
}"""


@pytest.fixture
def task(tmp_path):
    return words_task(tmp_path)


@pytest.fixture
def watched(page, tmp_path):
    """Opens the document of one or two sessions; its frames."""

    def open_it(html):
        path = tmp_path / "watched.html"
        path.write_text(html, encoding="utf-8")
        return opened(page, path)

    return open_it


def said(page, seat=0):
    return page.locator(".said").nth(seat).text_content()


def goes_to(page, *wanted):
    """Moment by moment until there."""
    while moment(page) < wanted:
        on(page)


def test_nothing_that_is_still_to_come_stands_in_the_document(page, watched, task):
    session = model(task, 0, 1, 1, 0)
    frames = watched(watch(task, session))
    paid = [str(int(one)) for trial in session.trials for one in trial.outcomes]
    assert all(any(ending in one for ending in ENDINGS) for one in paid)
    seen = 0
    for screen in range(2 * len(WORDS)):
        for done in range(1 + screen % 2):
            goes_to(page, screen, done)
            held = page.content() + frames[0].content()
            trial = screen // 2
            assert WORDS[trial] in held
            open_trial = trial + (done == 1)
            to_come = [*WORDS[trial + 1 :], *(str(int(one)) for t in session.trials[open_trial:] for one in t.outcomes)]
            to_come += [str(int(t.score)) for t in session.trials[open_trial + (trial == 0) :]]
            assert [one for one in to_come if one in held] == []
            assert page.locator("circle.chosen").count() == open_trial
            seen += 1
    assert seen == 3 * len(WORDS)


def test_what_is_watched_is_neither_kept_nor_sent(browser, tmp_path, task):
    path = tmp_path / "watched.html"
    path.write_text(watch(task, person(task, 0, 1, 1, 0)), encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    asked, sent = [], []
    context.on("request", lambda request: asked.append(request.url))
    context.route("https://**", lambda route: sent.append(route.request.url) or route.abort())
    (frame,) = opened(page, path)
    goes_to(page, 2 * len(WORDS), 0)
    assert asked == [path.as_uri()]
    refused = """async () => {
      const elsewhere = "https://example.org/";
      const settled = (asked, got) => new Promise((yes, no) => Object.assign(asked, { [got]: yes, onerror: no }));
      const tries = {
        localStorage: () => localStorage.setItem("a", "b"),
        sessionStorage: () => sessionStorage.setItem("a", "b"),
        cookie: () => (document.cookie = "a=b"),
        indexedDB: () => settled(indexedDB.open("a"), "onsuccess"),
        fetch: () => fetch(elsewhere),
        image: () => settled(Object.assign(new Image(), { src: elsewhere }), "onload"),
        beacon: () => navigator.sendBeacon(elsewhere, "x") || Promise.reject(),
      };
      const names = [];
      for (const [name, go] of Object.entries(tries)) {
        await Promise.resolve().then(go).catch(() => names.push(name));
      }
      return names;
    }"""
    every = ["localStorage", "sessionStorage", "cookie", "indexedDB", "fetch", "image", "beacon"]
    assert frame.evaluate(refused) in (every, every[:-1])  # a beacon is refused behind its caller's back
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert page.evaluate("indexedDB.databases()") == []
    assert sent == []
    context.close()


def test_it_is_stepped_through_and_jumped_about_in_by_key_button_number_and_time_line(page, watched, task):
    watched(watch(task, person(task, 0, 1, 1, 0)))
    assert said(page) == "Before the first trial"
    goes_to(page, 3, 1)
    assert said(page).startswith("Trial 2 of 4: chose ")
    page.keyboard.press("ArrowLeft")
    page.get_by_text("Trial 2 of 4", exact=True).wait_for()
    assert page.locator("circle.chosen").count() == 1
    page.get_by_role("spinbutton", name="Trial").fill("4")
    page.keyboard.press("Enter")
    stands(page, at_least=(7, 0))
    assert moment(page) == (7, 0)
    page.get_by_role("button", name="Previous").click()
    page.get_by_text("After trial 3 of 4").wait_for()
    box = page.locator("svg.course").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.1, box["y"] + box["height"] / 2)
    page.get_by_text("Trial 1 of 4", exact=True).wait_for()
    page.get_by_role("button", name="Next").click()
    stands(page, at_least=(1, 1))
    page.get_by_role("button", name="Next").evaluate("button => button.blur()")
    page.keyboard.press("Home")
    page.get_by_text("Before the first trial").wait_for()


def test_it_plays_by_itself_to_the_end_and_stands_still_when_paused(page, watched, task):
    (frame,) = watched(watch(task, person(task, 0, None, 1, 0, limit=2000)))
    goes_to(page, 3, 1)
    assert said(page) == "Trial 2 of 4: no response in time"
    page.get_by_role("combobox", name="Speed").select_option("0.5")
    page.get_by_role("combobox", name="Speed").evaluate("field => field.blur()")
    page.keyboard.press(" ")
    page.get_by_role("button", name="Pause").click()
    there = moment(page)
    frame.evaluate(FRAMES)
    assert moment(page) == there
    page.get_by_role("combobox", name="Speed").select_option("16")
    page.get_by_role("button", name="Play").click()
    page.get_by_text("The session is over.").wait_for()
    assert "Thank you" in frame.evaluate("document.body.innerText")
    page.get_by_role("button", name="Play").wait_for()


# Events, since what moves for a moment may be over when somebody looks.
NOTE_WHAT_MOVES = """() => {
  window.moved = [];
  for (const begun of ["animationstart", "transitionrun"]) {
    document.addEventListener(begun, (event) => window.moved.push(event.animationName ?? event.propertyName), true);
  }
}"""


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_for_whoever_wants_less_motion_screens_change_and_nothing_moves(browser, tmp_path, task, motion, moves):
    path = tmp_path / "watched.html"
    path.write_text(watch(task, person(task, 0, 1, 1, 0)), encoding="utf-8")
    context = browser.new_context(reduced_motion=motion)
    page = context.new_page()
    (frame,) = opened(page, path)
    for document in (page, frame):
        document.evaluate(NOTE_WHAT_MOVES)
    frame.evaluate(FRAMES)
    assert moment(page) == (0, 0)
    page.get_by_role("combobox", name="Speed").select_option("4")
    page.get_by_role("button", name="Play").click()
    page.get_by_text("The session is over.").wait_for()
    assert bool(frame.evaluate("moved")) == moves
    assert page.evaluate("moved") == []
    assert page.evaluate("document.getAnimations().length") == 0
    context.close()


def test_an_answer_that_took_no_time_waits_as_well(page, watched, task):
    (frame,) = watched(watch(task, person(task, 0, 1, 1, 0, rt_ms=0)))
    goes_to(page, 3, 0)
    frame.evaluate("() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))")
    assert frame.locator(".chosen").count() == 0
    on(page)
    assert moment(page) == (3, 1)


def test_an_unfinished_session_ends_where_its_record_does(page, watched, task):
    (frame,) = watched(watch(task, person(task, 1, 0)))
    page.get_by_role("combobox", name="Speed").select_option("16")
    page.get_by_role("button", name="Play").click()
    page.get_by_text("The record ends here.").wait_for()
    assert moment(page) == (5, 0)
    assert "Choose" in frame.evaluate("document.body.innerText")


def test_a_models_probabilities_and_what_it_was_told_stand_beside_its_screen(page, watched, task):
    session = model(task, 0, 1, 1, 0, limit=600)  # a model is no slower than the page lets people be
    watched(watch(task, session))
    goes_to(page, 3, 0)
    assert page.locator(".percent").all_text_contents() == [f"{100 * p:.1f} %" for p in session.trials[1].p]
    assert "90.0 %" in page.locator(".note").text_content()
    assert page.locator(".option.chosen").count() == 0
    told = page.locator(".read").text_content()
    assert told.endswith("<<")
    assert WORDS[1] in told
    assert WORDS[1] not in page.locator(".read mark").text_content()  # that was said before
    on(page)
    assert page.locator(".option.chosen .name").text_content() == session.trials[1].label
    new = page.locator(".read mark").text_content()
    assert new.startswith(f"{session.trials[1].label}>>")
    assert f"{session.trials[1].reward:.0f}" in new


def test_two_sessions_wait_for_each_other_and_where_they_part_is_marked(page, watched, task):
    one, other = person(task, 0, 1, 1, 0, rt_ms=1), model(task, 0, 0, 1, 1)
    watched(watch(task, one, beside=other))
    together = page.locator(".together")
    assert together.text_content() == "Both meet the same payoffs."
    page.get_by_role("spinbutton", name="Trial").fill("2")
    page.keyboard.press("Enter")
    stands(page, at_least=(3, 0))
    assert together.text_content() == "The same choices in all 1 trials so far."
    assert page.locator(".parted").count() == 0
    page.evaluate(
        """() => {
          window.early = 0;
          const figures = [...document.querySelectorAll("figure")];
          const at = (figure) => figure.dataset.at.split(" ").map(Number);
          const begun = ([screen]) => Math.floor(screen / 2);
          const over = ([screen, done]) => Math.floor((screen + done) / 2);
          const look = () => {
            const [one, other] = figures.map(at);
            window.early += begun(one) > over(other) || begun(other) > over(one);
          };
          for (const figure of figures) new MutationObserver(look).observe(figure, { attributes: true });
        }"""
    )
    page.get_by_role("combobox", name="Speed").select_option("8")
    page.get_by_role("button", name="Play").click()
    page.get_by_text("The session is over.").nth(1).wait_for()
    assert together.text_content() == "They part at trial 2; 2 of 4 choices so far are the same."
    assert page.locator(".parted").count() == 2
    assert page.evaluate("window.early") == 0


def test_choices_that_a_model_went_on_from_are_told_from_its_own(page, watched, task):
    (session,) = replay(task, [person(task, 0, 1, 1, 0)], model=Chooser(1, 1), after=2)
    watched(watch(task, session))
    goes_to(page, 3, 1)
    assert said(page).endswith("from the person’s record")
    assert page.locator(".percent").count() == 0
    goes_to(page, 5, 1)
    assert "record" not in said(page)
    assert page.locator("circle.chosen").count() == 3
    assert page.locator("circle.chosen.recorded").count() == 2


def test_a_screen_that_is_not_as_recorded_is_not_shown(page, watched, task):
    html = watch(task, person(task, 0, 1, 1, 0))
    value = html.index('"row":{"value":') + len('"row":{"value":')
    watched(html[:value] + "1" + html[value:])
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("alert").wait_for()
    assert "is on record" in page.get_by_role("alert").text_content()


def test_it_fits_on_a_phone(browser, tmp_path, task):
    path = tmp_path / "watched.html"
    path.write_text(watch(task, person(task, 0, 1, 1, 0), beside=model(task, 0, 0, 1, 1)), encoding="utf-8")
    context = browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    page = context.new_page()
    opened(page, path)
    page.get_by_role("button", name="Next").tap()
    stands(page, at_least=(1, 0))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert all(box["height"] >= 44 for box in (one.bounding_box() for one in page.locator("button, select").all()))
    context.close()

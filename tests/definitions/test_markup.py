"""HTML is read as the words that it shows; what shows no words, or hides them, is refused by name."""

from __future__ import annotations

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import HtmlKeyboardResponse, Text
from sweetbean.variable import FunctionVariable, TimelineVariable

from twinbean.definitions.definition import define
from twinbean.definitions.markup import has_looks, words_of
from twinbean.errors import EmissionError, TaskError
from twinbean.play.game import Play, Record, Seat


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Hello", "Hello"),
        ("<p style='font-size:48px; color:pink'>Hello, World!</p>", "Hello, World!"),
        ("<h1>One</h1>two<br>three<div>four <b>five</b></div>", "One\ntwo\nthree\nfour five"),
        ("a &lt;b&gt; &amp;amp; &eacute; &#128512; c&nbsp;d", "a <b> &amp; é 😀 c d"),
        ("2 < 3 and 3 > 2", "2 < 3 and 3 > 2"),
        ("  much \n\t blank  ", "much blank"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("a<!-- <script>never read</script> -->b", "ab"),
        ('<span title="a > b">c</span>', "c"),
        ("&am<b>p;</b>", "&amp;"),
        ("", ""),
    ],
)
def test_html_is_read_as_its_words(source, words):
    assert words_of(source, "here") == words


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<img src='a.png'>", "here has <img>, of which a model would read nothing"),
        ("<ol><li>one</li></ol>", "here has <ol>"),
        ("<script>alert(1)</script>", "here has <script>"),
        ("x<sup>2</sup>", "here has <sup>"),
        ("<b onclick='go()'>a</b>", "here has onclick= at <b>"),
        ("<b hidden>a</b>", "here has hidden= at <b>"),
        ("<b style='display:none'>a</b>", "here has the style 'display' at <b>"),
        ("<b style='disp&#108;ay:none'>a</b>", "here has the style 'display' at <b>"),
        ("<b><i>a</b></i>", "here has </b> where <i> is open"),
        ("a</b>", "here has </b> where nothing is open"),
        ("a <b", "'<b' is no tag of HTML"),
        ("<?php", r"'<\?php' is no tag of HTML"),
    ],
)
def test_what_words_cannot_say_is_refused_by_name(source, said):
    with pytest.raises(EmissionError, match=said):
        words_of(source, "here")


def test_looks_are_known_to_be_untold():
    assert has_looks("<b>a</b>")
    assert has_looks("<p style='color: red'>a</p>")
    assert not has_looks("<p>a</p><br>b")
    assert has_looks(TimelineVariable("html"))


def played(*stimuli, timeline=(), responses=()):
    definition = define(Experiment([Block(list(stimuli), timeline=list(timeline))]))
    record = Record(responses=tuple((0, response) for response in responses))
    play = Play(definition, Seat(participant="p", session="s", task="t"), nobody, record=record).run()
    return definition, play


def nobody(question):
    raise AssertionError(f"asked although all is on record: {question.text!r}")


def test_a_model_reads_the_words_and_the_row_keeps_the_html():
    source = "<p style='color:pink'>Hello, <b>World</b>!</p>"
    definition, play = played(HtmlKeyboardResponse(2000, source, ["f", "j"], "f"), responses=["j"])
    assert play.transcript.text == 'You see "Hello, World!" for 2000ms. You can press F or J. You press <<J>>.'
    assert play.rows[0] == {
        "stimulus": source,
        "duration": 2000,
        "choices": ["f", "j"],
        "correct_key": "f",
        "response": "J",
        "correct": False,
    }
    assert definition.untold() == ["looks of HTML"]


def test_html_that_a_function_makes_is_refused_where_it_is_made():
    made = FunctionVariable("made", lambda name: f"<{name}>", [TimelineVariable("name")])
    stimulus = HtmlKeyboardResponse(10, made)
    with pytest.raises(TaskError, match="block 1, stimulus 1 .HtmlKeyboardResponse. has <img>"):
        played(stimulus, timeline=[{"name": "p"}, {"name": "img"}])


def test_export_refuses_a_picture():
    with pytest.raises(EmissionError, match="block 1, stimulus 1 .HtmlKeyboardResponse. has <img>"):
        define(Experiment([Block([HtmlKeyboardResponse(10, "<img src=a>")])]))


def go(correct_key, response):
    _, play = played(Text(500, "O", choices=[" "], correct_key=correct_key), responses=[response])
    return play.transcript.text.partition(". ")[2], play.rows[0]["response"], play.rows[0]["correct"]


def test_not_pressing_the_only_key_in_time_is_an_option():
    assert go(" ", " ") == ("You can press SPACE or nothing. You press <<SPACE>>.", " ", True)
    assert go(" ", None) == ("You can press SPACE or nothing. You press <<nothing>>.", None, False)
    assert go(None, None) == ("You can press SPACE or nothing. You press <<nothing>>.", None, True)
    assert go(None, " ") == ("You can press SPACE or nothing. You press <<SPACE>>.", " ", False)
    assert go("", None)[2] is None


def test_no_key_among_several_in_time_is_a_miss():
    _, play = played(Text(500, "RED", choices=["f", "j"], correct_key="f"), responses=[None])
    assert play.transcript.text.endswith("You can press F or J. You press nothing in time.")
    assert (play.rows[0]["response"], play.rows[0]["correct"]) == (None, None)
    assert play.session.responses == ((0, None),)


def test_any_key_is_no_list_of_keys():
    with pytest.raises(EmissionError, match="has choices 'ALL', any key of a keyboard"):
        define(Experiment([Block([Text(text="a", choices="ALL")])]))

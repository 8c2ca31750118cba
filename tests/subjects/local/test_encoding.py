from __future__ import annotations

import pytest

from twinbean.subjects.local import LanguageModel

MERGED = ["You press <<A>>, then", "(<<A>>) then", "x\n<<B>>\n<<A>>.", 'said "<<A>>" aloud']


@pytest.mark.parametrize("text", MERGED)
def test_a_label_is_encoded_alone_though_the_tokenizer_would_merge_its_markers(tiny: LanguageModel, text: str) -> None:
    pieces = dict(tiny.encoder.pieces(text))
    tokenizer = tiny.encoder.tokenizer
    at = text.index("A")
    assert tokenizer.convert_ids_to_tokens(pieces[at]) == ["A"]
    assert "".join(tokenizer.convert_ids_to_tokens(tiny.encoder.encode(text))) == text


@pytest.mark.parametrize("text", MERGED)
def test_a_text_read_in_steps_has_the_tokens_of_the_text_read_at_once(tiny: LanguageModel, text: str) -> None:
    cut = text.index("<<") + 2
    tokens = tiny.encoder.encode(text[:cut]) + tiny.encoder.encode(text, start=cut)
    assert tokens == tiny.encoder.encode(text)


def test_begin_of_text_comes_once_whether_or_not_the_text_spells_it_out(tiny: LanguageModel) -> None:
    assert tiny.encoder.prompt("<s>You").count(0) == 1
    assert tiny.encoder.prompt("<s>You") == tiny.encoder.prompt("You")
    assert tiny.encoder.prompt("You")[0] == 0


def test_smollm2_puts_no_begin_of_text(smollm2: LanguageModel) -> None:
    assert smollm2.encoder.start() == []

"""The readers of the wheel's files, against what pocketsphinx itself says of them."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from pocketsphinx import Config, LogMath, NGramModel

from models.errors import ModelError
from models.starter import sphinx
from models.starter.sphinx_lm import LanguageModel, read_language_model


@pytest.fixture(scope="module")
def model() -> sphinx.SphinxModel:
    return sphinx.read_model()


@pytest.fixture(scope="module")
def language() -> LanguageModel:
    return read_language_model()


def test_phones_are_the_forty_and_fillers(model: sphinx.SphinxModel) -> None:
    phones = model.phones
    assert len(phones.names) == 42
    fillers = [n for n, is_filler in zip(phones.names, phones.filler, strict=True) if is_filler]
    assert fillers == ["+NSN+", "+SPN+", "SIL"]
    assert phones.names[phones.silence] == "SIL"
    assert phones.senone_count == 5126


def test_every_senone_belongs_to_one_phone(model: sphinx.SphinxModel) -> None:
    owner = model.phones.owners()
    assert owner.min() == 0
    for (_, phone, _, _), row in list(model.phones.triphones.items())[::997]:
        assert set(owner[model.phones.senones[row]]) == {phone}


def test_mixture_weights_nearly_sum_to_one(model: sphinx.SphinxModel) -> None:
    # 8-bit logs of 0.1024 nat, rounded down in probability: 0.91 to 0.99 in the wheel's file
    total = model.weights.sum(axis=1)
    assert total.min() > 0.9
    assert total.max() < 1


def test_transitions_go_on_or_stay(model: sphinx.SphinxModel) -> None:
    assert np.allclose(model.transitions.sum(axis=2), 1)
    for state in range(3):
        chances = model.transitions[:, state]
        assert np.allclose(chances[:, state] + chances[:, state + 1], 1)


def test_context_backs_off_to_other_positions_then_silence_then_the_phone(
    model: sphinx.SphinxModel,
) -> None:
    phones = model.phones
    key = next(iter(phones.triphones))
    position, phone, left, right = key
    assert phones.nearest(phone, left, right, position) == phones.triphones[key]
    noise, zh = phones.phone("+NSN+"), phones.phone("ZH")
    assert phones.nearest(noise, left, right, sphinx.SINGLE) == noise
    # a noise beside a phone counts as silence
    assert phones.nearest(phone, noise, right, sphinx.BEGIN) == phones.nearest(
        phone, phones.silence, right, sphinx.BEGIN
    )
    never = [k for k in phones.triphones if k[1:] == (zh, zh, zh)]
    assert never == []
    assert phones.nearest(zh, zh, zh, sphinx.INTERNAL) == zh


def test_unknown_phone_is_named(model: sphinx.SphinxModel) -> None:
    with pytest.raises(ModelError, match="'QQ'"):
        model.phones.phone("QQ")


def test_a_text_model_definition_is_refused() -> None:
    with pytest.raises(ModelError, match="mdef"):
        sphinx.read_phones(b"0.3\n42 n_base\n" * 10)


def test_other_byte_order_is_refused() -> None:
    swapped = b"s3\nversion 1.0\nendhdr\n" + struct.pack(">I", 0x11223344) + b"\0" * 64
    with pytest.raises(ModelError, match="byte order"):
        sphinx.read_gaussians(swapped)


def test_clustered_sendump_is_refused() -> None:
    header = b"cluster_count 15\0"
    data = struct.pack("<i", len(header)) + header + struct.pack("<i", 0)
    with pytest.raises(ModelError, match="8 bits x 3 streams"):
        sphinx.read_mixture_codes(data, 10)


def test_language_model_agrees_with_pocketsphinx(language: LanguageModel) -> None:
    peer = NGramModel(
        Config(loglevel="FATAL"), LogMath(), str(sphinx.wheel_folder() / "en-us.lm.bin")
    )
    number = {word: k for k, word in enumerate(language.words)}
    bigrams = language.bigrams
    rows = np.arange(7, len(bigrams.word), 50_021)
    assert len(rows) > 30
    for row in rows:
        words = [language.words[bigrams.word[row]], language.words[bigrams.history[row]]]
        expected = peer.prob(words) * sphinx.LOG_BASE
        # pocketsphinx shortens the value to its integer log scale
        assert bigrams.log_prob[row] == pytest.approx(expected, abs=2e-3)
    triple = language.trigrams
    row = int(np.argmax(triple.log_prob))
    pair = triple.bigram[row]
    words = [language.words[k] for k in (bigrams.word[pair], bigrams.history[pair])]
    words.append(language.words[triple.older[row]])
    assert triple.log_prob[row] == pytest.approx(peer.prob(words) * sphinx.LOG_BASE, abs=2e-3)
    assert np.exp(language.log_prob).sum() == pytest.approx(1, abs=1e-3)
    assert number["the"] > 0


def test_bigrams_of_a_word_sum_below_one(language: LanguageModel) -> None:
    for word in ("of", "what", "muscle"):
        history = language.words.index(word)
        chosen = language.bigrams.history == history
        assert 0.2 < np.exp(language.bigrams.log_prob[chosen]).sum() < 1


def test_garbage_instead_of_a_language_model(tmp_path) -> None:
    path = tmp_path / "x.lm.bin"
    path.write_bytes(b"\\data\\\nngram 1=3\n" * 100)
    with pytest.raises(ModelError, match=r"x\.lm\.bin"):
        read_language_model(path)

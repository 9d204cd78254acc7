"""The bench of spoken commands: its formula, its labels, its words when a folder is wrong."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench import coffee, curve, peers, voices
from bench.coffee import BenchError, Clip
from intents.context_grammar import acceptor, network
from intents.context_templates import Template, parse
from intents.contexts import Parsed

CONTEXT = """
context:
  expressions:
    order: ["[make me, get me] a $size:size $drink:drink"]
  slots:
    size: [small, large]
    drink: [coffee, tea, mocha]
"""
ORDERS = {
    "make me a small coffee": {"size": "small", "drink": "coffee"},
    "get me a large mocha": {"size": "large", "drink": "mocha"},
    "get me a small tea": {"size": "small", "drink": "tea"},
}


def loudest(samples: np.ndarray) -> float:
    frames = [samples[i : i + 2048] for i in range(0, len(samples) - 2047, 2048)]
    return max(float((frame**2).sum()) for frame in frames)


def test_noise_is_mixed_by_the_loudest_frames_and_scaled_to_half() -> None:
    chooser = np.random.default_rng(5)
    speech = np.concatenate([np.zeros(4096), chooser.normal(0, 0.1, 8192)])
    noise = chooser.normal(0, 0.01, 50_000)
    mixed = coffee.mix(speech, noise, 12.0, "a.wav")
    assert np.abs(mixed).max() == pytest.approx(0.5)
    # the noise alone is what stands where the speech is silent
    scale = mixed[4096:] @ speech[4096:] / (speech[4096:] @ speech[4096:])
    rest = mixed / scale - speech
    assert 10 * np.log10(loudest(speech) / loudest(rest)) == pytest.approx(12.0, abs=0.2)


def test_the_stretch_of_noise_depends_on_the_name_alone() -> None:
    noise = np.random.default_rng(1).normal(size=40_000)
    speech = np.ones(4000) * 0.1
    first = coffee.mix(speech, noise, 6, "a.wav")
    assert np.array_equal(first, coffee.mix(speech, noise, 6, "a.wav"))
    assert not np.array_equal(first, coffee.mix(speech, noise, 6, "b.wav"))


def test_short_or_silent_noise_is_no_trouble() -> None:
    speech = np.random.default_rng(2).normal(0, 0.1, 9000)
    assert np.isfinite(coffee.mix(speech, np.ones(100) * 0.2, 6, "x")).all()
    assert np.isfinite(coffee.mix(speech, np.zeros(100), 6, "x")).all()


def test_right_is_the_intent_and_every_slot() -> None:
    clip = Clip(Path("a.wav"), "order", {"size": "small", "drink": "iced coffee"})
    good = (("drink", "Iced coffee "), ("size", "small"))
    assert clip.right(Parsed("order", good))
    assert not clip.right(Parsed("cancel", good))
    assert not clip.right(Parsed("order", good[:1]))
    assert not clip.right(Parsed("order", (*good, ("milk", "soy"))))
    assert not clip.right(None)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, r"labels\.json cannot be read"),
        ("{", "is not JSON"),
        ("[]", "must hold one object"),
        ("{}", "no recording"),
        ('{"gone.wav": {"intent": "a", "slots": {}}}', "no recording"),
        ('{"a.wav": {"intent": "a"}}', r"the label of a\.wav"),
        ('{"a.wav": 3}', r"the label of a\.wav"),
    ],
)
def test_broken_labels_are_named(tmp_path: Path, labels: str | None, message: str) -> None:
    (tmp_path / "a.wav").touch()
    if labels is not None:
        (tmp_path / "labels.json").write_text(labels)
    with pytest.raises(BenchError, match=message):
        coffee.read_clips(tmp_path)


def test_one_context_file_is_needed(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="it holds none"):
        coffee.read_context(tmp_path)
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(CONTEXT)
    with pytest.raises(BenchError, match=r"a\.yaml, b\.yaml"):
        coffee.read_context(tmp_path)


def test_a_bad_folder_or_option_ends_with_two_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "labels.json").write_text("{}")
    noise = tmp_path / "noise.wav"
    noise.write_bytes(b"no audio")
    for arguments in (
        [str(tmp_path / "nowhere")],
        [str(tmp_path)],
        [str(tmp_path), "--noise", str(noise), "--snr", "loud"],
    ):
        assert coffee.main(arguments) == 2
        error = capsys.readouterr().err
        assert error.startswith("script/bench coffee: ")
        assert "Traceback" not in error
    with pytest.raises(BenchError, match="cannot be read"):
        coffee.read_noise(noise)


def test_the_peers_grammar_is_the_same_sentences() -> None:
    template = Template("i", "go [on]", parse("go [on]"))
    text = peers.fsg(acceptor(network([template])))
    assert text.splitlines() == [
        "FSG_BEGIN sentences",
        "NUM_STATES 4",
        "START_STATE 0",
        "FINAL_STATE 3",
        "TRANSITION 0 1 1.000000 go",
        "TRANSITION 1 2 0.500000 on",
        "TRANSITION 1 3 0.500000",
        "TRANSITION 2 3 1.000000",
        "FSG_END",
    ]


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    if not voices.available():
        pytest.skip("needs the program flite or espeak-ng")
    folder = tmp_path / "orders"
    folder.mkdir()
    (folder / "context.yaml").write_text(CONTEXT)
    labels = {}
    for number, (text, slots) in enumerate(ORDERS.items()):
        shutil.copy(voices.speak(text, voices.available()[0]), folder / f"{number}.wav")
        labels[f"{number}.wav"] = {"intent": "order", "slots": slots}
    (folder / "labels.json").write_text(json.dumps(labels))
    return folder


@pytest.mark.slow
def test_a_folder_of_commands_is_measured_with_noise_and_peer(
    orders: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    hiss = np.random.default_rng(1).normal(0, 0.05, 48_000)
    noise = tmp_path / "noise.wav"
    soundfile.write(noise, np.stack([hiss, hiss], axis=1), 48_000)
    status = coffee.main([str(orders), "--noise", str(noise), "--snr", "30", "--peer", "--json"])
    assert status == 0
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [level["snr"] for level in report["levels"]] == ["clean", 30]
    assert [level["snr"] for level in report["peer"]] == ["clean", 30]
    for level in (*report["levels"], *report["peer"]):
        assert level["clips"] == len(ORDERS)
        assert level["share"] == pytest.approx(level["right"] / len(ORDERS), abs=1e-3)
        assert level["rtf"] > 0
    assert report["levels"][0]["right"] >= 2


def test_the_plot_shows_what_was_measured_or_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"snr": snr, "clips": 10, "share": share} for snr, share in (("clean", 1.0), (6, 0.4))]
    if importlib.util.find_spec("matplotlib"):
        curve.plot({"levels": rows}, tmp_path / "curve.png")
        assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
        with pytest.raises(curve.CurveError, match="cannot be written"):
            curve.plot({"levels": rows}, tmp_path / "missing" / "curve.png")
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(curve.CurveError, match="matplotlib"):
        curve.plot({"levels": rows}, tmp_path / "curve.png")


def test_published_curves_have_a_share_for_every_level() -> None:
    assert {len(shares) for shares in curve.PUBLISHED.values()} == {len(curve.PUBLISHED_DB)}

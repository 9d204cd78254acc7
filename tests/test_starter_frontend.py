"""The network against pocketsphinx: our numpy copy equals its log, the network equals the copy."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import starter_reference as reference
from pocketsphinx import Decoder

from models.starter import filters
from models.starter.acoustic import DecoderSettings, write_acoustic
from models.starter.frontend import MeanSettings
from models.starter.fst import const_bytes, from_arcs, make_arcs
from models.starter.sphinx import SphinxModel, read_model

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model() -> SphinxModel:
    return read_model()


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Samples, pocketsphinx's cepstra and its senone scores for them (smaller is better)."""
    folder = tmp_path_factory.mktemp("sphinx")
    samples = reference.made_up_speech()
    decoder = Decoder(
        lm=None, loglevel="FATAL", mfclogdir=str(folder), senlogdir=str(folder), compallsen=True
    )
    decoder.add_jsgf_string("x", "#JSGF V1.0; grammar x; public <x> = (yes | no | maybe)+;")
    decoder.activate_search("x")
    decoder.start_utt()
    decoder.process_raw(samples.tobytes(), full_utt=True)
    decoder.end_utt()
    raw = next(folder.glob("*.mfc")).read_bytes()
    cepstra = np.frombuffer(raw, ">f4", offset=4).reshape(-1, 13).astype(float)
    return samples, cepstra, _senone_log(next(folder.glob("*.sen")).read_bytes())


def _senone_log(data: bytes) -> np.ndarray:
    at = data.index(b"endhdr\n") + 7 + 4
    rows = []
    while at < len(data):
        (count,) = struct.unpack_from("<h", data, at)
        rows.append(np.frombuffer(data, "<i2", count, at + 2))
        at += 2 + 2 * count
    return np.array(rows, dtype=float)


def test_numpy_copy_equals_pocketsphinx(logged: tuple[np.ndarray, ...]) -> None:
    samples, cepstra, _ = logged
    ours = reference.cepstra(samples, last=True)
    count = min(len(ours), len(cepstra))
    assert count > 390
    assert np.abs(ours[:count] - cepstra[:count]).max() < 2e-3


def test_best_senone_agrees_with_pocketsphinx(
    model: SphinxModel, logged: tuple[np.ndarray, ...]
) -> None:
    samples, _, theirs = logged
    ours = reference.cepstra(samples, last=True)
    features = reference.streams(ours, ours.mean(axis=0))
    scores = reference.senone_scores(model, reference.log_densities(model, features), top=4)
    count = min(len(scores), len(theirs))
    agree = (scores[:count].argmax(axis=1) == theirs[:count].argmin(axis=1)).mean()
    # 0.87 measured on a recording; pocketsphinx skips and quantizes where this does not
    assert agree > 0.75


def test_mixed_filters_are_close_to_sphinx() -> None:
    mixed = filters.mixing_matrix() @ filters.kaldi_filters()
    target = filters.sphinx_filters()
    error = np.sqrt(((mixed - target) ** 2).sum() / (target**2).sum())
    assert error < 0.035
    assert filters.mixing_matrix().min() >= 0


def _path_score(folder: Path, samples: np.ndarray, forward: int) -> float:
    """Decode with a graph that has one HMM state only; return its summed log likelihood."""
    import vosk

    vosk.SetLogLevel(-1)
    final = np.array([np.inf, 0], dtype=np.float32)
    arcs = make_arcs([forward, forward - 1], [1, 0], 0.0, [1, 1])
    (folder / "graph" / "HCLG.fst").write_bytes(const_bytes(from_arcs(0, final, [0, 1], arcs)))
    (folder / "graph" / "words.txt").write_text("<eps> 0\nx 1\n")
    recognizer = vosk.KaldiRecognizer(vosk.Model(str(folder)), 16000)
    recognizer.SetMaxAlternatives(1)
    recognizer.AcceptWaveform(samples.tobytes())
    return json.loads(recognizer.FinalResult())["alternatives"][0]["confidence"]


def test_network_in_libvosk_equals_numpy(model: SphinxModel, tmp_path: Path) -> None:
    samples = reference.made_up_speech()
    read_ahead, decay, frames = 30, 0.99, 5.0
    prior = np.linspace(2, -2, 13)
    mean = MeanSettings(tuple(prior), frames, decay, read_ahead)
    decoder = DecoderSettings(beam=1000, lattice_beam=1, acoustic_scale=1.0)
    pdf, ids = write_acoustic(tmp_path, model, mean, decoder)

    cepstra = reference.cepstra(samples, floor=mean.energy_floor)
    total, count, means = frames * prior, frames, []
    carried, weight = np.zeros(13), 0.0
    for row in cepstra:
        carried, weight = decay * carried + row, decay * weight + 1
        means.append((total + carried) / (count + weight))
    later = np.minimum(np.arange(len(cepstra)) + read_ahead, len(cepstra) - 1)
    features = reference.streams(cepstra, np.array(means)[later])
    densities = reference.log_densities(model, features)
    scores = reference.senone_scores(model, densities)
    # the network's softmax is over a whole stream, and its weights are scaled by 1e6
    top = densities.max(axis=(2, 3), keepdims=True)
    rest = np.log(np.exp(densities - top).sum(axis=(2, 3)))
    scores = np.maximum(scores - rest.sum(1)[:, None] + 3 * np.log(1e6), -33 * np.log(2)) + 1
    for k in (5, 9000, 20001):
        phone_state_pdf = ids.triples[k]
        senone = int(np.flatnonzero(pdf == phone_state_pdf[2])[0])
        found = _path_score(tmp_path, samples, ids.forward[phone_state_pdf])
        # 3% error of the mixed filters leaves 0.07 nat a frame here, 0.5% on a recording
        assert found == pytest.approx(scores[:, senone].sum(), abs=0.1 * len(scores))

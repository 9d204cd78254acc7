"""The Gaussians as nnet3 nodes and the transition model: what goes into am/final.mdl and conf/.

A senone's likelihood is, per stream, a weighted sum of its phone's 128 Gaussians; the streams
multiply. All Gaussians of a stream go through one softmax: its normalizer is the same for every
senone, so it cancels in decoding. The 8-bit weights are far below one: they are scaled by 1e6 to
keep the product over streams above Kaldi's floor of 2^-33 for its log.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.starter.filters import CEPSTRA, FBANK_CONF
from models.starter.frontend import MeanSettings, add_front_end
from models.starter.kaldi_io import Network, acoustic_network, transition_model
from models.starter.sphinx import STREAMS, SphinxModel

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

WEIGHT_SCALE = 1e6
POSITIONS = 4
# Frames that the second difference reads on each side.
_DIFFERENCE_REACH = 3
_BOUNDARY = ("internal", "begin", "end", "singleton")


@dataclass(frozen=True, slots=True)
class DecoderSettings:
    """conf/model.conf: how libvosk searches. Weights are natural logs, times are seconds."""

    # beam 13 with lattice beam 6 cost up to 1 s of CPU per second of noisy audio
    beam: float = 10.0
    lattice_beam: float = 3.0
    max_active: int = 2500
    min_active: int = 200
    acoustic_scale: float = 0.1
    # frames computed at once: latency against overhead. Fewer than 10 give other scores than the
    # network has (tests/test_starter_frontend.py); 20 cost 100 ms of a partial's time, no accuracy
    frames_per_chunk: int = 10
    # frames before the first that noise tracking needs to settle
    extra_left_context_initial: int = 10


@dataclass(frozen=True, slots=True)
class Transitions:
    """The transition ids of every (phone, state, pdf); forward = self-loop + 1."""

    # sorted; transition ids 2 k + 1 (self-loop) and 2 k + 2 (forward) belong to row k
    triples: tuple[tuple[int, int, int], ...]
    # (phone, state, pdf) -> forward transition id
    forward: dict[tuple[int, int, int], int]
    # [2 rows + 1] natural log of each transition id's probability; [0] unused
    log_probs: F64


def kaldi_phone(phone: int, position: int) -> int:
    """Return Kaldi's phone id: one per Sphinx phone and word position."""
    return 1 + phone * POSITIONS + position


def pdf_of_senone(model: SphinxModel) -> I64:
    """Return [senones]: the network's output for each senone (senones grouped by phone)."""
    order = np.argsort(model.phones.owners(), kind="stable")
    pdf = np.empty(model.phones.senone_count, dtype=np.int64)
    pdf[order] = np.arange(len(order))
    return pdf


def add_gaussians(net: Network, model: SphinxModel, streams: list[str]) -> None:
    """Add the Gaussians over the streams, and the output node: log likelihoods [pdfs]."""
    owner = model.phones.owners()
    parts: list[str] = []
    for stream, source in enumerate(streams):
        weights, bias = _quadratic_form(model.means[:, stream], model.variances[:, stream])
        net.product(f"square{stream}", f"Append({source},{source})", 2 * CEPSTRA, CEPSTRA)
        net.affine(f"density{stream}", f"Append({source},square{stream})", weights, bias)
        net.softmax(f"posterior{stream}", f"density{stream}", len(bias))
        parts += _mixtures(net, model, owner, stream)
    count = model.phones.senone_count
    net.product("likelihood", f"Append({','.join(parts)})", STREAMS * count, count)
    net.log_sign("likelihood_log", "likelihood", count)
    # sign + log: the sign is 1 for every senone and cancels
    net.output(net.sum_groups("score", "likelihood_log", [2] * count))


def _quadratic_form(means: F64, variances: F64) -> tuple[F64, F64]:
    """Return weights [phones * 128, 26] and bias of log N(x) over [x, x^2]."""
    precision = 1 / (2 * variances)
    weights = np.concatenate([2 * means * precision, -precision], axis=-1)
    bias = -0.5 * np.log(2 * np.pi * variances).sum(-1) - (means * means * precision).sum(-1)
    return weights.reshape(-1, 2 * CEPSTRA), bias.reshape(-1)


def _mixtures(net: Network, model: SphinxModel, owner: I64, stream: int) -> list[str]:
    """Add one small weight matrix per phone: each senone sums only its own phone's Gaussians."""
    names: list[str] = []
    densities = model.means.shape[2]
    for phone in range(len(model.phones.names)):
        mine = np.flatnonzero(owner == phone)
        part = net.slice(
            f"codebook{stream}_{phone}", f"posterior{stream}", densities * phone, densities
        )
        weights = WEIGHT_SCALE * model.weights[stream][:, mine].T
        names.append(net.linear(f"mixture{stream}_{phone}", part, weights))
    return names


def transitions(model: SphinxModel, pdf: I64) -> Transitions:
    """Enumerate every (phone, state, pdf) that a graph can use, in Kaldi's order."""
    phones = model.phones
    rows = {(base, row) for (_, base, _, _), row in phones.triphones.items()}
    rows |= {(base, base) for base in range(len(phones.names))}
    triples = sorted(
        {
            (kaldi_phone(base, position), state, int(pdf[senone]))
            for base, row in rows
            for state, senone in enumerate(phones.senones[row])
            for position in range(POSITIONS)
        }
    )
    log_probs = np.zeros(2 * len(triples) + 1)
    for k, (phone, state, _) in enumerate(triples):
        chances = model.transitions[phones.matrix[(phone - 1) // POSITIONS]][state]
        log_probs[2 * k + 1 : 2 * k + 3] = np.log(chances[state : state + 2])
    forward = {triple: 2 * k + 2 for k, triple in enumerate(triples)}
    return Transitions(tuple(triples), forward, log_probs)


def final_model(model: SphinxModel, mean: MeanSettings, ids: Transitions) -> bytes:
    """Return am/final.mdl."""
    net = Network()
    add_gaussians(net, model, add_front_end(net, mean))
    phones = range(1, 1 + POSITIONS * len(model.phones.names))
    header = transition_model(phones, ids.triples, ids.log_probs.tolist())
    right = max(_DIFFERENCE_REACH, mean.read_ahead)
    return b"\0B" + header + acoustic_network(net, _DIFFERENCE_REACH, right)


def filler_phones(model: SphinxModel) -> list[int]:
    """Return the Kaldi phone ids of silence and noises."""
    fillers = [k for k, is_filler in enumerate(model.phones.filler) if is_filler]
    return [kaldi_phone(k, position) for k in fillers for position in range(POSITIONS)]


def word_boundary(model: SphinxModel) -> str:
    """Return phones/word_boundary.int: what libvosk needs for word times."""
    return "".join(
        f"{kaldi_phone(k, place)} {'nonword' if is_filler else _BOUNDARY[place]}\n"
        for k, is_filler in enumerate(model.phones.filler)
        for place in range(POSITIONS)
    )


def model_conf(model: SphinxModel, settings: DecoderSettings) -> str:
    """Return conf/model.conf."""
    silence = ":".join(str(phone) for phone in filler_phones(model))
    return f"""--min-active={settings.min_active}
--max-active={settings.max_active}
--beam={settings.beam:g}
--lattice-beam={settings.lattice_beam:g}
--acoustic-scale={settings.acoustic_scale:g}
--frame-subsampling-factor=1
--frames-per-chunk={settings.frames_per_chunk}
--extra-left-context-initial={settings.extra_left_context_initial}
--endpoint.silence-phones={silence}
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""


def write_acoustic(
    folder: Path, model: SphinxModel, mean: MeanSettings, settings: DecoderSettings
) -> tuple[I64, Transitions]:
    """Write am/, conf/ and the phone table of graph/; return what the graph is built with."""
    for name in ("am", "conf", "graph/phones"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    pdf = pdf_of_senone(model)
    ids = transitions(model, pdf)
    (folder / "am" / "final.mdl").write_bytes(final_model(model, mean, ids))
    (folder / "conf" / "fbank.conf").write_text(FBANK_CONF)
    (folder / "conf" / "model.conf").write_text(model_conf(model, settings))
    (folder / "graph" / "phones" / "word_boundary.int").write_text(word_boundary(model))
    return pdf, ids

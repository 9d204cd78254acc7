"""Sphinx's front end as nnet3 nodes: filter energies in, three streams of features out.

libvosk computes 110 linear filter energies a frame (filters.FBANK_CONF); the rest happens inside
the network, because an nnet3 node may read its own value of the frame before: IfDefined(Offset(x,
-1)) is that value, and zero before the first frame. Sphinx's code divides, takes maxima and logs;
the network has only affine maps, ReLU, sigmoid, products and NormalizeComponent, hence:
max(a, b) = b + relu(a - b); exp(d) = e^12 sigmoid(d - 12) for d well below 12; the sign and the log
of a number are the two outputs of a one-value NormalizeComponent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.starter.filters import (
    BANDS,
    CEPSTRA,
    KALDI_BANDS,
    cepstrum_matrix,
    mixing_matrix,
    smoothing_matrix,
)
from models.starter.kaldi_io import Network

F64 = npt.NDArray[np.float64]

# fe_noise.c: smoothing of the power, of the lower envelope upwards and downwards, decay of the
# peak, masking threshold and level below it, largest attenuation.
POWER_DECAY = 0.7
ENVELOPE_UP, ENVELOPE_DOWN = 0.005, 0.5
PEAK_DECAY, MASK_BELOW, MASK_LEVEL = 0.85, 0.85, 0.2
MAX_ATTENUATION = 20.0
# fe_sigproc.c adds 1e-4 to every filter energy before the log, which makes digital silence far
# quieter than any room; it was then heard as words ("zhao"). 5 is what white noise of one step of
# 16 bits would add (Kaldi's default dither), without its randomness. Together with the shorter
# read-ahead and the new mean prior, the word error rate of 20 questions that end in digital silence
# fell from 0.237 to 0.185; floors of 20 and 100 gave 0.181 and 0.190.
ENERGY_FLOOR = 5.0
# exp(d) is computed as e^12 sigmoid(d - 12); 12 keeps the error below 1e-4 for d <= 3.
_EXP_SHIFT = 12.0


@dataclass(frozen=True, slots=True)
class MeanSettings:
    """How the cepstral mean is tracked: a decaying sum from the start, with a prior."""

    # the mean before anything was heard, [13]
    prior: tuple[float, ...]
    # how many frames the prior counts for
    prior_frames: float = 20.0
    # per frame of 10 ms
    decay: float = 0.998
    # frames of the future that the mean of a frame may know. Each is waited for in a partial, and
    # computed after the end of the recording. 108 questions by four synthesizers: 30 frames gave
    # word error rates of 0.204 tuned and 0.508 free, 10 gave 0.206 and 0.491, 5 gave 0.202 and
    # 0.489; 124 commands in kitchen noise the same at 15 and 6 dB (0.952, 0.677)
    read_ahead: int = 5
    # added to every filter energy
    energy_floor: float = ENERGY_FLOOR


def before(node: str) -> str:
    """Return the descriptor of a node's value one frame ago, zero at the start."""
    return f"IfDefined(Offset({node},-1))"


def add_front_end(net: Network, settings: MeanSettings) -> list[str]:
    """Add the whole front end; return the three streams' node names (13 values each)."""
    net.input(KALDI_BANDS)
    mixing = mixing_matrix()
    net.affine("mel", "input", mixing, settings.energy_floor)
    net.affine("mel_negative", "input", -mixing, -settings.energy_floor)
    _noise_removal(net)
    _cepstra(net)
    mean = _running_mean(net, settings)
    return _streams(net, mean, settings.read_ahead)


def _envelope(net: Network, name: str, source: str) -> None:
    """Add a lower envelope: it rises slowly to the source and falls quickly with it."""
    eye = np.eye(BANDS)
    gaps = np.block([[eye, -eye], [-eye, eye]])
    # the noise floor of the signal itself counts true values, which are one more than the node's
    offset = np.repeat([1.0, -1.0], BANDS) if source == "signal" else 0.0
    net.affine(f"{name}_gap", f"Append({source},{before(name)})", gaps, offset)
    net.relu(f"{name}_move", f"{name}_gap", 2 * BANDS)
    step = np.hstack([ENVELOPE_UP * eye, -ENVELOPE_DOWN * eye, eye])
    net.affine(name, f"Append({name}_move,{before(name)})", step)


def _noise_removal(net: Network) -> None:
    """Add node "gain" [25]: e^-12 times the smoothed gain of each band (fe_track_snr)."""
    eye, zero = np.eye(BANDS), np.zeros((BANDS, BANDS))
    smooth = np.hstack([(1 - POWER_DECAY) * eye, POWER_DECAY * eye])
    net.affine("power", f"Append(mel,{before('power')})", smooth)
    _envelope(net, "noise", "power")
    # signal = max(power - noise, 1); the node holds signal - 1
    net.affine("excess", "Append(power,noise)", np.hstack([eye, -eye]), -1.0)
    net.relu("signal", "excess", BANDS)
    _envelope(net, "floor", "signal")
    _masking(net)
    # the larger of masked signal and floor, then log(power / signal) clipped to the attenuation
    above = np.hstack([0.5 * eye, 0.5 * MASK_LEVEL * PEAK_DECAY * eye, eye, -eye])
    net.affine("above", f"Append(signal,{before('peak')},masked,floor)", above, 0.5)
    net.relu("above_floor", "above", BANDS)
    both = np.block([[eye, eye, zero], [zero, zero, eye]])
    net.affine("pair", "Append(above_floor,floor,power)", both, 1e-3)
    net.log_sign("pair_log", "pair", 2 * BANDS)
    net.affine("loss", "pair_log", _log_ratio(), np.log(MAX_ATTENUATION))
    net.relu("loss_kept", "loss", BANDS)
    net.affine("gain_log", "loss_kept", eye, -np.log(MAX_ATTENUATION) - _EXP_SHIFT)
    net.sigmoid("gain_raw", "gain_log", BANDS)
    net.affine("gain", "gain_raw", smoothing_matrix() * np.exp(_EXP_SHIFT))


def _masking(net: Network) -> None:
    """Add nodes "peak" and "masked": temporal masking behind a loud moment.

    With p the decayed peak, a signal s below 0.85 p becomes 0.2 p: (s + 0.2 p) / 2 + masked, where
    masked = sign(s - 0.85 p) (s - 0.2 p) / 2.
    """
    eye = np.eye(BANDS)
    earlier = f"Append(signal,{before('peak')})"
    net.affine("rise", earlier, np.hstack([eye, -PEAK_DECAY * eye]), 1.0)
    net.relu("rise_kept", "rise", BANDS)
    held = np.hstack([eye, PEAK_DECAY * eye])
    net.affine("peak", f"Append(rise_kept,{before('peak')})", held)
    limit, level = MASK_BELOW * PEAK_DECAY, MASK_LEVEL * PEAK_DECAY
    net.affine("loud_gap", earlier, np.hstack([eye, -limit * eye]), 1.0)
    net.sign("loud", "loud_gap", BANDS)
    net.affine("swing", earlier, np.hstack([0.5 * eye, -0.5 * level * eye]), 0.5)
    net.product("masked", "Append(loud,swing)", 2 * BANDS, BANDS)


def _log_ratio() -> F64:
    """Return [25, 100]: log of the first 25 minus log of the last 25 of a log_sign output."""
    table = np.zeros((BANDS, 4 * BANDS))
    for band in range(BANDS):
        table[band, 2 * band + 1] = 1
        table[band, 2 * (BANDS + band) + 1] = -1
    return table


def _cepstra(net: Network) -> None:
    """Add node "cepstra" [13] of log(mel) + log(gain)."""
    net.log_sign("mel_gain_log", "Append(mel,gain)", 2 * BANDS)
    cepstrum = cepstrum_matrix()
    table = np.zeros((CEPSTRA, 4 * BANDS))
    table[:, 1 : 2 * BANDS : 2] = cepstrum
    table[:, 2 * BANDS + 1 :: 2] = cepstrum
    net.affine("cepstra", "mel_gain_log", table)


def _running_mean(net: Network, settings: MeanSettings) -> str:
    """Add node "mean" [13]: e^-12 times the cepstral mean of the frames so far.

    A frame equal to the one before it (libvosk repeats edge frames; digital silence) weighs zero.
    """
    wide = CEPSTRA + 1
    net.sign("moved", "Sum(mel,Offset(mel_negative,-1))", BANDS)
    net.product("moved_square", "Append(moved,moved)", 2 * BANDS, BANDS)
    net.affine("frame_weight", "moved_square", np.full((wide, BANDS), 1 / BANDS))
    with_one = np.vstack([np.eye(CEPSTRA), np.zeros((1, CEPSTRA))])
    net.affine("cepstra_one", "cepstra", with_one, np.append(np.zeros(CEPSTRA), 1.0))
    net.product("weighted", "Append(cepstra_one,frame_weight)", 2 * wide, wide)
    eye = np.eye(wide)
    total = np.hstack([eye, settings.decay * eye])
    net.affine("total", f"Append(weighted,{before('total')})", total)
    frames = settings.prior_frames
    prior = np.append(frames * np.asarray(settings.prior), frames)
    net.affine("total_prior", "total", eye, prior)
    net.slice("count", "total_prior", CEPSTRA, 1)
    net.slice("sum", "total_prior", 0, CEPSTRA)
    net.log_sign("count_log", "count", 1)
    inverse = np.hstack([np.zeros((CEPSTRA, 1)), -np.ones((CEPSTRA, 1))])
    net.affine("inverse_log", "count_log", inverse, -_EXP_SHIFT)
    net.sigmoid("inverse", "inverse_log", CEPSTRA)
    return net.product("mean", "Append(sum,inverse)", 2 * CEPSTRA, CEPSTRA)


def _streams(net: Network, mean: str, read_ahead: int) -> list[str]:
    """Add the static, first and second difference streams of Sphinx's 1s_c_d_dd features."""
    eye = np.eye(CEPSTRA)
    later = f"Offset({mean},{read_ahead})" if read_ahead else mean
    static = np.hstack([eye, -np.exp(_EXP_SHIFT) * eye])
    first = np.hstack([-eye, eye])
    second = np.hstack([eye, -eye, -eye, eye])
    around = ",".join(f"Offset(cepstra,{k})" for k in (-3, -1, 1, 3))
    return [
        net.affine("static", f"Append(cepstra,{later})", static),
        net.affine("delta", "Append(Offset(cepstra,-2),Offset(cepstra,2))", first),
        net.affine("delta_delta", f"Append({around})", second),
    ]

"""Read the CMU Sphinx US-English acoustic model that the pocketsphinx wheel carries.

File formats: CMU Sphinx's ``bin_mdef.c`` (BMDF), ``s3file.c`` and ``ptm_mgau.c`` (sendump). All
numbers are little-endian, as the wheel ships them.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.errors import ModelError

F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]
I64 = npt.NDArray[np.int64]

# Natural log of Sphinx's log base; a sendump byte counts 1024 of it: -0.1024 nat each.
LOG_BASE = float(np.log(1.0001))
BYTE_NATS = 1024 * LOG_BASE
# Sphinx's own floor of a variance (-varfloor).
VARIANCE_FLOOR = 1e-4
STREAMS = 3
_BYTE_ORDER = 0x11223344
# Word positions as bin_mdef.h numbers them.
INTERNAL, BEGIN, END, SINGLE = range(4)


def wheel_folder() -> Path:
    """Return the folder of the pocketsphinx wheel that holds its US-English model.

    Raises ModelError when the wheel, or its model, is missing.
    """
    spec = importlib.util.find_spec("pocketsphinx")
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in places:
        folder = Path(place) / "model" / "en-us"
        if (folder / "en-us" / "mdef").is_file():
            return folder
    raise ModelError(
        "The starter model is made from the pocketsphinx wheel, whose US-English model was not"
        " found; install it with `pip install pocketsphinx`."
    )


@dataclass(frozen=True, slots=True)
class PhoneModels:
    """The model definition: which senones (tied states) each phone in context has."""

    # context-independent phones ("AA" ... "SIL" ...), by number
    names: tuple[str, ...]
    # True for silence and noises, by number
    filler: tuple[bool, ...]
    # (word position, phone, left, right) -> row of `senones`
    triphones: dict[tuple[int, int, int, int], int]
    # [models, 3] senones of each model; the first len(names) rows are context-independent
    senones: I64
    # number of a phone's transition matrix
    matrix: tuple[int, ...]
    senone_count: int
    silence: int
    _cache: dict[tuple[int, int, int, int], int] = field(default_factory=dict)

    def phone(self, name: str) -> int:
        """Return the number of a phone; ModelError if there is no such phone."""
        try:
            return self.names.index(name)
        except ValueError:
            raise ModelError(
                f"'{name}' is not a phone of the model; use CMU phones, such as K AH K EH K."
            ) from None

    def nearest(self, phone: int, left: int, right: int, position: int) -> int:
        """Return the row of `senones` for a phone in context, backing off as Sphinx does.

        Other word positions first, then silence as the context across a word edge, then the
        context-independent phone (``bin_mdef_phone_id_nearest``).
        """
        key = (phone, left, right, position)
        if key not in self._cache:
            self._cache[key] = self._search(*key)
        return self._cache[key]

    def _search(self, phone: int, left: int, right: int, position: int) -> int:
        if self.filler[phone]:
            return phone
        outer_left = self.silence if position in (BEGIN, SINGLE) else left
        outer_right = self.silence if position in (END, SINGLE) else right
        order = [position, *(p for p in range(4) if p != position)]
        for before, after in ((left, right), (outer_left, outer_right)):
            for place in order:
                key = (place, phone, self._context(before), self._context(after))
                if key in self.triphones:
                    return self.triphones[key]
        return phone

    def _context(self, phone: int) -> int:
        return self.silence if self.filler[phone] else phone

    def owners(self) -> I64:
        """Return [senones]: the phone whose Gaussians each senone weighs."""
        owner = np.full(self.senone_count, -1, dtype=np.int64)
        for (_, phone, _, _), row in self.triphones.items():
            owner[self.senones[row]] = phone
        for phone in range(len(self.names)):
            owner[self.senones[phone]] = phone
        return owner


@dataclass(frozen=True, slots=True)
class SphinxModel:
    """The acoustic weights: Gaussians per phone and stream, mixture weights per senone."""

    phones: PhoneModels
    # [phones, 3 streams, 128, 13]
    means: F64
    # same shape, floored
    variances: F64
    # [3 streams, 128, senones], probabilities (not exactly normalised: 8-bit logs)
    weights: F64
    # [matrices, 3, 4] transition probabilities
    transitions: F64


def read_model(folder: Path | None = None) -> SphinxModel:
    """Read the acoustic model of `folder` (the wheel's own when None)."""
    place = folder if folder is not None else wheel_folder() / "en-us"
    phones = read_phones((place / "mdef").read_bytes())
    codes = read_mixture_codes((place / "sendump").read_bytes(), phones.senone_count)
    return SphinxModel(
        phones=phones,
        means=read_gaussians((place / "means").read_bytes()),
        variances=np.maximum(read_gaussians((place / "variances").read_bytes()), VARIANCE_FLOOR),
        weights=np.exp(codes.astype(np.float64) * -BYTE_NATS),
        transitions=read_transitions((place / "transition_matrices").read_bytes()),
    )


def read_phones(data: bytes) -> PhoneModels:
    """Parse a binary model definition."""
    if data[:4] != b"BMDF":
        raise ModelError("The wheel's mdef is not a binary model definition; reinstall the wheel.")
    (comment,) = struct.unpack_from("<i", data, 8)
    at = 12 + comment
    counts = struct.unpack_from("<10i", data, at)
    n_phones, n_models, n_states, _, n_senones, _, _, _, n_tree, silence = counts
    start = at = at + 40
    names: list[str] = []
    for _ in range(n_phones):
        end = data.index(b"\0", at)
        names.append(data[at:end].decode())
        at = end + 1
    at = start + ((at - start + 3) & ~3) + 8 * n_tree
    record = np.dtype([("sequence", "<i4"), ("matrix", "<i4"), ("info", "u1", (4,))])
    models = np.frombuffer(data, record, n_models, at)
    at += record.itemsize * n_models
    (n_sequence,) = struct.unpack_from("<i", data, at)
    sequences = np.frombuffer(data, "<u2", n_sequence, at + 4).reshape(-1, n_states)
    info = models["info"].tolist()
    return PhoneModels(
        names=tuple(names),
        filler=tuple(bool(info[k][0]) for k in range(n_phones)),
        triphones={(a, b, c, d): n_phones + k for k, (a, b, c, d) in enumerate(info[n_phones:])},
        senones=sequences[models["sequence"]].astype(np.int64),
        matrix=tuple(int(m) for m in models["matrix"][:n_phones]),
        senone_count=n_senones,
        silence=silence,
    )


def _body(data: bytes) -> int:
    """Return the offset behind an S3 file's text header and byte-order mark."""
    at = data.index(b"endhdr\n") + 7
    if struct.unpack_from("<I", data, at)[0] != _BYTE_ORDER:
        raise ModelError("A file of the wheel's model has another byte order; reinstall the wheel.")
    return at + 4


def read_gaussians(data: bytes) -> F64:
    """Parse means or variances: [phones, streams, densities, values]."""
    at = _body(data)
    phones, streams, densities = struct.unpack_from("<3i", data, at)
    width = struct.unpack_from(f"<{streams}i", data, at + 12)[0]
    at += 16 + 4 * streams
    count = phones * streams * densities * width
    flat = np.frombuffer(data, "<f4", count, at)
    return flat.reshape(phones, streams, densities, width).astype(np.float64)


def read_transitions(data: bytes) -> F64:
    """Parse transition matrices [matrices, from, to], each row made to sum to one."""
    at = _body(data)
    count, rows, columns, total = struct.unpack_from("<4i", data, at)
    flat = np.frombuffer(data, "<f4", total, at + 16).astype(np.float64)
    matrices = flat.reshape(count, rows, columns)
    chances: F64 = matrices / matrices.sum(axis=2, keepdims=True)
    return chances


def read_mixture_codes(data: bytes, senones: int) -> U8:
    """Parse a sendump: [streams, densities, senones], each byte -0.1024 nat."""
    headers: list[str] = []
    at = 0
    while size := struct.unpack_from("<i", data, at)[0]:
        headers.append(data[at + 4 : at + 4 + size].rstrip(b"\0").decode())
        at += 4 + size
    if "cluster_count 0" not in headers or f"feature_count {STREAMS}" not in headers:
        raise ModelError("The wheel's sendump has another layout than 8 bits x 3 streams.")
    densities, padded = struct.unpack_from("<2i", data, at + 4)
    flat = np.frombuffer(data, np.uint8, STREAMS * densities * padded, at + 12)
    return flat.reshape(STREAMS, densities, padded)[:, :, :senones]

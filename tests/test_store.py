"""Finding and checking model folders."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from models import store
from models.errors import ModelError

FILES = {
    "am/final.mdl": b"weights",
    "conf/model.conf": b"--beam=10\n",
    "graph/HCLr.fst": b"hcl",
    "graph/Gr.fst": b"g",
    "graph/words.txt": b"<eps> 0\n[unk] 1\na 2\nmuscle 3\n",
}


def put(folder: Path, files: dict[str, bytes] = FILES, *, manifest: bool = True) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    if manifest:
        listed = {n: {"sha256": hashlib.sha256(d).hexdigest()} for n, d in files.items()}
        write_manifest(folder, {"format": 1, "files": listed})
    return folder


def write_manifest(folder: Path, content: object) -> None:
    (folder / "manifest.json").write_text(json.dumps(content))


@pytest.fixture(autouse=True)
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VOSK_MODEL_PATH", raising=False)


def test_default_folder_honors_the_data_home(tmp_path: Path) -> None:
    assert store.default_folder() == tmp_path / "data" / "readback" / "models"


def test_starter_is_found_where_it_is_built() -> None:
    path = put(store.default_folder() / "starter")
    assert store.find() == path
    assert store.find("starter", store.default_folder()) == path


def test_missing_starter_says_what_to_run() -> None:
    with pytest.raises(ModelError, match="readback models build"):
        store.find()


def test_official_models_are_found_where_vosk_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "vosk-model-small-en-us-0.15"
    cached = put(tmp_path / "home" / ".cache" / "vosk" / name, manifest=False)
    assert store.find(name) == cached
    shared = put(tmp_path / "shared" / name, manifest=False)
    monkeypatch.setenv("VOSK_MODEL_PATH", str(tmp_path / "shared"))
    assert store.find(name) == shared
    ours = put(store.default_folder() / name, manifest=False)
    assert store.find(name) == ours


def test_missing_official_model_names_the_places() -> None:
    with pytest.raises(ModelError, match=r"'vosk-model-x'.*/usr/share/vosk"):
        store.find("vosk-model-x")


@pytest.mark.parametrize("name", ["", ".", "..", "../other", "/etc", "a/b", "a\\b"])
def test_names_cannot_leave_the_folders(name: str) -> None:
    with pytest.raises(ModelError, match="name of a model"):
        store.find(name)


def test_half_a_model_is_not_found() -> None:
    folder = put(store.default_folder() / "starter")
    (folder / "graph" / "Gr.fst").write_bytes(b"")
    with pytest.raises(ModelError, match="readback models build"):
        store.find()


def test_list_shows_each_name_once_and_no_hidden_folder(tmp_path: Path) -> None:
    ours = put(store.default_folder() / "starter")
    put(store.default_folder() / ".starter.new")
    other = put(tmp_path / "home" / ".cache" / "vosk" / "vosk-model-en", manifest=False)
    put(tmp_path / "home" / ".cache" / "vosk" / "starter")
    (store.default_folder() / "notes").mkdir()
    assert [(m.name, m.path) for m in store.installed()] == [
        ("starter", ours), ("vosk-model-en", other),
    ]  # fmt: skip


def test_verify_counts_files_bytes_and_words(tmp_path: Path) -> None:
    found = store.verify(put(tmp_path / "m"))
    size = sum(map(len, FILES.values()))
    assert found == store.Verified(tmp_path / "m", 5, size, True, 2)


def test_verify_without_manifest_checks_the_layout_only(tmp_path: Path) -> None:
    static = {k: v for k, v in FILES.items() if not k.startswith("graph/")} | {
        "graph/HCLG.fst": b"x"
    }
    found = store.verify(put(tmp_path / "m", static, manifest=False))
    assert not found.sha256
    assert found.words is None
    assert found.files == 3


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_changed_byte_is_found(tmp_path: Path, name: str) -> None:
    folder = put(tmp_path / "m")
    data = bytearray(FILES[name])
    data[0] ^= 1
    (folder / name).write_bytes(bytes(data))
    with pytest.raises(ModelError, match=name):
        store.verify(folder)


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_lost_file_is_found(tmp_path: Path, name: str) -> None:
    folder = put(tmp_path / "m")
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name.split("/")[1]):
        store.verify(folder)


@pytest.mark.parametrize(
    "content",
    [[], {}, {"format": 1}, {"format": 1, "files": []}, {"format": 1, "files": {"a": 3}},
     {"format": 99, "files": {}}, {"format": 1, "files": {"../../etc/passwd": {"sha256": ""}}},
     {"format": 1, "files": {"/etc/passwd": {"sha256": ""}}}],
)  # fmt: skip
def test_bad_manifests_are_refused(tmp_path: Path, content: object) -> None:
    folder = put(tmp_path / "m")
    write_manifest(folder, content)
    with pytest.raises(ModelError, match=r"manifest\.json"):
        store.verify(folder)


def test_manifest_that_is_no_text_is_refused(tmp_path: Path) -> None:
    folder = put(tmp_path / "m")
    (folder / "manifest.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(ModelError, match=r"manifest\.json"):
        store.verify(folder)


def test_no_folder_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="readback models build"):
        store.verify(tmp_path / "none")

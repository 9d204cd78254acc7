"""Fetching official models from servers that break off, lie and serve garbage."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from models import catalogue, fetch, store, unpack
from models.catalogue import Entry
from models.errors import ModelError

NAME = "vosk-model-test-0.1"
FILES = {
    "am/final.mdl": bytes(range(256)) * 40,
    "conf/model.conf": b"--beam=10\n",
    "graph/HCLr.fst": b"hcl" * 999,
    "graph/Gr.fst": b"g" * 999,
}


def archive(files: dict[str, bytes], top: str = NAME) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name, content in files.items():
            made.writestr(f"{top}/{name}" if top else name, content)
    return data.getvalue()


GOOD = archive(FILES)


@dataclass
class Server:
    """What the next requests get; and what was asked."""

    data: bytes = GOOD
    # how many bytes are sent before the connection breaks off; None sends all
    break_after: int | None = None
    # the size that the server claims, if another one
    claims: int | None = None
    ranges: bool = True
    status: int = 200
    asked: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def server() -> Iterator[Server]:
    plan = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            plan.asked.append(wanted)
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and plan.ranges else 0
            body = plan.data[start:]
            self.send_response(206 if start else plan.status)
            size = len(body) if plan.claims is None else plan.claims
            self.send_header("Content-Length", str(size))
            self.end_headers()
            self.wfile.write(body[: plan.break_after])

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    plan.url = f"http://127.0.0.1:{made.server_port}/{NAME}.zip"
    yield plan
    made.shutdown()
    made.server_close()
    thread.join()


def entry(server: Server | None = None, data: bytes = GOOD, name: str = NAME) -> Entry:
    url = server.url if server else "http://127.0.0.1:9/none.zip"
    digest = hashlib.sha256(data).hexdigest()
    return Entry(name, "English", len(data), "MIT", "1 / 2", 1, url, "made here", digest)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_model_is_fetched_checked_and_put_in_place(server: Server, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    found = fetch.fetch(entry(server), folder=tmp_path, progress=lambda *at: steps.append(at))
    assert found == tmp_path / NAME
    assert (found / "am/final.mdl").read_bytes() == FILES["am/final.mdl"]
    assert store.verify(found).sha256
    assert steps[-1] == (len(GOOD), len(GOOD))
    assert left(tmp_path) == [NAME]


def test_what_broke_off_is_continued(server: Server, tmp_path: Path) -> None:
    server.break_after = 5000
    with pytest.raises(ModelError, match=r"5,000 of .* again to go on"):
        fetch.fetch(entry(server), folder=tmp_path)
    assert left(tmp_path) == [f"{NAME}.zip.part"]
    server.break_after = None
    fetch.fetch(entry(server), folder=tmp_path)
    assert server.asked == ["", "bytes=5000-"]
    assert left(tmp_path) == [NAME]


def test_a_server_without_ranges_begins_anew(server: Server, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.zip.part").write_bytes(b"x" * 700)
    server.ranges = False
    fetch.fetch(entry(server), folder=tmp_path)
    assert left(tmp_path) == [NAME]


def test_a_size_that_is_too_small_installs_nothing(server: Server, tmp_path: Path) -> None:
    server.claims = 10
    with pytest.raises(ModelError, match="broke off after 10 of"):
        fetch.fetch(entry(server), folder=tmp_path)
    assert NAME not in left(tmp_path)


def test_a_size_that_is_too_large_does_not_matter_when_all_came(
    server: Server, tmp_path: Path
) -> None:
    server.claims = len(GOOD) + 5000
    assert store.verify(fetch.fetch(entry(server), folder=tmp_path)).sha256


def test_endless_data_is_stopped(server: Server, tmp_path: Path) -> None:
    server.data = GOOD + b"\0" * 3_000_000
    with pytest.raises(ModelError, match="more than"):
        fetch.fetch(entry(server), folder=tmp_path)
    assert left(tmp_path) == []


def test_garbage_of_the_right_size_is_thrown_away(server: Server, tmp_path: Path) -> None:
    server.data = bytes(len(GOOD))
    with pytest.raises(ModelError, match=f"instead of {hashlib.sha256(GOOD).hexdigest()}"):
        fetch.fetch(entry(server), folder=tmp_path)
    assert left(tmp_path) == []


def test_a_poisoned_part_file_is_thrown_away(server: Server, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.zip.part").write_bytes(b"evil" * 100)
    with pytest.raises(ModelError, match="not the known one"):
        fetch.fetch(entry(server), folder=tmp_path)
    fetch.fetch(entry(server), folder=tmp_path)
    assert left(tmp_path) == [NAME]


def test_a_failed_update_keeps_the_old_model(server: Server, tmp_path: Path) -> None:
    fetch.fetch(entry(server), folder=tmp_path)
    server.data = bytes(len(GOOD))
    with pytest.raises(ModelError):
        fetch.fetch(entry(server), folder=tmp_path)
    assert store.verify(tmp_path / NAME).sha256


def test_an_update_replaces_the_whole_folder(server: Server, tmp_path: Path) -> None:
    fetch.fetch(entry(server), folder=tmp_path)
    (tmp_path / NAME / "stray").write_bytes(b"x")
    fetch.fetch(entry(server), folder=tmp_path)
    assert not (tmp_path / NAME / "stray").exists()
    assert left(tmp_path) == [NAME]


@pytest.mark.parametrize("status", [404, 500])
def test_a_server_that_refuses_is_named(server: Server, tmp_path: Path, status: int) -> None:
    server.status = status
    with pytest.raises(ModelError, match=str(status)):
        fetch.fetch(entry(server), folder=tmp_path)


def test_without_a_network_the_way_out_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"needs a network once.*on a stick"):
        fetch.fetch(entry(), folder=tmp_path)
    assert left(tmp_path) == []


@pytest.mark.parametrize("as_address", [False, True])
def test_an_archive_on_a_stick(tmp_path: Path, as_address: bool) -> None:
    stick = tmp_path / "stick" / "model.zip"
    stick.parent.mkdir()
    stick.write_bytes(GOOD)
    source = stick.as_uri() if as_address else str(stick)
    found = fetch.fetch(entry(), source, tmp_path / "models")
    assert store.verify(found).sha256
    assert stick.read_bytes() == GOOD


def test_a_wrong_archive_on_a_stick_is_left_there(tmp_path: Path) -> None:
    stick = tmp_path / "model.zip"
    stick.write_bytes(bytes(len(GOOD)))
    with pytest.raises(ModelError, match="not the known one"):
        fetch.fetch(entry(), str(stick), tmp_path / "models")
    assert stick.exists()
    with pytest.raises(ModelError, match="no archive"):
        fetch.fetch(entry(), str(tmp_path / "none.zip"), tmp_path / "models")


def test_a_full_disk_is_said_before(tmp_path: Path) -> None:
    huge = replace(entry(), bytes=10**18)
    with pytest.raises(ModelError, match="make room"):
        fetch.fetch(huge, folder=tmp_path)


def test_only_an_md5_still_finds_garbage(server: Server, tmp_path: Path) -> None:
    weak = replace(entry(server), sha256="", md5=hashlib.md5(GOOD).hexdigest())
    found = fetch.fetch(weak, folder=tmp_path)
    seen = json.loads((found / store.MANIFEST).read_text())["archive_sha256"]
    assert seen == hashlib.sha256(GOOD).hexdigest()
    server.data = bytes(len(GOOD))
    with pytest.raises(ModelError, match="not the known one"):
        fetch.fetch(weak, folder=tmp_path)


def linked() -> bytes:
    data = io.BytesIO(GOOD)
    with zipfile.ZipFile(data, "a") as made:
        info = zipfile.ZipInfo(f"{NAME}/link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, "/etc/passwd")
    return data.getvalue()


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in FILES.items():
            made.writestr(f"{NAME}/{name}", content)
        made.writestr(f"{NAME}/zeros", bytes(30_000_000))
    return data.getvalue()


def damaged() -> bytes:
    at = GOOD.index(FILES["am/final.mdl"])
    return GOOD[:at] + b"XX" + GOOD[at + 2 :]


HOSTILE: dict[str, Callable[[], bytes]] = {
    "climbs": lambda: archive({**FILES, "../../outside": b"x"}),
    "absolute": lambda: archive({f"{NAME}/{n}": d for n, d in FILES.items()} | {"/abs": b"x"}, ""),
    "backslash": lambda: archive({**FILES, "..\\outside": b"x"}),
    "other folder": lambda: archive(FILES, "elsewhere"),
    "no folder": lambda: archive({**{f"{NAME}/{n}": d for n, d in FILES.items()}, "x": b""}, ""),
    "link": linked,
    "bomb": bomb,
    "many": lambda: archive({**FILES, **{f"f{i}": b"" for i in range(600)}}),
    "damaged": damaged,
    "no archive": lambda: b"PK\x03\x04" + bytes(3000),
    "no model": lambda: archive({"README": b"hello"}),
    "empty": lambda: archive({}),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_archive_cannot_leave_its_folder_or_install_half_a_model(
    tmp_path: Path, kind: str
) -> None:
    data = HOSTILE[kind]()
    stick = tmp_path / "stick.zip"
    stick.write_bytes(data)
    models = tmp_path / "deep" / "models"
    with pytest.raises(ModelError, match=r"stick\.zip"):
        fetch.fetch(entry(data=data), str(stick), models)
    assert left(models) == []
    assert left(tmp_path) == ["deep", "stick.zip"]
    assert left(tmp_path / "deep") == ["models"]


def test_remove_takes_only_our_own(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, shared = tmp_path / "ours", tmp_path / "shared"
    fetch.fetch(entry(server), folder=shared)
    monkeypatch.setenv("VOSK_MODEL_PATH", str(shared))
    with pytest.raises(ModelError, match="by hand"):
        fetch.remove(NAME, ours)
    fetch.fetch(entry(server), folder=ours)
    assert fetch.remove(NAME, ours) == ours / NAME
    assert left(ours) == []
    assert left(shared) == [NAME]


def test_the_catalogue_is_whole() -> None:
    listed = catalogue.entries()
    assert len(listed) >= 4
    for found in listed:
        assert found.url.endswith(f"/{found.name}.zip")
        assert len(found.sha256) == 64 or (not found.sha256 and len(found.md5) == 32)
        assert catalogue.entry(found.name) is not None
    with pytest.raises(ModelError, match=r"did you mean 'vosk-model-small-en-us-0\.15'"):
        catalogue.entry("vosk-model-small-en-0.15")


def test_every_file_gets_its_checksum(tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    unpack.write_manifest(tmp_path, {"archive_sha256": "x"})
    assert store.verify(tmp_path).files == len(FILES)
    (tmp_path / "am/final.mdl").write_bytes(b"changed")
    with pytest.raises(ModelError, match=r"final\.mdl"):
        store.verify(tmp_path)

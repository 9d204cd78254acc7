"""No figure of understanding may sink below its floor (tests/floors.json).

`script/bench floors --update` raises floors; lowering one takes `--lower` and a reason.
"""

from __future__ import annotations

import pytest

from bench import floors

AVAILABLE = floors.available()


@pytest.mark.slow
@pytest.mark.parametrize("group", floors.GROUPS)
def test_no_figure_sinks(group: str) -> None:
    if group not in AVAILABLE:
        pytest.skip("its data is not on this machine")
    kept = floors.load()[group]
    assert kept["data_sha256"] == floors.data_hash(group), (
        "the data has changed: measure anew with `script/bench floors --update`"
    )
    found = AVAILABLE[group]()
    sunk = {
        k: (v, kept["figures"][k])
        for k, v in found.items()
        if v < kept["figures"][k] - floors.LEEWAY
    }
    assert sunk == {}, "figure: (now, floor)"


def test_every_group_has_a_floor() -> None:
    assert set(floors.load()) == set(floors.GROUPS)


def test_a_floor_sinks_only_when_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floors, "data_hash", lambda _: "same")
    old = {"wordings": {"data_sha256": "same", "figures": {"right": 0.8}}}
    kept = floors.raised(old, {"wordings": {"right": 0.7}}, lower=False)
    assert kept["wordings"]["figures"] == {"right": 0.8}
    up = floors.raised(old, {"wordings": {"right": 0.9}}, lower=False)
    assert up["wordings"]["figures"] == {"right": 0.9}
    down = floors.raised(old, {"wordings": {"right": 0.7}}, lower=True)
    assert down["wordings"]["figures"] == {"right": 0.7}
    monkeypatch.setattr(floors, "data_hash", lambda _: "other")
    other = floors.raised(old, {"wordings": {"right": 0.7}}, lower=False)
    assert other["wordings"]["figures"] == {"right": 0.7}

"""What a model's own files say: frame length and kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice import model_folder


@pytest.mark.parametrize(
    ("files", "milliseconds"),
    [
        ({}, 30),
        ({"conf/model.conf": "--beam=10\n--frame-subsampling-factor=3\n"}, 30),
        ({"conf/model.conf": "--frame-subsampling-factor=1"}, 10),
        (
            {
                "conf/model.conf": "--frame-subsampling-factor=2\n",
                "conf/mfcc.conf": "--frame-shift=12.5\n",
            },
            25,
        ),
        ({"mfcc.conf": "--frame-shift=20\n"}, 60),
    ],
)
def test_the_frame_is_shift_times_subsampling(
    tmp_path: Path, files: dict[str, str], milliseconds: int
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert model_folder.frame_ms(tmp_path) == milliseconds


def test_both_layouts_are_models_and_only_look_ahead_takes_grammars(tmp_path: Path) -> None:
    assert not model_folder.is_model(tmp_path)
    (tmp_path / "final.mdl").touch()
    assert model_folder.is_model(tmp_path)
    assert not model_folder.takes_grammars(tmp_path)
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "HCLr.fst").touch()
    assert model_folder.takes_grammars(tmp_path)

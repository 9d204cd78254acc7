"""Find and verify speech models. Weights live in the user's data folder, never in the package."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def default_folder() -> Path:
    """Return where models live: the user's data folder for Readback, honoring XDG_DATA_HOME."""
    return Path(platformdirs.user_data_dir("readback", appauthor=False)) / "models"

"""The option that every command with settings shares."""

from __future__ import annotations

import argparse
from pathlib import Path

from voice import config


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add `--settings FILE`."""
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help=f"settings (default: {config.default_path()})"
    )


def settings(args: argparse.Namespace) -> config.Settings:
    """Return the settings that the arguments ask for; ConfigError when they cannot be used."""
    return config.load(args.settings)

from pathlib import Path

import pytest

from voice import config


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_means_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config.load() == config.Settings()
    assert config.default_path() == tmp_path / "readback" / "config.toml"


def test_what_is_set_is_used_and_the_rest_keeps_its_default(tmp_path: Path) -> None:
    path = write(
        tmp_path, '[speech]\nrate_wpm = 220\nvolume = 1\n[safety]\nemergency_number = "112"\n'
    )
    settings = config.load(path)
    assert settings.speech == config.SpeechSettings(rate_wpm=220, volume=1.0)
    assert settings.safety.emergency_number == "112"
    assert settings.ear == config.EarSettings()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[speach]\n", r"no section \[speach\]; did you mean 'speech'"),
        ("[speech]\nrate = 3\n", r"\[speech\] rate does not exist; did you mean 'rate_wpm'"),
        ("[speech]\nzzz = 3\n", "choose one of: rate_wpm, voice, volume"),
        ('[speech]\nrate_wpm = "fast"\n', "must be a whole number, not 'fast'"),
        ("[speech]\nrate_wpm = true\n", "rate_wpm must be a whole number, not True"),
        ("[speech]\nrate_wpm = 900\n", "from 80 to 450, not 900"),
        ("[speech]\nvolume = nan\n", "volume must be from 0 to 1.5"),
        ('[wake]\nphrase = ""\n', "phrase must be words, such as \"okay nabu\", not ''"),
        ('[wake]\nphrase = "!!"\n', "phrase must be words, .* not '!!'"),
        ("speech = 3\n", r"written \[speech\]"),
        ("[speech\n", "not valid TOML"),
    ],
)
def test_errors_name_the_value_and_the_next_step(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(config.ConfigError, match=says):
        config.load(write(tmp_path, text))


def test_a_named_file_must_exist_and_be_text(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match="cannot be read"):
        config.load(tmp_path / "none.toml")
    binary = tmp_path / "config.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(config.ConfigError, match="not valid TOML"):
        config.load(binary)


def test_the_age_of_an_old_article_can_be_set_within_reason(tmp_path: Path) -> None:
    path = write(tmp_path, "[library]\nold_after_years = 3\n")
    assert config.load(path).library.old_after_years == 3
    with pytest.raises(config.ConfigError, match="old_after_years must be from 1 to 100, not 0"):
        config.load(write(tmp_path, "[library]\nold_after_years = 0\n"))


def test_one_setting_is_changed_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "config.toml"
    assert config.change("ear", "model", "vosk-model-one", path) == path
    path.write_text("# mine\n[speech]\nrate_wpm = 150 # slow\n" + path.read_text())
    config.change("speech", "rate_wpm", 140, path)
    text = path.read_text()
    assert "# mine" in text
    assert "rate_wpm = 140 # slow" in text
    assert config.load(path).ear.model == "vosk-model-one"


@pytest.mark.parametrize(("key", "value"), [("rate_wpm", 900), ("rate", 140), ("rate_wpm", "fast")])
def test_a_bad_change_changes_nothing(tmp_path: Path, key: str, value: str | float) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[speech]\nrate_wpm = 150\n")
    with pytest.raises(config.ConfigError):
        config.change("speech", key, value, path)
    assert path.read_text() == "[speech]\nrate_wpm = 150\n"

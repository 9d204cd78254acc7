"""The stage of the benches: one clock for microphone and loudspeaker, and an echo between them."""

import sys

import numpy as np
import pytest
import soundcard

from bench.stage import AUDIBLE, RATE_HZ, Echo, Samples, Stage, StageError

pytestmark = [
    pytest.mark.sound,
    pytest.mark.slow,
    pytest.mark.skipif(bool(soundcard.missing()), reason=soundcard.missing() or "never"),
]

RAW = "--raw --rate=16000 --channels=1 --format=s16le --latency-msec=20"


def noise(seconds: float, seed: int = 1) -> Samples:
    """Return noise: like nothing else, so that it is found again."""
    rng = np.random.default_rng(seed)
    return rng.integers(-8000, 8000, int(seconds * RATE_HZ)).astype(np.int16)


def test_what_is_played_is_found_and_timed_against_the_loudspeaker() -> None:
    silence = np.zeros(RATE_HZ // 2, np.int16)
    with (
        Stage() as stage,
        stage.start(["sh", "-c", f"parec {RAW} -d virt_mic | pacat {RAW} -d virt_speaker"]),
    ):
        # a copying program needs a moment until it copies
        stage.play(noise(0.5))
        began = stage.first_sound(0.0)
        since = stage.quiet(began)
        said = stage.play(np.concatenate([silence, noise(0.5, seed=2), silence]))
        first = stage.first_sound(since + 0.1)
    # only the loud part counts
    assert said.ended_s - said.began_s == pytest.approx(0.5, abs=0.001)
    # a copy comes after what it copies, and soon
    assert 0.0 < first - said.began_s < 0.6


def test_an_echo_reaches_the_microphone_softer() -> None:
    with Stage(echo=Echo(gain_db=-12.0, delay_ms=60)) as stage:
        sound = noise(1.0)
        script = (
            f"import sys; sys.stdout.buffer.write(bytes.fromhex('{sound[:4000].tobytes().hex()}'))"
        )
        with stage.start(
            ["sh", "-c", f'{sys.executable} -c "{script}" | pacat {RAW} -d virt_speaker']
        ):
            played = stage.first_sound(0.0)
            stage.quiet(played)
        recorded = stage.microphone(played - 0.2)
    loud = np.abs(recorded.astype(np.int32)).max()
    assert AUDIBLE < loud < 8000 * 10 ** (-12 / 20) * 1.5


def test_a_programs_lines_come_with_their_time() -> None:
    with (
        Stage() as stage,
        stage.start([sys.executable, "-c", "print('a'); print('bc')"]) as program,
    ):
        at, line = program.wait_for("b")
        assert line == "bc"
        assert 0.0 < at <= stage.now_s
        with pytest.raises(StageError, match="bc"):
            program.wait_for("d")


def test_silence_is_an_error_and_not_a_time() -> None:
    with Stage() as stage:
        with pytest.raises(StageError, match="nothing was played"):
            stage.first_sound(stage.now_s, 0.3)
        with pytest.raises(StageError, match="louder"):
            stage.play(np.zeros(1600, np.int16))

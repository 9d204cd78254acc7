"""The sleep timer: after how long the reading ends with a good night. Pure; time in samples."""

from __future__ import annotations

from intents.types import Answer, Command, Decision, Emergency, Unsure

# Samples a second, as the microphone gives them: they are the clock.
SAMPLE_RATE_HZ = 16_000
# Talking books offer these, one press after the other, then off (DAISY players: 15 to 60 minutes).
STEPS_S = (15 * 60, 30 * 60, 45 * 60, 60 * 60)
# Who asked or commanded something is awake: what they hear is not cut within this time.
AWAKE_S = 60
_NOT_NOW = ("after", "stop")


class SleepTimer:
    """Counts down while it is set. `due` stays true until it is set anew or cleared."""

    def __init__(self) -> None:
        """Begin switched off."""
        self._left: int | None = None

    @property
    def left_s(self) -> int | None:
        """Seconds until good night, rounded up; None when it is off."""
        return None if self._left is None else -(-self._left // SAMPLE_RATE_HZ)

    @property
    def due(self) -> bool:
        """Whether it is time for good night."""
        return self._left == 0

    def set(self, seconds: int) -> None:
        """Begin anew with this time; 0 switches it off."""
        self._left = seconds * SAMPLE_RATE_HZ if seconds > 0 else None

    def pass_time(self, samples: int) -> None:
        """Let time pass."""
        if self._left is not None:
            self._left = max(0, self._left - samples)

    def heard(self, decision: Decision | None) -> None:
        """Take note of what the listener said: who talks is awake, who needs help even more so.

        What was not for us (a snore, a television) keeps nobody up.
        """
        if isinstance(decision, Emergency):
            self._left = None
        elif self._left is not None and isinstance(decision, Answer | Unsure | Command):
            self._left = max(self._left, AWAKE_S * SAMPLE_RATE_HZ)


def next_step(left_s: int | None) -> int:
    """Return the timer's next setting in seconds when it is asked for without a time; 0 is off."""
    if left_s is None:
        return STEPS_S[0]
    return next((step for step in STEPS_S if step > left_s), 0)


def not_now(command: Command) -> Command:
    """Return "stop in ten minutes" for a listener whose "stop" was obeyed before they went on."""
    return Command(command.name, (*command.slots, _NOT_NOW))


def takes_back(command: Command) -> bool:
    """Return whether the command takes back the stop before it."""
    return _NOT_NOW in command.slots


def seconds(command: Command) -> int:
    """Return the time that the command names, in seconds; 0 when it names none."""
    slots = dict(command.slots)
    # hassil gives "90" or "90.0" for a number of a range
    minutes = float(slots.get("minutes", 0)) + float(slots.get("part", 0))
    return round(60 * (60 * float(slots.get("hours", 0)) + minutes))

"""Good night: when the sleep timer has run out, the reading ends with its sentence, the ear closes.

When it runs out is intents/sleep.py's, what is said intents/bedtime.py's.
"""

from __future__ import annotations

from voice.parts import Parts


class Bedtime:
    """Looks at the timer once a frame."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        # the ear closes when nothing is being said any more
        self.coming = False
        # the reading holds still when its sentence has ended
        self.holding = False

    def pass_time(self, samples: int, *, listening: bool, paused: bool) -> bool:
        """Let time pass; return whether the ear closed just now.

        While somebody is `listening` to be answered nothing happens. A reading is held at the end
        of its sentence; one that is `paused` is cut.
        """
        self._parts.sleep.pass_time(samples)
        if not self._parts.sleep.due or listening:
            return False
        if not self._parts.narrator.speaking:
            # a voice would only wake who has fallen asleep
            self.close()
            return True
        if paused:
            self.coming = True
            self._parts.narrator.cut()
        else:
            self.holding = True
            self._parts.speaker.hold_next()
        return False

    def close(self) -> None:
        """Close the ear until it is woken, and forget the timer."""
        self.coming = self.holding = False
        self._parts.sleep.set(0)
        self._parts.gate.sleep()

"""Good night and the sleep timer: each command's reply, given the conversation. Pure."""

from __future__ import annotations

from intents import prompts, sleep
from intents.conversation import Conversation
from intents.types import Command, Control, Reply


def good_night(now: Conversation, _: Command) -> Control:
    """Fall silent until the ear is opened again."""
    timed = now.sleep.due
    now.stop()
    hint = "" if timed else prompts.to_wake(now.wake_phrase)
    return Control("sleep", reply=now.remark(f"{prompts.GOOD_NIGHT} {hint}".strip()))


def sleep_timer(now: Conversation, command: Command) -> Control:
    """Set the timer to the time that was said, else to the next step, and read on."""
    if sleep.takes_back(command):
        now.stopped = False
    wanted = sleep.seconds(command) or sleep.next_step(now.sleep.left_s)
    if not wanted:
        return sleep_timer_off(now, command)
    text = f"{prompts.timer_set(wanted)} {prompts.to_wake(now.wake_phrase)}".strip()
    return Control("timer", wanted, now.confirm(text))


def sleep_timer_off(now: Conversation, _: Command) -> Control:
    """Switch the timer off and read on."""
    text = prompts.NO_TIMER if now.sleep.left_s is None else prompts.TIMER_OFF
    return Control("timer", 0, now.confirm(text))


def sleep_timer_left(now: Conversation, _: Command) -> Reply:
    """Tell how much of the timer is left and read on."""
    left = now.sleep.left_s
    return now.confirm(prompts.NO_TIMER if left is None else prompts.timer_left(left))

"""Calls for help as people say them, for the ear: what it does not expect it does not hear.

Written by us from the rules of emergency.yaml; a test holds that each is found as an emergency. The
ear joins their parts, so not every person needs to meet every danger.
"""

from __future__ import annotations

from collections.abc import Iterator

PEOPLE = (
    "he", "she", "somebody", "someone", "my husband", "my wife", "my mother", "my father",
    "my mom", "my dad", "my son", "my daughter", "my baby", "my child", "my friend",
    "my grandmother", "my grandfather", "my grandma", "my grandpa", "my brother", "my sister",
    "my neighbor", "my partner", "the baby", "the kid", "an old man", "this woman",
)  # fmt: skip
# said of somebody else
THEIRS = (
    "is not breathing", "isn't breathing", "stopped breathing", "has stopped breathing",
    "can't breathe", "cannot breathe", "is barely breathing", "is struggling to breathe",
    "is gasping for air", "is having trouble breathing", "is choking", "is choking on food",
    "is turning blue", "is having a heart attack", "is having a stroke", "is having a seizure",
    "has a seizure", "is unconscious", "is not responding", "isn't responding",
    "does not respond", "doesn't respond", "won't wake up", "is not waking up", "collapsed",
    "has collapsed", "just collapsed", "passed out", "has passed out", "fainted",
    "is bleeding badly", "is bleeding heavily",  "has no pulse",
    "swallowed bleach", "swallowed poison", "swallowed a battery", "drank drain cleaner",
    "took too many pills", "took a whole bottle of pills", "overdosed", "has overdosed",
    "is having an allergic reaction", "was stung and can't breathe", "has chest pain",
    "has severe chest pain", "is slurring his words", "is slurring her words",
    "can't move his arm", "can't move her arm", "suddenly can't speak",
    "was electrocuted", "is drowning", "was hit by a car",
    "wants to kill himself", "wants to kill herself", "is going to jump",
)  # fmt: skip
# said of oneself, or of nobody
OWN = (
    "i can't breathe", "i cannot breathe", "i can't get any air", "i can hardly breathe",
    "i can barely breathe", "i'm having trouble breathing", "i am struggling to breathe",
    "my throat is closing up", "my throat is swelling shut", "my tongue is swelling",
    "i have chest pain", "i have severe chest pain", "my chest hurts really bad",
    "my chest hurts", "there is a terrible pressure on my chest",
    "it feels like an elephant is sitting on my chest", "my chest feels tight",
    "my left arm is numb and my chest hurts", "i'm having a heart attack",
    "i think i'm having a heart attack", "i think i am having a stroke", "i'm having a stroke",
    "my face is drooping", "one side of my face is drooping", "half of my body is numb",
    "suddenly i can't move my arm", "i suddenly can't see", "i can't feel my legs",
    "i'm about to pass out", "i'm bleeding badly",
    "i'm bleeding and it won't stop", "the bleeding won't stop", "i can't stop the bleeding",
    "i am bleeding a lot", "i'm coughing up blood", "i'm vomiting blood", "i am throwing up blood",
    "i took too many pills", "i took an overdose", "i swallowed poison", "i drank bleach",
    "i want to kill myself", "i'm going to kill myself", "i want to die", "i want to end my life",
    "i don't want to live anymore", "i am suicidal", "i'm thinking about suicide",
    "i'm going to hurt myself", "call an ambulance", "call nine one one", "call 911",
    "i need an ambulance", "we need an ambulance", "get an ambulance", "send an ambulance",
    "it's an emergency", "this is an emergency", "help me i can't breathe", "i'm choking",
    "i was bitten by a snake", "i cut myself and it won't stop bleeding",
    "i have the worst headache of my life", "i'm having an allergic reaction",
    "i think i was poisoned", "there is blood everywhere",
)  # fmt: skip
# Each of the few dangers that decide is said of this many people.
_EACH = 4


def wordings() -> Iterator[str]:
    """Yield calls for help: every one of oneself, every danger of some people, in turn."""
    yield from OWN
    for number, danger in enumerate(THEIRS):
        for step in range(_EACH):
            yield f"{PEOPLE[(number * _EACH + step) % len(PEOPLE)]} {danger}"

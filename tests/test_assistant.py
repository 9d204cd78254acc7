"""The loop with every part of it faked but the wiring: conversations without sound or time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from fakes import (
    FakeActivity,
    FakeEar,
    FakeMicrophone,
    FakeSecond,
    FakeSpeaker,
    FakeVoice,
    frames,
    tone,
)

from intents.commands import Commands
from intents.readers import read_data
from intents.sleep import SleepTimer, not_now
from intents.types import (
    Answer,
    Command,
    Control,
    Decision,
    Emergency,
    Hypothesis,
    Match,
    Ms,
    OutOfScope,
    Prompt,
    Reply,
    Spoken,
    Unfinished,
)
from voice.assistant import ECHO_FRAMES, PRE_ROLL_FRAMES, Assistant, Key, Parts
from voice.audio import Frame
from voice.barge_in import BargeIn, Remark
from voice.devices import DeviceError
from voice.endpoint import Endpointer
from voice.events import (
    Asleep,
    Awake,
    Ducked,
    Event,
    Hearing,
    Interrupted,
    Listening,
    Missed,
    NothingHeard,
    Saying,
    Thinking,
    Understood,
)
from voice.gate import Gate, Mode
from voice.interruption import MOST_WINDOWS, QUIET_WINDOWS
from voice.narrator import Narrator
from voice.nbest import EarName
from voice.overheard import Overheard

SPOKEN = "#" * 30 + "." * 60
QUIET = "." * 20
GOUT = read_data(b"# Gout\n\nGout hurts. It goes.\n", "gout.md").article


class FakeDialogue:
    """Answers with what the test has put in; notes what it was told."""

    def __init__(self) -> None:
        self.turn = 0
        self.previewed: list[Decision] = []
        self.outcomes: list[Control | tuple[str, ...]] = []
        # decisions and reports in the order in which they came
        self.told: list[Decision | Spoken | None] = []

    def heard(self, decision: Decision | None) -> Reply | Control:
        self.turn += 1
        self.told.append(decision)
        outcome = self.outcomes.pop(0) if self.outcomes else ()
        return outcome if isinstance(outcome, Control) else self.reply(*outcome)

    def preview(self, decision: Decision) -> Reply | Control:
        self.previewed.append(decision)
        return self.reply("likely")

    def reply(self, *texts: str) -> Reply:
        return Reply(self.turn, tuple(map(Prompt, texts)))

    def spoken(self, report: Spoken) -> None:
        self.told.append(report)


Step = str | Frame | Callable[[], object]


@dataclass
class Scene:
    """A conversation: `play` runs the loop over steps, each frames or something that happens."""

    speaker: FakeSpeaker = field(default_factory=FakeSpeaker)
    ear: FakeEar = field(default_factory=FakeEar)
    command_ear: FakeEar = field(default_factory=FakeEar)
    dialogue: FakeDialogue = field(default_factory=FakeDialogue)
    activity: FakeActivity = field(default_factory=FakeActivity)
    voices: list[FakeVoice] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    decided: list[str] = field(default_factory=list)
    gate: Gate = field(default_factory=Gate)
    sleep: SleepTimer = field(default_factory=SleepTimer)
    # hears once more what is said into an answer
    second: FakeSecond | None = None
    patient: bool = True
    wake: Callable[[Frame], bool] | None = None
    # what is decided on all but commands
    others: Decision = field(default_factory=OutOfScope)
    # how often everything was kept
    kept: int = 0
    # whether something was still being said when the script ended
    talking: bool = False

    def play(self, *steps: Step) -> list[Event]:
        with Narrator(self.speaker, self._voice, 165) as narrator:
            parts = Parts(
                microphone=FakeMicrophone(self._frames(steps)),
                activity=self.activity,
                endpointer=Endpointer(),
                ear=self.ear,
                command_ear=self.command_ear,
                overheard=Overheard(self.second, patient=self.patient),
                decide=self._decide,
                find_call=find_call,
                continues=lambda text: False,
                turn_end=None,
                parse_command=Commands.shipped().parse,
                dialogue=self.dialogue,
                narrator=narrator,
                speaker=self.speaker,
                gate=self.gate,
                wake=self.wake,
                phrase="computer",
                keep=self._keep,
                sleep=self.sleep,
            )
            self.assistant = Assistant(parts, self.events.append)
            self.assistant.run()
        return self.events

    def rendered(self, count: int = 1) -> Callable[[], object]:
        """Return a step that waits until the speech thread has delivered."""
        return lambda: [self.speaker.arrivals.get(timeout=10) for _ in range(count)]

    def hear(self, ms: int) -> Callable[[], object]:
        """Return a step in which the loudspeaker plays."""
        return lambda: self.speaker.hear(ms)

    def say(self, text: str, partial: str = "") -> Callable[[], object]:
        """Return a step after which the ears hear this."""

        def step() -> None:
            for ear in (self.ear, self.command_ear):
                ear.says, ear.partial = text, partial

        return step

    def press(self, key: Key) -> Callable[[], object]:
        return lambda: self.assistant.press(key)

    def settle(self) -> None:
        """Be a step that waits until all that was said into the answer was heard again."""
        for heard in list(self.assistant._parts.overheard._waiting):
            heard.result(10)

    def _frames(self, steps: tuple[Step, ...]) -> Iterator[Frame]:
        at = 0
        for step in steps:
            if callable(step):
                step()
                continue
            found = frames(step, at) if isinstance(step, str) else [step]
            at += len(found)
            yield from found
        self.talking = self.speaker.busy and not self.speaker.cuts

    def _keep(self) -> None:
        self.kept += 1

    def _voice(self, rate_wpm: int) -> FakeVoice:
        self.voices.append(FakeVoice(rate_wpm))
        return self.voices[-1]

    def _decide(self, hypotheses: tuple[Hypothesis, ...]) -> Decision:
        self.decided.append(hypotheses[0].text)
        return Commands.shipped().parse(hypotheses[0].text) or self.others


def find_call(heard: Sequence[Hypothesis]) -> str | None:
    """Find no call but these words."""
    return next((guess.text for guess in heard if guess.text == "i can't breathe"), None)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def of(kind: type[Event], events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def asking(scene: Scene, *answer: str) -> list[Step]:
    """Return the steps of a question whose answer begins to play."""
    scene.dialogue.outcomes.append(answer)
    return [scene.say("what is it"), QUIET, SPOKEN, scene.rendered(min(2, len(answer))), "."]


def test_a_question_is_answered_aloud(scene: Scene) -> None:
    scene.dialogue.outcomes = [("One answer.", "More of it.")]
    events = scene.play(
        scene.say("what is it"), QUIET, SPOKEN, scene.rendered(2), ".", scene.hear(220), "."
    )
    assert scene.decided == ["what is it"]
    assert events == [
        Listening(),
        Thinking(),
        Understood((Hypothesis("what is it", 0.9, "library"),), OutOfScope()),
        Saying(Prompt("One answer.")),
        # the second one began and ended between two frames of the microphone
        Listening(),
    ]
    assert scene.dialogue.told == [
        OutOfScope(),
        Spoken(1, 0, Ms(110), True),
        Spoken(1, 1, Ms(110), True),
    ]


@pytest.mark.parametrize(("mode", "answers"), [("always", 0), ("wake", 1), ("key", 1)])
def test_talk_in_the_room_gets_no_answer_unless_we_were_called(
    scene: Scene, mode: Mode, answers: int
) -> None:
    talk = OutOfScope(stray=True)
    scene.others = talk
    scene.gate = Gate(mode)
    if mode != "always":
        scene.gate.wake()
    scene.dialogue.outcomes = [("I have nothing about that.",)] * 2
    said = scene.say("the milk is in the fridge"), QUIET, SPOKEN
    # the second time nobody called: what follows an answer may be talk
    reply = [scene.rendered(), ".", scene.hear(500), "."] if answers else []
    events = scene.play(*said, *reply, *said)
    assert [e.decision for e in of(Understood, events) if isinstance(e, Understood)] == [talk] * 2
    assert [decision for decision in scene.dialogue.told if decision == talk] == [talk] * answers


def test_every_utterance_is_announced_when_it_begins(scene: Scene) -> None:
    events = scene.play(
        *asking(scene, "aa", "bb"), scene.hear(20), ".", scene.hear(10), ".", scene.hear(10), "."
    )
    assert of(Saying, events) == [Saying(Prompt("aa")), Saying(Prompt("bb"))]
    assert events[-1] == Listening()


def test_the_ear_gets_what_was_said_before_speech_was_noticed(scene: Scene) -> None:
    scene.play(scene.say("hello"), "." * 50, SPOKEN)
    heard = scene.ear.finished[0]
    assert [any(frame.pcm) for frame in heard].count(True) == 30
    first_loud = next(i for i, frame in enumerate(heard) if any(frame.pcm))
    assert first_loud >= PRE_ROLL_FRAMES - 6
    times = [frame.start_ms for frame in heard]
    assert times == list(range(times[0], times[0] + 32 * len(times), 32))


def test_partial_words_are_shown(scene: Scene) -> None:
    events = scene.play(scene.say("what is it", partial="what is"), QUIET, SPOKEN)
    assert Hearing("what is") in events


@pytest.mark.parametrize("script", [QUIET * 20, "#" + QUIET, ".#.#." * 20 + QUIET])
def test_silence_and_clicks_open_no_ear(scene: Scene, script: str) -> None:
    assert scene.play(script) == [Listening()]
    assert scene.ear.finished == []


def test_a_noise_without_words_is_not_a_question(scene: Scene) -> None:
    assert scene.play(QUIET, SPOKEN) == [Listening(), Thinking(), NothingHeard()]
    assert scene.dialogue.told == []


@pytest.mark.parametrize("text", ["huh", "the", "uh um", "oh"])
def test_breath_is_not_a_question_and_gets_no_reply(scene: Scene, text: str) -> None:
    events = scene.play(scene.say(text), QUIET, SPOKEN)
    assert of(NothingHeard, events)
    assert not of(Understood, events)
    assert scene.dialogue.told == []


def test_uh_huh_is_a_yes(scene: Scene) -> None:
    scene.dialogue.outcomes = [()]
    scene.play(scene.say("uh huh"), QUIET, SPOKEN)
    assert scene.dialogue.told == [Command("yes")]


def test_a_television_that_talks_on_is_not_decided(scene: Scene) -> None:
    events = scene.play(scene.say("and now the weather"), "#" * 1000, "." * 60)
    assert scene.decided == []
    assert NothingHeard() in events
    scene.play(scene.say("what is it"), SPOKEN)
    assert scene.decided == ["what is it"]


def test_a_question_is_not_continued_after_a_television(scene: Scene) -> None:
    begun = [scene.say("what causes", partial="what causes"), QUIET, "#" * 30 + "." * 90]
    scene.play(*begun, "#" * 1000, "." * 60, scene.say("the milk"), SPOKEN)
    assert scene.dialogue.told[0] == Unfinished("what causes")
    assert scene.decided[-1] == "the milk"
    assert "what causes the milk" not in scene.decided


def test_a_soft_voice_after_a_loud_one_is_heard_whole(scene: Scene) -> None:
    loud = [Frame(tone(512, 30_000), Ms(0))] * 30
    scene.play(scene.say("first"), QUIET, *loud, QUIET * 3, scene.say("second"), SPOKEN)
    assert scene.decided == ["first", "second"]
    assert [any(frame.pcm) for frame in scene.ear.finished[-1]].count(True) == 30
    # it is over when it is, not sooner
    assert len(scene.ear.finished[-1]) == len(scene.ear.finished[0])


def test_two_questions_in_a_row(scene: Scene) -> None:
    scene.dialogue.outcomes = [(), ()]
    scene.play(scene.say("first"), QUIET, SPOKEN, scene.say("second"), SPOKEN)
    assert scene.decided == ["first", "second"]


def test_stop_silences_after_a_short_silence(scene: Scene) -> None:
    scene.play(
        *asking(scene, "a" * 100, "b" * 100),
        scene.hear(300),
        scene.say("stop"),
        lambda: scene.dialogue.outcomes.append(Control("stop")),
        "#" * 10 + "." * QUIET_WINDOWS,
    )
    assert scene.speaker.cuts == [1]
    assert not scene.speaker.busy
    told = scene.dialogue.told
    # what was heard comes before the command, so that "repeat" can be exact
    assert told == [OutOfScope(), Spoken(1, 0, Ms(300), False), Command("stop")]
    assert Interrupted("stop") in scene.events
    assert scene.events[-1] == Listening()


def test_the_answers_own_words_do_not_stop_it(scene: Scene) -> None:
    scene.play(
        *asking(scene, "Stop smoking." * 9),
        scene.hear(300),
        scene.say("stop"),
        SPOKEN,
        scene.hear(100),
        ".",
    )
    assert scene.talking


def test_talk_that_is_no_command_leaves_the_answer_alone(scene: Scene) -> None:
    scene.play(*asking(scene, "a" * 200), scene.say("nice weather"), SPOKEN, scene.hear(99))
    assert scene.talking
    assert scene.dialogue.turn == 1


def test_talk_that_only_begins_like_a_command_is_none(scene: Scene) -> None:
    scene.play(
        *asking(scene, "a" * 500),
        scene.say("stop"),
        "#" * 2 * MOST_WINDOWS,
        "." * 60,
        scene.hear(9),
    )
    assert scene.talking


def test_another_command_says_again_what_was_cut(scene: Scene) -> None:
    scene.play(
        *asking(scene, "a" * 200),
        scene.hear(500),
        lambda: scene.dialogue.outcomes.append(("Again.",)),
        scene.say("repeat that"),
        SPOKEN,
        scene.rendered(1),
        ".",
    )
    assert scene.dialogue.told[1:] == [Spoken(1, 0, Ms(500), False), Command("repeat")]
    assert scene.speaker.played[-1].turn == 2


def test_pause_holds_the_sound_and_resume_goes_on_there(scene: Scene) -> None:
    scene.play(
        *asking(scene, "a" * 100),
        scene.hear(300),
        lambda: scene.dialogue.outcomes.extend([Control("pause"), Control("resume")]),
        scene.say("wait"),
        "#" * 10 + "." * 60,
        scene.say("go on"),
        scene.hear(5000),
        "." * 30,
        SPOKEN,
        scene.hear(700),
        ".",
    )
    assert scene.speaker.cuts == []
    assert scene.dialogue.told == [
        OutOfScope(),
        Command("pause"),
        Command("resume"),
        Spoken(1, 0, Ms(1000), True),
    ]


def test_a_question_in_a_pause_replaces_the_answer(scene: Scene) -> None:
    scene.play(
        *asking(scene, "a" * 100),
        scene.hear(300),
        lambda: scene.dialogue.outcomes.extend([Control("pause"), ("New answer.",)]),
        scene.say("pause"),
        "#" * 10 + "." * 60,
        scene.say("and what is that"),
        SPOKEN,
        scene.rendered(1),
        ".",
        scene.hear(110),
        ".",
    )
    assert scene.decided == ["what is it", "and what is that"]
    assert scene.dialogue.told[-3:] == [
        Spoken(1, 0, Ms(300), False),
        OutOfScope(),
        Spoken(3, 0, Ms(110), True),
    ]


def test_a_key_stops_the_answer(scene: Scene) -> None:
    scene.play(
        *asking(scene, "a" * 100),
        scene.hear(300),
        scene.press("stop"),
        lambda: scene.dialogue.outcomes.append(Control("stop")),
        ".",
    )
    assert scene.dialogue.told[1:] == [Spoken(1, 0, Ms(300), False), Command("stop")]


def test_a_stop_key_while_nothing_is_said_does_nothing(scene: Scene) -> None:
    assert scene.play(QUIET, scene.press("stop"), QUIET) == [Listening()]
    assert scene.dialogue.told == []


def test_the_quit_key_ends_at_once_in_the_middle_of_an_answer(scene: Scene) -> None:
    scene.play(
        *asking(scene, "a" * 100), scene.press("quit"), ".", lambda: pytest.fail("it went on"), "."
    )
    assert not scene.speaker.busy


def test_quit_is_said_before_it_is_done(scene: Scene) -> None:
    bye = Reply(1, (Prompt("Goodbye."),))
    scene.dialogue.outcomes = [Control("quit", reply=bye)]
    scene.play(
        scene.say("goodbye"),
        QUIET,
        SPOKEN,
        scene.rendered(1),
        ".....",
        scene.hear(80),
        ".",
        lambda: pytest.fail("it went on"),
        ".",
    )
    assert scene.dialogue.told[-1] == Spoken(1, 0, Ms(80), True)


def test_rate_and_volume_change_before_their_confirmation(scene: Scene) -> None:
    scene.dialogue.outcomes = [
        Control("rate", 1, Reply(1, (Prompt("Faster."),))),
        Control("volume", -1, Reply(2, (Prompt("Quieter."),))),
    ]
    scene.play(
        scene.say("faster"),
        QUIET,
        SPOKEN,
        scene.rendered(1),
        ".",
        scene.hear(70),
        "." * (ECHO_FRAMES + 2),
        scene.say("quieter"),
        SPOKEN,
        scene.rendered(1),
    )
    (voice,) = scene.voices
    assert (voice.rendered, voice.rates) == (["Faster.", "Quieter."], [190, 190])
    assert scene.speaker.volume == pytest.approx(0.8)


def test_volume_stays_in_its_limits(scene: Scene) -> None:
    scene.dialogue.outcomes = [Control("volume", 100), Control("volume", -100)]
    scene.play(scene.say("louder"), QUIET, SPOKEN)
    assert scene.speaker.volume == 2.0
    scene.play(scene.say("quieter"), QUIET, SPOKEN)
    assert scene.speaker.volume == pytest.approx(0.1)


def test_the_echo_of_an_answer_is_not_a_question(scene: Scene) -> None:
    scene.play(
        *asking(scene, "a" * 10), scene.hear(100), "#" * ECHO_FRAMES, scene.say("echo"), "." * 60
    )
    assert scene.decided == ["what is it"]


def test_lost_audio_is_told(scene: Scene) -> None:
    lost = Frame(bytes(1024), Ms(0), Ms(320))
    assert Missed(Ms(320)) in scene.play(QUIET, lost, QUIET)


def test_a_lost_microphone_ends_the_loop_with_its_error(scene: Scene) -> None:
    def gone() -> None:
        raise DeviceError("The microphone went away.")

    with pytest.raises(DeviceError):
        scene.play(*asking(scene, "a" * 100), gone)
    # nothing keeps playing and no thread is left (Narrator joins it)
    assert not scene.speaker.busy


def test_ctrl_c_ends_the_loop_and_the_speech(scene: Scene) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scene.play(*asking(scene, "a" * 100), interrupt)
    assert not scene.speaker.busy
    assert all(voice.closed for voice in scene.voices)


def test_an_hour_of_conversation_leaks_nothing(scene: Scene) -> None:
    turns = 200
    scene.dialogue.outcomes = [("aa",) for _ in range(turns)]
    steps: list[Step] = [scene.say("again and again"), QUIET]
    for _ in range(turns):
        steps += [SPOKEN, scene.rendered(1), ".", scene.hear(20), "." * 30]
    scene.play(*steps)
    assert len(scene.decided) == turns
    finished = [told for told in scene.dialogue.told if isinstance(told, Spoken)]
    assert [report.turn for report in finished] == list(range(1, turns + 1))
    longest = max(len(heard) for heard in scene.ear.finished)
    assert longest < PRE_ROLL_FRAMES + len(SPOKEN)


def test_a_closed_ear_hears_nothing_until_it_is_woken(scene: Scene) -> None:
    scene.gate = Gate("wake", followup_s=2.0)
    woken = {"now": False}
    scene.wake = lambda _: woken["now"]
    scene.play(
        scene.say("what causes gout"),
        SPOKEN,
        QUIET,
        lambda: woken.update(now=True),
        ".",
        lambda: woken.update(now=False),
        SPOKEN,
        QUIET * 6,
    )
    assert scene.decided == ["what causes gout"]
    assert len(of(Awake, scene.events)) == 1
    assert len(of(Asleep, scene.events)) == 1


@pytest.mark.parametrize("mode", ["key", "wake"])
def test_without_a_follow_up_a_question_after_the_call_is_answered(
    scene: Scene, mode: Mode
) -> None:
    scene.gate = Gate(mode, followup_s=0.0)
    # a frame of one sample more stands for the wake word
    scene.wake = lambda frame: mode == "wake" and len(frame.pcm) > 1024
    call = Frame(bytes(1026), Ms(0)) if mode == "wake" else scene.press("talk")
    scene.dialogue.outcomes = [("Of much salt.",)]
    events = scene.play(
        *(call, ".", QUIET * 3, scene.say("what causes gout"), SPOKEN),
        *(scene.rendered(), ".", scene.hear(500), "..", scene.say("and cramps"), SPOKEN, QUIET),
    )
    assert scene.decided == ["what causes gout"]
    assert Saying(Prompt("Of much salt.")) in events
    assert events[-1] == Asleep()


def test_the_ear_does_not_close_while_somebody_speaks(scene: Scene) -> None:
    scene.gate = Gate("key")
    # 8 s after the call they are in the middle of it
    scene.play(
        *(".", scene.press("talk"), "." * 200),
        *(scene.say("what causes gout"), "#" * 100 + "." * 60),
    )
    assert scene.decided == ["what causes gout"]


def test_a_key_pressed_long_ago_is_no_call(scene: Scene) -> None:
    talk = OutOfScope(stray=True)
    scene.others = talk
    scene.play(
        *(".", scene.press("talk"), "." * 300),
        *(scene.say("the milk is in the fridge"), SPOKEN, QUIET),
    )
    assert scene.decided
    assert scene.dialogue.told == []


def test_a_phrase_of_their_own_opens_and_the_rest_is_asked(scene: Scene) -> None:
    scene.gate = Gate("wake", followup_s=2.0)
    scene.play(
        scene.say("what causes gout"),
        SPOKEN,
        QUIET,
        scene.say("computer what causes cramps"),
        SPOKEN,
        QUIET,
    )
    assert scene.decided[-1] == "what causes cramps"
    assert [event.decision for event in of(Understood, scene.events)] == [OutOfScope()]


def test_the_talk_key_opens_the_ear_and_stop_closes_it(scene: Scene) -> None:
    scene.gate = Gate("key")
    scene.wake = lambda _: False
    scene.play(".", scene.press("talk"), "..", scene.say("what causes gout"), SPOKEN, QUIET)
    assert scene.decided
    assert scene.gate.open
    scene.assistant.press("stop")
    scene.assistant._obey_keys()
    assert not scene.gate.open


def test_command_keys_are_commands(scene: Scene) -> None:
    scene.play(".", scene.press("louder"), "..")
    assert scene.dialogue.told == [Command("louder")]


def good_night(scene: Scene) -> Callable[[], object]:
    """Return a step in which the timer has run out; the dialogue will say good night."""

    def step() -> None:
        reply = Reply(scene.dialogue.turn + 1, (Prompt("Good night."),))
        scene.dialogue.outcomes.append(Control("sleep", reply=reply))
        scene.sleep.set(1)
        scene.sleep.pass_time(10**6)

    return step


def test_the_sleep_timer_ends_the_reading_with_its_sentence_and_closes_the_ear(
    scene: Scene,
) -> None:
    heard: list[bytes] = []
    events = scene.play(
        *asking(scene, "a" * 10, "b" * 10, "c" * 10),
        *(scene.hear(50), ".", good_night(scene), "."),
        lambda: heard.append(scene.speaker.hear(200)),
        *(".", scene.rendered(), ".", scene.hear(200), ".", scene.say("what is it"), "."),
        *(QUIET, SPOKEN),
    )
    # the sentence went on to its end (50 of 100 ms were left) and nothing came after it
    assert len(heard[0].rstrip(b"\0")) in (99, 100)
    assert of(Saying, events) == [Saying(Prompt("a" * 10)), Saying(Prompt("Good night."))]
    assert events[-1] == Asleep()
    assert not scene.gate.open
    assert scene.sleep.left_s is None
    # what is said then is for nobody
    assert scene.decided == ["what is it"]
    assert scene.dialogue.told == [
        OutOfScope(),
        Spoken(1, 0, Ms(100), True),
        Command("good_night"),
        Spoken(2, 0, Ms(110), True),
    ]


@pytest.mark.parametrize("answered", [False, True])
def test_nobody_is_wished_good_night_while_he_speaks(scene: Scene, answered: bool) -> None:
    """The timer has run out, and he speaks before the sentence has ended."""
    scene.second = FakeSecond("what is gout" if answered else "nice weather")
    scene.second.heard.set()
    scene.patient = False
    if answered:
        scene.others = Answer(sure(0.95))
    told: list[list[Decision | Spoken | None]] = []
    steps = [*asking(scene, "a" * 10, "b" * 10), scene.hear(50), "."]
    events = scene.play(
        *(*steps, good_night(scene), scene.say("what is out"), "#" * 10, scene.hear(200), "##"),
        lambda: told.append(scene.dialogue.told[1:]),
        *("." * QUIET_WINDOWS, scene.settle, "...."),
    )
    assert told == [[Spoken(1, 0, Ms(100), True)]]
    last = [d for d in scene.dialogue.told if not isinstance(d, Spoken)][-1]
    assert last == (scene.others if answered else Command("good_night"))
    assert Saying(Prompt("b" * 10)) not in events


def test_in_silence_the_ear_closes_without_a_word(scene: Scene) -> None:
    events = scene.play(QUIET, lambda: scene.sleep.set(1), QUIET * 2)
    assert events == [Listening(), Asleep()]
    assert scene.dialogue.told == []
    assert not scene.gate.open


def test_what_is_being_said_when_the_time_is_over_is_heard_first(scene: Scene) -> None:
    scene.dialogue.outcomes = [()]
    scene.play(scene.say("louder"), QUIET, "#" * 8, lambda: scene.sleep.set(1), "#" * 60 + "." * 60)
    assert scene.decided == ["louder"]
    # who commands is awake
    assert scene.sleep.left_s is not None
    assert scene.gate.open


def test_a_reading_on_hold_is_not_kept_for_the_night(scene: Scene) -> None:
    scene.dialogue.outcomes = [("a" * 50,), Control("pause")]
    events = scene.play(
        *(scene.say("what is it"), QUIET, SPOKEN, scene.rendered(), ".", scene.hear(100), "."),
        *(scene.press("pause"), "..", lambda: scene.sleep.set(1), QUIET * 4),
    )
    assert events[-1] == Asleep()
    assert not scene.speaker.busy
    assert not scene.gate.open


def test_the_morning_after_a_reading_that_ended_with_its_timer_is_not_mute(scene: Scene) -> None:
    heard: list[bytes] = []
    scene.play(
        *asking(scene, "a" * 10),
        *(scene.hear(50), ".", lambda: scene.sleep.set(1), QUIET * 4),
        # the last sentence ends, and with it the reading
        *(scene.hear(200), ".", QUIET),
        *(scene.press("talk"), ".", *asking(scene, "b" * 10)),
        lambda: heard.append(scene.speaker.hear(200)),
    )
    assert any(heard[0])


def test_good_night_closes_an_ear_that_is_always_open_until_the_wake_word(scene: Scene) -> None:
    awake: list[bool] = []
    scene.wake = lambda frame: any(frame.pcm)
    scene.dialogue.outcomes = [Control("sleep", reply=Reply(1, (Prompt("Good night."),)))]
    events = scene.play(
        *(scene.press("good_night"), ".", scene.rendered(), ".", scene.hear(200), "."),
        lambda: awake.append(scene.gate.open),
        *("." * 20, "##", "."),
        lambda: awake.append(scene.gate.open),
    )
    assert awake == [False, True]
    assert of(Asleep, events) == [Asleep()]
    assert events[-1] == Awake()


def test_a_command_into_good_night_is_obeyed_and_the_ear_stays_open(scene: Scene) -> None:
    scene.dialogue.outcomes = [
        Control("sleep", reply=Reply(1, (Prompt("Good night."),))),
        ("I go on.",),
    ]
    events = scene.play(
        *(scene.press("good_night"), ".", scene.rendered(), ".", scene.hear(20)),
        *(scene.press("resume"), ".", scene.rendered(), ".", scene.hear(200), "."),
    )
    assert Asleep() not in events
    assert scene.gate.open


def test_listening_is_not_announced_between_a_cut_and_its_reply(scene: Scene) -> None:
    scene.dialogue.outcomes = [("a" * 50,), ("Louder.", "a" * 50)]
    events = scene.play(
        *(scene.say("what is it"), QUIET, SPOKEN, scene.rendered(), ".", scene.hear(100), "."),
        *(scene.press("louder"), ".", scene.rendered(2), "."),
    )
    assert [type(event) for event in events[-4:]] == [Understood, Saying, Interrupted, Saying]


def test_what_is_said_into_an_answer_lowers_it_for_so_long(scene: Scene) -> None:
    events = scene.play(
        *asking(scene, "a" * 100),
        *(scene.hear(100), scene.say("that was the door"), "#" * 10 + "." * QUIET_WINDOWS, "."),
    )
    assert of(Ducked, events) == [Ducked(True), Ducked(False)]


def test_what_nobody_can_make_words_of_does_not_keep_it_low(scene: Scene) -> None:
    events = scene.play(
        *asking(scene, "a" * 100),
        *(scene.hear(100), scene.say(""), "#" * 10 + "." * QUIET_WINDOWS, "."),
    )
    assert of(Ducked, events) == [Ducked(True), Ducked(False)]


def test_stop_in_a_follow_up_closes_the_ear_audibly(scene: Scene) -> None:
    scene.gate = Gate("key")
    scene.dialogue.outcomes = [("a" * 50,), Control("stop")]
    events = scene.play(
        *(scene.press("talk"), ".", scene.say("what is it"), QUIET, SPOKEN, scene.rendered()),
        *(".", scene.hear(100), ".", scene.press("stop"), "."),
    )
    assert events[-2:] == [Interrupted("stop"), Asleep()]


def test_what_is_not_for_us_is_not_told(scene: Scene) -> None:
    scene.gate = Gate("wake")
    events = scene.play(scene.say("what is it", partial="what is"), QUIET, SPOKEN, scene.say(""))
    assert events == [Listening()]


def into_an_answer(scene: Scene, whole: str, first: str = "stop") -> list[Step]:
    """Return the steps of an answer into which `whole` is said, and `first` obeyed at once."""
    return [
        *asking(scene, "a" * 100),
        scene.hear(100),
        scene.say(whole, partial=first),
        "#" * 40 + "." * 60,
    ]


@pytest.mark.parametrize("whole", ["stop reading the rest", "stop it please", "stop", "top", ""])
def test_a_stop_in_a_longer_breath_is_just_a_stop(scene: Scene, whole: str) -> None:
    scene.dialogue.outcomes = []
    steps = into_an_answer(scene, whole)
    scene.dialogue.outcomes.append(Control("stop"))
    events = scene.play(*steps, scene.say("what is tea"), SPOKEN)
    assert of(Interrupted, events) == [Interrupted("stop")]
    assert of(NothingHeard, events) == []
    decided = [d for d in scene.dialogue.told if not isinstance(d, Spoken)]
    assert decided == [OutOfScope(), Command("stop"), OutOfScope()]


def test_stop_in_ten_minutes_goes_on_and_sets_the_timer(scene: Scene) -> None:
    steps = into_an_answer(scene, "stop in ten minutes")
    scene.dialogue.outcomes += [Control("stop"), ("in ten minutes", "the rest")]
    scene.play(*steps)
    decided = [d for d in scene.dialogue.told if not isinstance(d, Spoken)]
    timer = not_now(Command("sleep_timer", (("minutes", "10"),)))
    assert decided == [OutOfScope(), Command("stop"), timer]


def test_what_is_said_after_a_stop_is_obeyed_too(scene: Scene) -> None:
    steps = into_an_answer(scene, "stop go back")
    scene.dialogue.outcomes += [Control("stop"), ("the sentence before",)]
    scene.play(*steps)
    assert scene.decided[1:] == ["go back"]
    assert scene.dialogue.told[-1] == Command("back")


def test_the_ear_gets_the_whole_breath_of_a_stop(scene: Scene) -> None:
    steps = into_an_answer(scene, "stop what is tea")
    scene.dialogue.outcomes.append(Control("stop"))
    scene.play(*steps)
    heard = scene.ear.finished[-1]
    times = [frame.start_ms for frame in heard]
    assert times == sorted(set(times))
    assert {b - a for a, b in itertools.pairwise(times)} == {32}
    # all 40 frames of voice, and those before in which speech was not noticed yet
    assert sum(any(frame.pcm) for frame in heard) == 40


def test_a_stop_that_is_clear_at_once_loses_nothing_of_the_breath(scene: Scene) -> None:
    scene.ear.partial = "stop"
    parse = Commands.shipped().parse
    remarks = BargeIn(scene.ear, parse, nearby=lambda: "", asking=lambda: False)
    breath = frames("##....")
    assert remarks.begin(breath) == Remark(Command("stop"))
    assert remarks.said == breath == scene.ear.frames


def test_a_call_for_help_into_an_answer_ends_it(scene: Scene) -> None:
    steps = into_an_answer(scene, "i can't breathe", first="")
    scene.dialogue.outcomes.append(("Call now.",))
    events = scene.play(*steps, scene.rendered(), ".")
    assert scene.dialogue.told[-1] == Emergency("i can't breathe")
    assert Saying(Prompt("Call now.")) in events
    assert Spoken(1, 0, Ms(100), False) in scene.dialogue.told


def test_what_the_answer_itself_says_is_no_call_for_help(scene: Scene) -> None:
    scene.dialogue.outcomes.append(("Call if you think i can't breathe.",))
    scene.play(
        *(scene.say("what is it"), QUIET, SPOKEN, scene.rendered(), ".", scene.hear(100)),
        *(scene.say("i can't breathe"), "#" * 40 + "." * 60),
    )
    assert not any(isinstance(decision, Emergency) for decision in scene.dialogue.told)


def test_a_question_into_an_answer_is_answered_once_it_was_heard_again(scene: Scene) -> None:
    scene.others = Answer(sure(0.95))
    scene.second = FakeSecond("what is gout")
    scene.second.heard.set()
    steps = into_an_answer(scene, "what is out", first="")
    scene.dialogue.outcomes.append(("Of salt.",))
    events = scene.play(*steps, scene.rendered(), ".")
    assert scene.dialogue.told[-1] == scene.others
    assert scene.dialogue.turn == 2
    assert Saying(Prompt("Of salt.")) in events
    # as much as was played of what it replaced
    assert Spoken(1, 0, Ms(100), False) in scene.dialogue.told
    (again,) = [e for e in events if isinstance(e, Understood) and e.hypotheses[0].ear == "second"]
    assert again.decision == scene.others
    # what was asked for is said at normal loudness
    assert scene.speaker.ducks[-1] is False
    assert of(Ducked, events) == [Ducked(True)]


def test_it_stays_low_until_a_remark_was_heard_again(scene: Scene) -> None:
    scene.second = FakeSecond("nice weather")
    scene.patient = False
    steps = into_an_answer(scene, "nice weather", first="")
    before: list[bool] = []
    events = scene.play(
        *(*steps, lambda: before.append(scene.speaker.ducks[-1])),
        *(scene.second.heard.set, scene.settle, "."),
    )
    assert before == [True]
    assert scene.speaker.ducks[-1] is False
    assert of(Ducked, events) == [Ducked(True), Ducked(False)]


def test_a_remark_that_is_heard_too_late_tells_nothing(scene: Scene) -> None:
    scene.second = FakeSecond("nice weather")
    scene.patient = False
    steps = into_an_answer(scene, "nice weather", first="")
    scene.dialogue.outcomes.append(Control("stop"))
    events = scene.play(*steps, scene.press("stop"), ".", scene.second.heard.set, scene.settle, ".")
    assert of(Ducked, events) == [Ducked(True)]


def test_what_is_heard_again_while_they_speak_on_is_not_answered(scene: Scene) -> None:
    scene.others = Answer(sure(0.95))
    scene.second = FakeSecond("what is gout")
    scene.patient = False
    steps = into_an_answer(scene, "what is out", first="")
    scene.play(*steps, "#" * 10, scene.second.heard.set, scene.settle, "#")
    assert scene.dialogue.turn == 1
    # nor does the loudspeaker drown them
    assert scene.speaker.ducks[-1] is True


def test_a_call_for_help_counts_while_they_speak_on(scene: Scene) -> None:
    scene.second = FakeSecond("i can't breathe")
    scene.patient = False
    steps = into_an_answer(scene, "i can't read", first="")
    scene.play(*steps, "#" * 10, scene.second.heard.set, scene.settle, "#")
    assert scene.dialogue.told[-1] == Emergency("i can't breathe")


@pytest.mark.parametrize(
    ("mode", "said", "answered"),
    [
        ("always", "what is gout", True),
        ("wake", "what is gout", False),
        ("key", "what is gout", False),
        ("wake", "computer what is gout", True),
    ],
)
def test_a_question_into_an_answer_needs_the_phrase_unless_the_ear_is_always_open(
    scene: Scene, mode: Mode, said: str, answered: bool
) -> None:
    scene.gate = Gate(mode)
    scene.gate.wake()
    scene.others = Answer(sure(0.95))
    scene.second = FakeSecond(said)
    scene.second.heard.set()
    scene.play(*into_an_answer(scene, "what is out", first=""))
    assert scene.decided[1:] == (["what is gout"] if answered else [])
    assert scene.dialogue.turn == 1 + answered


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("what is gout", Answer),
        ("repeat", Command),
        # a rest of what was playing last
        ("what will it last", None),
    ],
)
def test_what_is_begun_while_the_answer_ends_is_heard_to_its_end(
    scene: Scene, said: str, told: type[Decision] | None
) -> None:
    """A follow-up in the open ear: it needs no wake word."""
    scene.gate = Gate("wake")
    scene.gate.wake()
    scene.others = Answer(sure(0.95))
    scene.second = FakeSecond(said)
    scene.second.heard.set()
    scene.patient = False
    scene.play(
        *asking(scene, "And will it last?"),
        *(scene.hear(100), ".", scene.say("what is out"), "#" * 10, scene.hear(5000), "#" * 10),
        *("." * QUIET_WINDOWS, scene.settle, ".." * 4),
    )
    decisions = [type(d) for d in scene.dialogue.told[1:] if not isinstance(d, Spoken)]
    assert decisions == ([told] if told else [])


def test_after_a_call_for_help_no_rest_of_a_question_is_waited_for(scene: Scene) -> None:
    scene.dialogue.outcomes = [("What causes what?",), ("Call now.",)]
    scene.play(
        *(scene.say("what causes", partial="what causes"), QUIET, "#" * 30 + "." * 90),
        *(scene.rendered(), ".", scene.hear(50), scene.say("i can't breathe"), SPOKEN),
        *(scene.rendered(), ".", scene.hear(500), "." * (ECHO_FRAMES + 2)),
        *(scene.say("the milk"), SPOKEN),
    )
    decisions = [told for told in scene.dialogue.told if not isinstance(told, Spoken)]
    assert decisions[:2] == [Unfinished("what causes"), Emergency("i can't breathe")]
    assert scene.decided[-1] == "the milk"
    assert "what causes the milk" not in scene.decided


def test_the_ear_stays_open_while_a_remark_is_heard_again(scene: Scene) -> None:
    """The answer has ended and the sleep timer run out: who said something is awake."""
    scene.others = Answer(sure(0.95))
    scene.second = FakeSecond("what is gout")
    scene.patient = False
    steps = into_an_answer(scene, "what is out", first="")
    scene.dialogue.outcomes.append(("Of salt.",))
    events = scene.play(
        *(*steps, scene.hear(5000), ".", lambda: scene.sleep.set(1), QUIET * 3),
        *(scene.second.heard.set, scene.settle, "."),
    )
    assert scene.dialogue.told[-1] == scene.others
    assert Asleep() not in events
    assert scene.gate.open


@pytest.mark.parametrize(
    ("again", "obeyed"), [(("loud and", "louder", "now then"), True), (("that water",), False)]
)
def test_a_command_in_doubt_waits_for_another_hearing(
    scene: Scene, again: tuple[str, ...], obeyed: bool
) -> None:
    scene.second = FakeSecond(*again)
    scene.second.heard.set()
    scene.command_ear.confidence = 0.4
    steps = into_an_answer(scene, "louder", first="")
    events = scene.play(*steps, ".")
    louder = Commands.shipped().parse("louder")
    assert louder is not None
    assert of(Interrupted, events) == ([Interrupted(louder.name)] if obeyed else [])
    assert of(Ducked, events) == [Ducked(True), *([] if obeyed else [Ducked(False)])]


@pytest.mark.parametrize(("said", "told"), [("yes", Command("yes")), ("thank you", None)])
def test_a_yes_into_a_question_of_ours_is_judged_as_one(
    scene: Scene, said: str, told: Command | None
) -> None:
    """It is heard again only when the question has been said: what was being said then counts."""
    scene.second = FakeSecond(said if told else "nice weather")
    scene.patient = False
    scene.command_ear.confidence = 0.4
    scene.dialogue.outcomes.append(("Shall I read it?",))
    scene.play(
        *(scene.say("what is it"), QUIET, SPOKEN, scene.rendered(), ".", scene.hear(100)),
        *(scene.say(said), "#" * 10 + "." * QUIET_WINDOWS, "."),
        *(scene.hear(5000), ".", scene.second.heard.set, scene.settle, "."),
    )
    decisions = [d for d in scene.dialogue.told if not isinstance(d, Spoken)]
    assert decisions[1:] == ([told] if told else [])


@pytest.mark.parametrize(("hold", "heard"), [((), True), (("pause",), False)])
def test_a_faint_voice_counts_only_over_the_loudspeaker(
    scene: Scene, hold: tuple[Key, ...], heard: bool
) -> None:
    steps = [*asking(scene, "a" * 100), scene.hear(100), *map(scene.press, hold), "."]
    scene.dialogue.outcomes.append(Control("pause"))

    def faint() -> None:
        scene.activity.voice = 0.4

    before = len(scene.ear.finished)
    scene.play(*steps, faint, scene.say("what is tea"), "#" * 10 + "." * 100)
    assert (Ducked(True) in scene.events) is heard
    # what is said while it holds still would be a question
    assert len(scene.ear.finished) == before + 1


def test_a_key_is_not_undone_by_what_was_said_before_it(scene: Scene) -> None:
    scene.others = Answer(sure(0.95))
    scene.second = FakeSecond("what is gout")
    steps = into_an_answer(scene, "what is out", first="")
    scene.dialogue.outcomes.append(Control("stop"))
    # the remark is over, and not heard again yet, when the key is pressed
    scene.patient = False
    scene.play(*steps, scene.press("stop"), ".", scene.second.heard.set, scene.settle, "...")
    assert scene.dialogue.told[-1] == Command("stop")


def test_a_stop_is_not_undone_by_what_was_said_before_it(scene: Scene) -> None:
    scene.others = Answer(sure(0.95))
    scene.second = FakeSecond("what is gout")
    scene.patient = False
    steps = into_an_answer(scene, "what is out", first="")
    scene.dialogue.outcomes.append(Control("stop"))
    scene.play(
        *(*steps, scene.say("stop", partial="stop"), "#" * 10 + "." * 60),
        *(scene.second.heard.set, scene.settle, "..."),
    )
    assert scene.dialogue.told[-1] == Command("stop")


def test_a_question_is_not_undone_by_what_was_said_before_it(scene: Scene) -> None:
    scene.others = Answer(sure(0.95))
    scene.second = FakeSecond("what is gout")
    scene.patient = False
    steps = into_an_answer(scene, "what is out", first="")
    scene.play(
        *(*steps, scene.hear(5000), "." * (ECHO_FRAMES + 2), scene.say("what is tea"), SPOKEN),
        *(scene.second.heard.set, scene.settle, "..."),
    )
    assert scene.decided == ["what is it", "what is tea"]
    assert scene.dialogue.turn == 2


def test_a_key_ends_what_is_being_said_into_the_answer(scene: Scene) -> None:
    scene.others = Answer(sure(0.95))
    scene.second = FakeSecond("what is gout")
    scene.second.heard.set()
    steps = [*asking(scene, "a" * 100), scene.hear(100), scene.say("what is out"), "#" * 10]
    scene.dialogue.outcomes.append(Control("pause"))
    scene.play(*steps, scene.press("pause"), "." * 60)
    assert scene.dialogue.told[-1] == Command("pause")


def test_a_clear_answer_that_was_foreseen_does_not_wait_for_the_ear(scene: Scene) -> None:
    scene.others = Answer(sure(0.95))
    scene.ear.name = "second"
    scene.dialogue.outcomes = [("Of salt.",)]
    # at the end the first pass alone would have heard something else
    events = scene.play(
        scene.say("what is doubt", partial="what is gout"), QUIET, SPOKEN, scene.rendered(), "."
    )
    assert set(scene.decided) == {"what is gout"}
    assert scene.ear.finished == []
    assert scene.ear.resets == 1
    assert Saying(Prompt("Of salt.")) in events
    (understood,) = of(Understood, events)
    assert understood == Understood((Hypothesis("what is gout", ear="second"),), scene.others)


@pytest.mark.parametrize(("ear", "score"), [("library", 0.95), ("second", 0.65)])
def test_otherwise_the_ear_has_the_last_word(scene: Scene, ear: EarName, score: float) -> None:
    scene.others = Answer(sure(score))
    scene.ear.name = ear
    scene.play(scene.say("what is gout now", partial="what is gout"), QUIET, SPOKEN)
    assert scene.decided[-1] == "what is gout now"


@pytest.mark.parametrize("breath", ["", "...##", "....##...##"])
def test_a_breath_after_a_question_does_not_delay_the_answer(scene: Scene, breath: str) -> None:
    """The same verdict holds in the next silence: 0.3 s of it end a whole question."""
    scene.others = Answer(sure(0.95))
    scene.play(
        *(scene.say("what is gout", partial="what is gout"), QUIET),
        "#" * 30 + breath + "." * 10,
    )
    assert scene.dialogue.told == [Answer(sure(0.95))]


def sure(score: float) -> Match:
    """Return a match of this score."""
    return Match(GOUT, GOUT.passages[0], GOUT.passages[0].sentences, score, 0.1, ())

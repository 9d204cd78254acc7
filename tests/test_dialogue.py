"""Scripted conversations: what is heard goes in, what is said is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents import prompts
from intents.commands import Commands
from intents.dialogue import HANDLERS, Dialogue
from intents.library import shipped_articles
from intents.reading import WORDS_AT_A_TIME, Reading
from intents.remembered import MOST_ANSWERS, Remembered
from intents.replies import MOST_ATTEMPTS
from intents.spelling import spell, unusual_word
from intents.types import (
    Answer,
    Article,
    ArticleId,
    Command,
    Control,
    Decision,
    Emergency,
    Match,
    Ms,
    OutOfScope,
    Passage,
    Prompt,
    Quotation,
    Reply,
    Sentence,
    Source,
    Spoken,
    Unfinished,
    Unsure,
)


def article(
    title: str, sections: Sequence[tuple[str, Sequence[str]]], source: Source | None = None
) -> Article:
    text, passages = "", []
    for position, (heading, sentences) in enumerate(sections):
        made = []
        for sentence in sentences:
            made.append(Sentence(sentence, len(text), len(text) + len(sentence)))
            text += sentence + " "
        passages.append(Passage(heading, tuple(made), position))
    key = ArticleId(title.lower().replace(" ", "-"))
    return Article(key, title, text, tuple(passages), source=source or Source())


KETTLE = article(
    "Kettle care",
    [
        ("What scale is", ["Scale is chalk.", "It comes with hard water.", "It is harmless."]),
        ("Removing scale", ["Vinegar removes scale.", "Rinse the kettle well.", "Boil it once."]),
        ("How often", ["Once a month is enough."]),
    ],
    Source(author="The Kettle Club", date="2025-03-02"),
)
TEAPOT = article("Teapots", [("Cleaning", ["Rinse a teapot with hot water."])])
COMMANDS = Commands.shipped()


def match(of: Article, passage: int, count: int | None = None) -> Match:
    found = of.passages[passage]
    return Match(of, found, found.sentences[:count], 0.9, 0.4)


class Talk:
    """A dialogue with a listener who hears all of it, unless told otherwise."""

    def __init__(self, number: str = "112", titles: Sequence[str] = ("Kettle care", "Teapots")):
        self.dialogue = Dialogue(emergency_number=number, titles=titles)
        self.reply: Reply | None = None

    def hear(
        self,
        decision: Decision | None,
        *,
        until: tuple[int, int] | None = None,
        heard: int | None = None,
    ) -> list[str]:
        """Return what is said; `until` is (utterance, ms): the listener cuts it there.

        After `heard` utterances the next one is still being said.
        """
        outcome = self.dialogue.heard(decision)
        reply = outcome.reply if isinstance(outcome, Control) else outcome
        self.outcome, self.reply = outcome, reply
        if reply is None:
            return []
        for index in range(len(reply.utterances) if heard is None else heard):
            if until and index == until[0]:
                self.dialogue.spoken(Spoken(reply.turn, index, Ms(until[1]), False))
                break
            self.dialogue.spoken(Spoken(reply.turn, index, Ms(900), True))
        return [u.text for u in reply.utterances]

    def say(self, words: str, *, until: tuple[int, int] | None = None) -> list[str]:
        command = COMMANDS.parse(words)
        assert command is not None, words
        return self.hear(command, until=until)

    def control(self, words: str) -> Control:
        self.say(words)
        assert isinstance(self.outcome, Control)
        return self.outcome


def test_every_command_has_its_answer() -> None:
    assert set(HANDLERS) == set(COMMANDS.names())


def test_an_answer_is_read_word_for_word_and_at_once() -> None:
    talk = Talk()
    assert talk.hear(Answer(match(KETTLE, 1, 2))) == [
        "About kettle care.",
        "Vinegar removes scale.",
        "Rinse the kettle well.",
    ]
    assert talk.reply is not None
    for said in talk.reply.utterances[1:]:
        assert isinstance(said, Quotation)
        assert KETTLE.text[said.sentence.start : said.sentence.end] == said.text


def test_the_title_is_said_only_when_it_helps() -> None:
    shipped = {a.title: a for a in shipped_articles()}
    atrophy = shipped["Muscle atrophy"]
    talk = Talk()
    assert talk.hear(Answer(match(atrophy, 0, 1))) == [atrophy.passages[0].sentences[0].text]
    talk.hear(Answer(match(KETTLE, 0)))
    assert talk.hear(Answer(match(KETTLE, 2))) == ["Once a month is enough."]


def test_more_reads_on_then_offers_the_next_section_until_the_end() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 1, 1)))
    offer = "The next section is: How often. Shall I read it?"
    assert talk.say("more") == ["Rinse the kettle well.", "Boil it once.", offer]
    end = "That is the end of the article on kettle care."
    assert talk.say("tell me more") == ["How often.", "Once a month is enough.", end]
    assert talk.say("more") == [end]


def test_more_after_a_whole_passage_asks_first_and_yes_reads() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)))
    assert talk.say("more") == ["The next section is: Removing scale. Shall I read it?"]
    assert talk.say("yes please")[:2] == ["Removing scale.", "Vinegar removes scale."]
    talk.hear(Answer(match(KETTLE, 0)))
    talk.say("more")
    assert talk.say("no") == [prompts.ALL_RIGHT]
    assert talk.say("yes") == [prompts.WHAT_NEXT]


def test_a_long_section_is_read_some_20_seconds_at_a_time() -> None:
    sentences = [f"Number {n} has five words." for n in range(100)]
    long = article("Long", [("All", sentences)])
    talk = Talk()
    talk.hear(Answer(match(long, 0, 1)))
    heard = 1
    while heard < 100:
        said = [s for s in talk.say("more") if s.startswith("Number")]
        assert said == sentences[heard : heard + len(said)]
        assert 0 < sum(len(s.split()) for s in said) <= WORDS_AT_A_TIME
        heard += len(said)


def test_a_match_without_sentences_reads_its_passage() -> None:
    talk = Talk()
    said = talk.hear(Answer(Match(KETTLE, KETTLE.passages[2], (), 0.9, 0.1)))
    assert said[-1] == "Once a month is enough."


def test_repeat_says_what_was_really_heard_and_go_on_the_rest() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)))
    assert talk.hear(Answer(match(KETTLE, 1)), until=(1, 300))[0] == "Vinegar removes scale."
    assert talk.say("repeat that") == ["Vinegar removes scale.", "Rinse the kettle well."]
    assert talk.say("go on") == ["Boil it once."]


def test_repeat_keeps_the_question_and_a_typed_answer_counts_as_heard() -> None:
    talk = Talk()
    question = talk.hear(Unsure((match(KETTLE, 1),)))
    assert talk.say("pardon") == question
    assert talk.say("yes")[-1] == "Boil it once."
    dialogue = Dialogue()
    first = dialogue.heard(Answer(match(KETTLE, 0)))
    again = dialogue.heard(Command("repeat"))
    assert isinstance(first, Reply)
    assert isinstance(again, Reply)
    assert again.utterances == first.utterances
    assert again.turn == first.turn + 1


def test_stop_then_continue_takes_up_the_sentence_that_was_cut() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 1)), until=(2, 500))
    assert talk.control("stop") == Control("stop")
    assert talk.say("continue where I stopped") == ["Rinse the kettle well.", "Boil it once."]


def test_pause_and_resume_are_the_players_and_a_reading_is_not_lost_in_between() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 1)), heard=1)
    assert talk.control("wait a moment") == Control("pause")
    assert talk.control("go on") == Control("resume")
    talk.control("pause")
    assert talk.control("slower").reply is not None
    assert talk.say("go on")[0] == "Vinegar removes scale."


def test_wait_is_answered_where_something_was_asked() -> None:
    talk = Talk()
    talk.hear(Unsure((match(KETTLE, 0), match(KETTLE, 1))))
    assert talk.say("wait a moment") == [prompts.ALL_RIGHT]
    # the question stays open, and what was read stays what is repeated
    assert talk.say("the second one")[-3:] == [s.text for s in KETTLE.passages[1].sentences]
    assert talk.say("repeat")[-1] == "Boil it once."


def test_wait_without_a_reading_was_said_to_somebody_else_and_holds_nothing() -> None:
    talk = Talk()
    assert talk.control("hang on a second") == Control("resume")
    talk.hear(Answer(match(KETTLE, 0)), until=(1, 100))
    talk.control("stop")
    assert talk.control("wait") == Control("resume")
    assert talk.say("repeat")


def test_a_pause_of_which_the_sound_is_gone_is_gone_on_with_at_the_sentence() -> None:
    """A cough in the pause cuts it, and so does the sleep timer: there is no sound to resume."""
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 1)), heard=2)
    assert talk.control("pause") == Control("pause")
    talk.dialogue.spoken(Spoken(1, 2, Ms(100), False))
    assert talk.hear(None) == []
    assert talk.outcome == Control("pause")
    assert talk.say("go on") == ["Rinse the kettle well.", "Boil it once."]


@pytest.mark.parametrize(
    ("words", "action", "step"),
    [
        ("slower", "rate", -1),
        ("speak faster", "rate", 1),
        ("louder please", "volume", 1),
        ("turn it down", "volume", -1),
    ],
)
def test_changes_are_confirmed_and_the_reading_goes_on(words: str, action: str, step: int) -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)))
    assert talk.hear(Answer(match(KETTLE, 1)), until=(1, 100))
    change = talk.control(words)
    assert (change.action, change.step) == (action, step)
    assert change.reply is not None
    confirmation, *rest = (u.text for u in change.reply.utterances)
    assert confirmation in prompts.CHANGES.values()
    assert rest == ["Rinse the kettle well.", "Boil it once."]
    assert len(talk.say(words)) == 1


def test_repeat_after_a_remark_means_the_reading() -> None:
    talk = Talk()
    said = talk.hear(Answer(match(KETTLE, 2)))
    assert talk.say("slower") == ["Slower."]
    assert talk.say("thank you very much") == [prompts.WELCOME]
    assert talk.say("say that again") == said
    slowly = talk.control("again but slowly")
    assert slowly.step == -1
    assert slowly.reply is not None
    assert [u.text for u in slowly.reply.utterances] == said


def test_back_goes_one_sentence_further_each_time() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 1, 2)))
    assert talk.say("back") == ["Rinse the kettle well."]
    assert talk.say("go back")[0] == "Vinegar removes scale."
    assert talk.say("back")[0] == "It is harmless."
    for _ in range(5):
        said = talk.say("back")
    assert said[:2] == [prompts.START_OF_ARTICLE, "Scale is chalk."]


def test_back_and_skip_start_from_the_sentence_that_was_being_heard() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)))
    talk.hear(Answer(match(KETTLE, 1)), until=(1, 400))
    assert talk.say("back", until=(0, 400))[0] == "Vinegar removes scale."
    assert talk.say("skip that") == ["Rinse the kettle well.", "Boil it once."]
    talk.hear(Answer(match(KETTLE, 1)), until=(2, 400))
    assert talk.say("skip") == ["The next section is: How often. Shall I read it?"]


def test_sections_by_name_number_and_neighborhood() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)))
    listed = talk.say("list the sections")[0]
    assert listed == (
        "The article on kettle care has 3 sections. "
        "1: What scale is. 2: Removing scale. 3: How often."
    )
    assert talk.say("the second one")[0] == "Removing scale."
    assert talk.say("next section")[0] == "How often."
    assert talk.say("previous section")[0] == "Removing scale."
    assert talk.say("section one")[0] == "What scale is."
    assert talk.say("section nine") == [prompts.NO_SUCH_SECTION]
    assert talk.say("start over")[0] == "What scale is."


def test_the_whole_article_is_every_sentence_in_order_under_its_headings() -> None:
    for source in shipped_articles():
        talk = Talk()
        talk.hear(Answer(match(source, 0)))
        talk.say("read the whole article")
        assert talk.reply is not None
        quoted = [u.sentence for u in talk.reply.utterances if isinstance(u, Quotation)]
        assert quoted == [s for p in source.passages for s in p.sentences]


def test_where_and_who_tell_the_place_and_the_source() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)))
    talk.hear(Answer(match(KETTLE, 1)), until=(1, 400))
    assert talk.say("where am I") == [
        "In the article on kettle care, section 2 of 3: Removing scale. Sentence 2."
    ]
    assert talk.say("who says that") == [
        "That is from the article Kettle care, by the Kettle Club, dated March 2, 2025."
    ]
    talk.hear(Answer(match(TEAPOT, 0)))
    assert talk.say("what is your source")[0].endswith("It does not say who wrote it.")


@pytest.mark.parametrize(
    ("iso", "said"),
    [
        ("2025-03-02", "March 2, 2025"),
        ("2025-03", "March 2025"),
        ("2025", "2025"),
        ("2025-13-01", "2025-13-01"),
        ("last spring", "last spring"),
    ],
)
def test_dates_as_they_are_said(iso: str, said: str) -> None:
    assert prompts.date(iso) == said


def test_topics_are_listed_a_few_at_a_time() -> None:
    titles = [f"Topic {n}" for n in range(12)]
    talk = Talk(titles=titles)
    first, second, third = talk.say("what can I ask"), talk.say("more"), talk.say("what else")
    assert "Topic 0, Topic 1" in first[0]
    assert "There are 7 more." in first[0]
    assert "Topic 5" in second[0]
    assert third == ["You can ask about: Topic 10 or Topic 11."]
    assert "Topic 0" in talk.say("what can I ask")[0]
    assert talk.say("the second one") == ["Ask me a question about Topic 1."]
    assert Talk(titles=()).say("what can I ask") == [prompts.EMPTY_LIBRARY]


def test_one_candidate_is_offered_and_yes_or_no_decides() -> None:
    talk = Talk()
    offer = [
        "I have something about removing scale, in the article on kettle care. Shall I read it?"
    ]
    assert talk.hear(Unsure((match(KETTLE, 1),))) == offer
    assert talk.say("yes")[-1] == "Boil it once."
    talk.hear(Unsure((match(KETTLE, 1),)))
    assert talk.say("no") == [prompts.OTHER_WORDS]


def test_two_candidates_are_told_apart_by_number_neither_or_their_own_words() -> None:
    both = Unsure((match(KETTLE, 0), match(KETTLE, 2), match(TEAPOT, 0)))
    talk = Talk()
    (question,) = talk.hear(both)
    assert question.startswith("Do you mean what scale is")
    assert talk.say("yes")[0].startswith("The first: what scale is")
    assert talk.say("the third one") == ["Please say first or second, or neither."]
    assert talk.say("the second one")[-1] == "Once a month is enough."
    talk.hear(both)
    assert "cleaning" in talk.say("neither")[0]
    assert talk.say("yes")[-1] == "Rinse a teapot with hot water."
    talk.hear(both)
    assert talk.hear(Unsure((match(KETTLE, 2), match(TEAPOT, 0))))[-1] == "Once a month is enough."


def test_candidates_with_one_name_are_told_apart_by_their_articles() -> None:
    other = article("Cups", [("Cleaning", ["Rinse a cup."])])
    (question,) = Talk().hear(Unsure((match(TEAPOT, 0), match(other, 0))))
    assert "teapots" in question
    assert "cups" in question


def test_a_new_question_forgets_the_one_asked_back() -> None:
    talk = Talk()
    talk.hear(Unsure((match(KETTLE, 0),)))
    talk.hear(Answer(match(TEAPOT, 0)))
    assert talk.say("yes") == [prompts.WHAT_NEXT]
    assert talk.say("the first one") == [prompts.NOTHING_TO_CHOOSE]


def test_a_no_says_what_is_missing_and_what_there_is() -> None:
    talk = Talk()
    said = talk.hear(OutOfScope(match(KETTLE, 1), on_topic=True, missing="what it costs"))
    assert said[0].startswith("The article on kettle care does not say what it costs. It does have")
    assert talk.say("yes please")[-1] == "Boil it once."
    again = talk.hear(OutOfScope(match(KETTLE, 1), on_topic=True))
    assert again == ["I did not find that in the article on kettle care."]


def test_a_no_claims_no_more_than_is_known() -> None:
    said = Talk().hear(OutOfScope(match(KETTLE, 1), on_topic=True))
    assert said[0].startswith("I did not find that in the article on kettle care. It has ")


def test_off_topic_names_other_titles_each_time() -> None:
    talk = Talk(titles=[f"T{n}" for n in range(6)])
    assert talk.hear(OutOfScope())[0].endswith("You can ask about: T0, T1 or T2.")
    assert talk.hear(OutOfScope(match(KETTLE, 0)))[0].endswith("You can ask about: T3, T4 or T5.")
    assert "You can ask" not in Talk(titles=()).hear(OutOfScope())[0]


def near(score: float) -> OutOfScope:
    """Return a refusal whose nearest passage is about kettles, with this probability."""
    return OutOfScope(replace(match(KETTLE, 0), score=score))


def test_off_topic_names_the_nearest_title_first_and_never_twice() -> None:
    talk = Talk(titles=("T0", "T1", "Kettle care", "T3", "T4"))
    said = [talk.hear(near(0.4))[0].split(": ")[1] for _ in range(2)]
    assert said == ["Kettle care, T0 or T1.", "Kettle care, T3 or T4."]
    alone = Talk(titles=("Kettle care",))
    assert alone.hear(near(0.4))[0].endswith("about: Kettle care.")


@pytest.mark.parametrize("titles", [("T0", "T1", "T2"), ("T0", "T1", "T2", "Kettle care")])
def test_what_is_far_off_or_gone_from_the_list_is_not_called_near(titles: tuple[str, ...]) -> None:
    refusal = near(0.1) if "Kettle care" in titles else near(0.4)
    assert Talk(titles=titles).hear(refusal)[0].endswith("about: T0, T1 or T2.")


def test_an_emergency_offers_no_topic() -> None:
    talk = Talk()
    talk.hear(near(0.4))
    assert "Kettle" not in " ".join(talk.hear(Emergency("chest pain")))


def test_at_most_three_failed_attempts_then_a_way_out_then_silence() -> None:
    talk = Talk()
    said = [talk.hear(None) for _ in range(MOST_ATTEMPTS)]
    assert said == [[prompts.SAY_AGAIN], [prompts.SAY_SHORTER], [prompts.WAY_OUT]]
    assert talk.hear(None) == []
    assert talk.outcome == Control("stop")
    talk.hear(Answer(match(KETTLE, 0)))
    assert talk.hear(None) == [prompts.SAY_AGAIN]


def test_refusals_in_a_row_end_with_a_way_out() -> None:
    talk = Talk()
    said = [talk.hear(OutOfScope())[0] for _ in range(3)]
    assert [prompts.WAY_OUT_REFUSED in s for s in said] == [False, False, True]


def test_a_noise_in_the_reading_resumes_at_the_sentence_but_not_after_stop() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)))
    talk.hear(Answer(match(KETTLE, 1)), until=(1, 200))
    assert talk.hear(None) == ["Rinse the kettle well.", "Boil it once."]
    talk.hear(Answer(match(KETTLE, 1)), until=(1, 200))
    talk.say("stop")
    assert talk.hear(None) == [prompts.SAY_AGAIN]


def test_nothing_understood_while_a_question_is_open_says_how_to_answer() -> None:
    talk = Talk()
    talk.hear(Unsure((match(KETTLE, 1),)))
    assert talk.hear(None) == [prompts.YES_OR_NO]
    assert talk.say("yes")[-1] == "Boil it once."


def test_the_emergency_message_is_fixed_and_names_the_owners_number() -> None:
    assert Talk(number="112").hear(Emergency("i cannot breathe")) == [
        "This may be an emergency. Call 1 1 2 now, or ask someone near you to call. "
        "I cannot call for you, and I cannot give medical advice. Call 1 1 2 now."
    ]
    assert Talk(number="").hear(Emergency("chest pain")) == [
        "This may be an emergency. Call your local emergency number now, or ask someone near you "
        "to call. I cannot call for you, and I cannot give medical advice. "
        "Call your local emergency number now."
    ]
    assert "plus 4 9 3 0" in Talk(number="+49 30").hear(Emergency("x"))[0]


def test_an_emergency_ends_everything_else_and_can_be_repeated() -> None:
    talk = Talk()
    talk.hear(Unsure((match(KETTLE, 1),)))
    said = talk.hear(Emergency("x"))
    assert talk.say("say that again") == said
    assert talk.say("yes") == [prompts.WHAT_NEXT]
    assert "1 1 2" in talk.say("help me")[0]


def test_a_wrong_answer_is_easy_to_reject() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)))
    assert talk.say("that's not what I asked") == [prompts.OTHER_WORDS]
    talk.hear(Answer(match(KETTLE, 0)))
    assert talk.say("no") == [prompts.OTHER_WORDS]


def test_spelling_takes_the_last_unusual_word_or_the_named_one() -> None:
    words = article("Words", [("A", ["Cachexia takes strength.", "It makes people weak."])])
    talk = Talk()
    talk.hear(Answer(match(words, 0)))
    assert talk.say("spell that")[0].startswith("Cachexia: C as in Charlie, A as in Alpha, C as")
    assert talk.say("spell kettle")[0].startswith("kettle: K as in Kilo")
    assert spell("o'Neill")[:22] == "O as in Oscar, apostro"
    assert unusual_word(["Muscle atrophy is the shrinking of a muscle."]) == "atrophy"
    assert unusual_word(["It is so."]) is None


def test_prompts_with_words_that_were_heard_say_so() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)))
    for decision, heard in [
        (Unfinished("my zyzzyva has"), True),
        (Command("spell", (("word", "zyzzyva"),)), True),
        # a word of the article
        (Command("spell"), False),
    ]:
        talk.hear(decision)
        assert talk.reply is not None
        (said,) = talk.reply.utterances
        assert isinstance(said, Prompt)
        assert said.heard is heard
        assert ("zyzzyva" in said.text.casefold()) is heard


def test_a_bookmark_is_set_kept_as_data_and_found_again() -> None:
    talk = Talk()
    assert talk.say("go to my bookmark") == [prompts.NO_BOOKMARK]
    talk.hear(Answer(match(KETTLE, 0)))
    talk.hear(Answer(match(KETTLE, 1)), until=(1, 200))
    assert talk.say("bookmark this")[0].startswith("Bookmark set in the article on kettle care")
    kept = talk.dialogue.remembered()
    assert kept.bookmark is not None
    assert KETTLE.text[kept.bookmark.offset :].startswith("Rinse the kettle")
    later = Talk()
    later.dialogue.restore(kept, {KETTLE.id: KETTLE}.get)
    assert later.say("go to my bookmark")[0] == "Rinse the kettle well."
    assert later.dialogue.remembered().bookmark == kept.bookmark


def test_reading_goes_on_after_a_restart() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)))
    talk.hear(Answer(match(KETTLE, 1)), until=(1, 200))
    later = Talk()
    later.dialogue.restore(talk.dialogue.remembered(), {KETTLE.id: KETTLE}.get)
    said = later.say("continue where I stopped")
    assert said[0] == "Kettle care."
    assert said[1] == "Rinse the kettle well."


def test_what_is_about_an_article_that_is_gone_is_forgotten() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)))
    assert talk.say("bookmark this")
    kept = talk.dialogue.remembered()
    assert [spot.article for spot in kept.answers] == [KETTLE.id]
    later = Talk()
    later.dialogue.restore(kept, lambda _: None)
    assert later.say("go to my bookmark") == [prompts.NO_BOOKMARK]
    assert later.dialogue.remembered() == Remembered()
    assert later.say("continue where I stopped") == [prompts.NOTHING_READ]


def test_goodbye_is_said_before_the_end() -> None:
    quit_ = Talk().control("goodbye")
    assert quit_.action == "quit"
    assert quit_.reply is not None
    assert quit_.reply.utterances == (Prompt(prompts.GOODBYE),)


def test_late_reports_of_older_replies_change_nothing() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)), until=(0, 0))
    old = talk.reply
    talk.hear(Answer(match(KETTLE, 1)))
    assert old is not None
    talk.dialogue.spoken(Spoken(old.turn, 0, Ms(10), False))
    assert talk.say("more") == ["The next section is: How often. Shall I read it?"]


def test_places_in_an_article_and_what_is_not_in_it() -> None:
    reading = Reading(KETTLE)
    assert [reading.place(s) for p in KETTLE.passages for s in p.sentences] == list(range(7))
    assert reading.place(Sentence("ghost", 10_000, 10_005)) == 6
    empty = Reading(article("Empty", [("Nothing", [])]))
    assert empty.line == ()
    assert empty.sections == ()


def test_the_subject_is_what_was_read_last() -> None:
    talk = Talk()
    assert talk.dialogue.context is None
    talk.hear(Answer(match(KETTLE, 0)))
    talk.hear(OutOfScope())
    assert talk.dialogue.context is not None
    assert talk.dialogue.context.subject == KETTLE


ANYTHING = st.one_of(
    st.sampled_from(sorted(HANDLERS)).map(Command),
    st.integers(0, 9).map(lambda n: Command("choose", (("number", str(n)),))),
    st.integers(0, 9).map(lambda n: Command("section", (("number", str(n)),))),
    st.just(Command("spell", (("word", "kettle"),))),
    st.just(Command("no such command")),
    st.none(),
    st.just(Emergency("x")),
    st.just(OutOfScope()),
    st.integers(0, 2).map(lambda n: OutOfScope(match(KETTLE, n), True, "what it costs")),
    st.tuples(st.integers(0, 2), st.integers(1, 3)).map(lambda n: Answer(match(KETTLE, *n))),
    st.just(Answer(match(TEAPOT, 0))),
    st.just(Answer(match(article("Empty", [("Nothing", [])]), 0))),
    st.lists(st.integers(0, 2), min_size=1, max_size=4).map(
        lambda ns: Unsure(tuple(match(KETTLE, n) for n in ns))
    ),
)
CUT = st.none() | st.tuples(st.integers(0, 8), st.sampled_from([0, 400]))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(ANYTHING, CUT), max_size=25))
def test_no_conversation_breaks_alters_a_quotation_or_miscounts_turns(
    turns: list[tuple[Decision | None, tuple[int, int] | None]],
) -> None:
    talk = Talk()
    for number, (decision, cut) in enumerate(turns, 1):
        talk.hear(decision, until=cut)
        if talk.reply is None:
            continue
        assert talk.reply.turn == number
        for said in talk.reply.utterances:
            assert said.text.strip()
            if isinstance(said, Quotation):
                source = {KETTLE.id: KETTLE, TEAPOT.id: TEAPOT}[said.article_id]
                assert source.text[said.sentence.start : said.sentence.end] == said.text
            else:
                assert said.text.endswith((".", "?", "!"))


@pytest.mark.parametrize(
    ("today", "years", "ends"),
    [
        (date(2030, 3, 1), 5, "dated March 2, 2025."),
        (date(2030, 3, 2), 5, "It is more than 5 years old, so its advice may have changed."),
        (date(2026, 4, 1), 1, "It is more than a year old, so its advice may have changed."),
        (None, 1, "dated March 2, 2025."),
    ],
)
def test_an_old_article_says_so(today: date | None, years: int, ends: str) -> None:
    assert prompts.said_by(KETTLE, today, years).endswith(ends)


def test_the_topics_begin_with_a_question_about_what_was_read() -> None:
    talk = Talk()
    assert talk.say("what can I ask")[0].startswith("You can ask about: Kettle care")
    muscles = next(a for a in shipped_articles() if a.id == "muscle-atrophy")
    talk.hear(Answer(match(muscles, 0)))
    (said,) = talk.say("what can I ask")
    assert said.startswith("You can ask, for example: what ")
    assert "?" in said.split("You can ask about: Kettle care")[0]


def test_the_owner_sets_from_which_age_an_article_is_called_old() -> None:

    from intents.library import shipped_articles
    from intents.types import Answer, Command, Match, Reply, Source

    first = shipped_articles()[0]
    article = replace(first, source=Source(name="A leaflet", date="2001-01-01"))
    passage = article.passages[0]
    match = Match(article, passage, passage.sentences[:1], 0.9, 0.5)

    def said(years: int) -> str:
        talk = Dialogue(old_after_years=years, today=lambda: date(2030, 3, 2))
        talk.heard(Answer(match))
        reply = talk.heard(Command("source"))
        assert isinstance(reply, Reply)
        return " ".join(u.text for u in reply.utterances)

    assert "10 years" in said(10) or "ten years" in said(10)
    assert "years" not in said(100)


def test_answers_beyond_those_kept_are_let_go() -> None:
    talk = Talk()
    for turn in range(2 * MOST_ANSWERS):
        talk.hear(Answer(match(KETTLE, turn % 3)))
    # in memory too: every answer is copied with the conversation when a reply is rendered ahead
    assert len(talk.dialogue._now.answers) == MOST_ANSWERS
    assert len(talk.dialogue.remembered().answers) == MOST_ANSWERS

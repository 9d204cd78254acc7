"""Readback's own sentences: everything it says that no article says, in short clear words."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from intents.age import OLD_YEARS, is_old
from intents.numerals import cardinal
from intents.questions import questions
from intents.types import Article, Match, Source

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_QUESTION = re.compile(
    r"^(?:what|why|how|who|when|where|which|can|could|do|does|did|is|are|am|should|will|"
    r"would|may|must)\b",
    re.IGNORECASE,
)

SAY_AGAIN = "Sorry, I did not understand. Please say it again."
SAY_SHORTER = "I still did not understand. Please ask a short question, a little slower."
WAY_OUT = "I cannot make it out. Say help for what I can do, or ask again later."
WAY_OUT_REFUSED = "Say what can I ask to hear all the topics, or goodbye to end."
YES_OR_NO = "Please say yes or no."
OTHER_WORDS = "Sorry. Please ask again in other words."
ALL_RIGHT = "All right."
WHAT_NEXT = "What would you like to know?"
NOTHING_READ = "I have not read anything yet. What would you like to know?"
NOTHING_TO_CHOOSE = "There is nothing to choose from. What would you like to know?"
NO_BOOKMARK = "There is no bookmark yet. Say bookmark this while I read."
NO_SUCH_SECTION = "There is no such section. Say list the sections to hear them."
START_OF_ARTICLE = "This is the start of the article."
HELLO = "Hello. What would you like to know?"
WELCOME = "You are welcome."
GOODBYE = "Goodbye."
GOOD_NIGHT = "Good night."
NO_TIMER = "There is no sleep timer."
TIMER_OFF = "The sleep timer is off."
CHANGES = {"faster": "Faster.", "slower": "Slower.", "louder": "Louder.", "quieter": "Quieter."}
EMPTY_LIBRARY = "There are no articles in the library yet."
# in the place of a sentence that the voice failed to render
UNSAYABLE = "A sentence is missing here, because I cannot say it."


def emergency(number: str) -> str:
    """Return the message of an emergency, with the owner's number digit by digit.

    Fixed, and tested word for word: the number comes first and last, and nothing is promised.
    """
    call = f"Call {_digits(number)}" if number.strip() else "Call your local emergency number"
    return (
        f"This may be an emergency. {call} now, or ask someone near you to call. "
        f"I cannot call for you, and I cannot give medical advice. {call} now."
    )


def help_message(number: str) -> str:
    """Return what Readback can do, in four sentences."""
    call = _digits(number) if number.strip() else "your local emergency number"
    return (
        "Ask me a question, and I read you the answer from my articles. "
        "While I read you can say stop, repeat, slower, more, or next section. "
        "Say what can I ask to hear the topics. "
        f"I cannot call for help: in an emergency, call {call}."
    )


def to_wake(phrase: str) -> str:
    """Return how to open the ear again; "" for a phrase that the listener uses anyway."""
    return f"Say {phrase} when you want me again." if phrase else ""


def timer_set(seconds: int) -> str:
    """Return the confirmation of a sleep timer."""
    return f"I will stop in {duration(seconds)}."


def timer_left(seconds: int) -> str:
    """Return how much of the sleep timer is left."""
    return f"I will stop in about {duration(seconds)}."


def duration(seconds: int) -> str:
    """Return a time in words: "twenty minutes", "an hour and a half", "two hours"."""
    minutes = max(1, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    if minutes == 1:
        return "one minute"
    if not hours:
        return f"{cardinal(minutes)} minutes"
    whole = "an hour" if hours == 1 else f"{cardinal(hours)} hours"
    if not rest:
        return whole
    return f"{whole} and {'a half' if rest == 30 else duration(60 * rest)}"


def named(text: str, evidence: str = "") -> str:
    """Return a title or heading as it stands inside a sentence.

    Words lose their capital, except names: those that `evidence`, the article's text, writes with
    one inside a sentence. Without evidence nothing changes.
    """
    name = text.strip().rstrip(".:; ")
    return " ".join(_small(word, evidence) for word in name.split())


def title(article: Article) -> str:
    """Return the article's title inside a sentence."""
    return named(article.title, article.text)


def about(match: Match, *, in_article: bool = True) -> str:
    """Return what the match's passage is about: "something about disuse atrophy"."""
    heading = match.passage.heading.strip()
    if heading.endswith("?"):
        return f"an answer to: {heading}"
    return f"something about {topic(match, in_article=in_article)}"


def topic(match: Match, *, in_article: bool = True) -> str:
    """Return the match's heading inside a sentence, with its article where it needs one."""
    article = match.article
    heading = match.passage.heading.strip()
    if not heading or heading.casefold() == article.title.casefold():
        return title(article)
    name = heading if _QUESTION.match(heading) else heading.split(": ")[0]
    said = named(name, article.text)
    own = _words(heading) & _words(" ".join((article.title, *article.synonyms)))
    return said if own or not in_article else f"{said}, in the article on {title(article)}"


def shall_i(match: Match) -> str:
    """Return the question back about one match."""
    return f"I have {about(match)}{_space(match)}Shall I read it?"


def distinct(first: Match, second: Match) -> bool:
    """Tell whether two matches can be told apart by their names."""
    return _names(first, second)[0] != _names(first, second)[1]


def which(first: Match, second: Match) -> str:
    """Return the question back about two."""
    one, other = _names(first, second)
    return f"Do you mean {one}, or {other}?"


def first_or_second(first: Match, second: Match) -> str:
    """Return the question after an unclear yes."""
    one, other = _names(first, second)
    return f"The first: {one}. The second: {other}. Which one?"


def no_such_choice(count: int) -> str:
    """Return what to say to "the third one" when there are fewer."""
    return f"Please say {join(_ORDINALS[:count], 'or')}, or neither."


def not_covered(match: Match, missing: str) -> str:
    """Return the no for a topic that the library has, but not what was asked of it.

    Only where `missing` is known, it is certain that the article does not say it.
    """
    what = missing.strip().rstrip(".?")
    subject = f"article on {title(match.article)}"
    if what:
        return f"The {subject} does not say {what}."
    return f"I did not find that in the {subject}."


def does_have(match: Match, missing: str) -> str:
    """Return the offer after `not_covered`."""
    verb = "does have" if missing else "has"
    return f"It {verb} {about(match, in_article=False)}{_space(match)}Shall I read it?"


def out_of_scope(titles: Sequence[str]) -> str:
    """Return the no for what the library does not know, with what it does."""
    if not titles:
        return "My articles do not say anything about that."
    return f"My articles do not say anything about that. {you_can_ask(titles)}"


def ask_about(name: str) -> str:
    """Return the answer to a title chosen from the list."""
    return f"Ask me a question about {_bare(named(name))}."


def you_can_ask(titles: Sequence[str]) -> str:
    """Return "You can ask about ..."."""
    return f"You can ask about: {join([named(t) for t in titles], 'or')}."


def topics(titles: Sequence[str], left: int) -> str:
    """Return a piece of the list of titles, and how to hear the rest."""
    more = f" There are {left} more. Say more to hear them." if left else ""
    return you_can_ask(titles) + more


def example(article: Article) -> str:
    """Return a question that the article answers, as an offer; "" when it answers none."""
    asked = questions(article)
    if not asked:
        return ""
    first, _, rest = asked[0].partition(" ")
    # an abbreviation at the front keeps its capitals
    question = f"{first.lower() if first.istitle() else first} {rest}".strip()
    return f"You can ask, for example: {question}"


def sections(article: Article, headings: Sequence[tuple[int, str]], count: int) -> str:
    """Return a piece of the list of sections; `headings` are (number from 1, heading)."""
    intro = ""
    if headings and headings[0][0] == 1:
        many = "1 section" if count == 1 else f"{count} sections"
        intro = f"The article on {title(article)} has {many}. "
    listed = " ".join(ended(f"{number}: {heading}") for number, heading in headings)
    more = " Say more to hear the others." if headings and headings[-1][0] < count else ""
    return intro + listed + more


def next_section(heading: str) -> str:
    """Return the offer of the section that follows."""
    return f"The next section is: {ended(heading)} Shall I read it?"


def end_of(article: Article) -> str:
    """Return what to say when nothing follows."""
    return f"That is the end of the article on {title(article)}."


def where(article: Article, heading: str, section: tuple[int, int], sentence: int) -> str:
    """Return the place: `section` is (number from 1, count), `sentence` counts from 1 in it."""
    number, count = section
    return (
        f"In the article on {title(article)}, section {number} of {count}: {ended(heading)} "
        f"Sentence {sentence}."
    )


def said_by(
    article: Article, today: datetime.date | None = None, old_after_years: int = OLD_YEARS
) -> str:
    """Return the title, author, date and sources of what was read, as far as they are known.

    An article that on `today` is at least `old_after_years` old says so; without `today` none does.
    """
    source = article.source
    known = [f"That is from the article {named(article.title)}"]
    known += [f"by {_small_article(source.author)}"] if source.author else []
    known += [f"dated {date(source.date)}"] if source.date else []
    parts = [", ".join(known) + "."]
    if source.name:
        parts.append(f"Its source: {ended(source.name)}")
    elif not _has_facts(source):
        parts.append("It does not say who wrote it.")
    if today and is_old(source.date, today, old_after_years):
        years = "a year" if old_after_years == 1 else f"{old_after_years} years"
        parts.append(f"It is more than {years} old, so its advice may have changed.")
    return " ".join(parts)


def date(iso: str) -> str:
    """Return an ISO date as it is said: "November 23, 2026"; other text stays as it is."""
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T.*)?", iso.strip())
    if not found or (found[2] and not 1 <= int(found[2]) <= 12):
        return iso.strip()
    month = _MONTHS[int(found[2]) - 1] if found[2] else ""
    if found[3]:
        return f"{month} {int(found[3])}, {found[1]}"
    return f"{month} {found[1]}".strip()


def bookmarked(article: Article, heading: str) -> str:
    """Return the confirmation of a bookmark."""
    return f"Bookmark set in the article on {title(article)}: {ended(heading)}"


def ended(text: str) -> str:
    """Return `text` with the period that a voice needs to stop."""
    bare = text.strip()
    return bare if bare.endswith((".", "?", "!")) else bare.rstrip(":;,") + "."


def join(names: Sequence[str], last: str = "and") -> str:
    """Return "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def _digits(number: str) -> str:
    """Return a telephone number with its digits apart, so that no voice reads a quantity."""
    return " ".join("plus" if c == "+" else c for c in number if c.isdigit() or c == "+") or (
        number.strip()
    )


def _small(word: str, evidence: str) -> str:
    if not word[:1].isupper() or any(c.isupper() for c in word[1:]) or len(word.strip(",")) < 2:
        return word
    name = re.search(rf"[a-z,] {re.escape(word.strip(',:'))}(?!\w)", evidence)
    return word if name or not evidence else word[0].lower() + word[1:]


def _small_article(author: str) -> str:
    return "the " + author[4:] if author.startswith("The ") else author


def _words(text: str) -> set[str]:
    return {w for w in re.findall(r"\w+", text.casefold()) if len(w) > 3}


def _names(first: Match, second: Match) -> tuple[str, str]:
    """Return what to call two matches: by section, else by article."""
    one, other = _bare(topic(first)), _bare(topic(second))
    if one != other:
        return one, other
    return _bare(title(first.article)), _bare(title(second.article))


def _bare(name: str) -> str:
    return name.rstrip("?!. ")


def _space(match: Match) -> str:
    return " " if match.passage.heading.strip().endswith("?") else ". "


def _has_facts(source: Source) -> bool:
    return bool(source.name or source.author or source.date)

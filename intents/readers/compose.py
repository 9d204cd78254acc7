"""A cleaned row of blocks -> the Article: stored text, passages, sentences with their offsets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from intents.readers.boilerplate import clean
from intents.readers.draft import (
    Block,
    Draft,
    Dropped,
    Heading,
    Listing,
    Paragraph,
    Silent,
    Table,
    block_text,
    squeeze,
)
from intents.readers.errors import ReadError
from intents.readers.facts import fact_line, merge
from intents.readers.guard import MAX_TEXT
from intents.readers.synonyms import find_synonyms
from intents.text import slug, split_sentences
from intents.types import Article, ArticleId, Passage, PassageKind, Sentence, Source

# A passage reads best as an answer at 2-6 sentences: shorter neighbors under one heading are joined
# up to JOIN, longer paragraphs stay whole up to MOST and are then cut evenly.
JOIN = 4
MOST = 12
# a list longer than this is cut: nobody follows more spoken items in one go
MOST_ITEMS = 20
MAX_SYNONYMS = 40
# bylines stand near the title; deeper "by" lines belong to the text
FACT_BLOCKS = 8
FAQ_HEADING = re.compile(
    r"(?:.{0,40}\b)?(?:frequently asked questions|common questions|faqs?)\b.{0,40}|"
    r"questions (?:and|&) answers|q ?& ?a|people also ask",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of one file: the article, and what was left out with the reason."""

    article: Article
    dropped: tuple[Dropped, ...] = ()


@dataclass(slots=True)
class _Unit:
    """Sentences (as texts with the glue before each) that belong together under one heading."""

    heading: str
    kind: PassageKind
    # (separator before it, the block's text, offsets of its sentences)
    pieces: list[tuple[str, str, list[tuple[int, int]]]] = field(default_factory=list)
    # stored but never spoken
    silent: bool = False

    @property
    def size(self) -> int:
        """Number of sentences."""
        return sum(len(spans) for _, _, spans in self.pieces)


@dataclass(slots=True)
class _Section:
    heading: str
    question: bool
    units: list[_Unit] = field(default_factory=list)

    def last(self) -> _Unit | None:
        """Return the spoken unit that what follows may be joined to."""
        return self.units[-1] if self.units and not self.units[-1].silent else None


def row_text(header: Sequence[str], row: Sequence[str]) -> str:
    """Return one table row as a line that makes sense by itself: "Dose: 5 mg; Interval: daily"."""
    cells = []
    for index, cell in enumerate(row):
        name = header[index].rstrip(":") if index < len(header) else ""
        if cell:
            cells.append(f"{name}: {cell}" if name and name != cell else cell)
    return "; ".join(cells)


def _items(block: Listing | Table) -> list[tuple[str, str, list[tuple[int, int]]]]:
    if isinstance(block, Table):
        texts = [row_text(block.header, row) for row in block.rows]
    else:
        texts = list(block.items)
    pieces: list[tuple[str, str, list[tuple[int, int]]]] = []
    for index, text in enumerate(t for t in texts if t.strip()):
        mark = f"\n{index + 1}. " if isinstance(block, Listing) and block.ordered else "\n- "
        pieces.append((mark, text, split_sentences(text)))
    return pieces


def _open_for_list(unit: _Unit | None, most: int) -> bool:
    """Tell whether a list belongs to the unit before it: after a colon, or after short prose."""
    if unit is None or unit.kind != "prose":
        return False
    _, text, spans = unit.pieces[-1]
    return text.endswith(":") or len(spans) <= most


def _add_list(section: _Section, block: Listing | Table) -> None:
    kind: PassageKind = "table" if isinstance(block, Table) else "list"
    pieces = _items(block)
    last = section.last()
    if last is not None and pieces and _open_for_list(last, 1 if kind == "table" else 2):
        intro = last.pieces[-1]
        if len(last.pieces) > 1 and last.size > JOIN:
            last.pieces.pop()
            section.units.append(_Unit(section.heading, kind, [intro]))
        last = section.units[-1]
        last.kind = kind
        last.pieces += pieces[:MOST_ITEMS]
        pieces = pieces[MOST_ITEMS:]
    for start in range(0, len(pieces), MOST_ITEMS):
        section.units.append(_Unit(section.heading, kind, pieces[start : start + MOST_ITEMS]))


def _add_prose(section: _Section, text: str) -> None:
    spans = split_sentences(text)
    last = section.last()
    if last and last.kind == "prose" and not last.pieces[-1][1].endswith(":"):
        small = last.size == 1 or len(spans) == 1 or section.question
        if small and last.size + len(spans) <= (MOST if section.question else JOIN + 1):
            last.pieces.append(("\n\n", text, spans))
            return
    share = -(-len(spans) // MOST)
    step = -(-len(spans) // share) if share else 1
    for start in range(0, len(spans), step):
        part = spans[start : start + step]
        base = part[0][0]
        piece = ("\n\n", text[base : part[-1][1]], [(a - base, b - base) for a, b in part])
        section.units.append(_Unit(section.heading, "prose", [piece]))


def _sections(title: str, blocks: Iterable[Block]) -> list[_Section]:
    sections = [_Section(title, question=False)]
    faq_level = 0
    for block in blocks:
        if isinstance(block, Heading):
            if faq_level and block.level <= faq_level and not block.question:
                faq_level = 0
            if FAQ_HEADING.fullmatch(block.text):
                faq_level = block.level
            asked = block.question or bool(faq_level and block.text.rstrip().endswith("?"))
            sections.append(_Section(block.text, asked))
        elif isinstance(block, Paragraph):
            _add_prose(sections[-1], block.text)
        elif isinstance(block, Silent):
            sections[-1].units.append(_Unit("", "prose", [("\n\n", block.text, [])], silent=True))
        else:
            _add_list(sections[-1], block)
    return sections


def _answer(section: _Section) -> None:
    """Make the answer of a question one passage, as long as it can be listened to."""
    spoken = [unit for unit in section.units if not unit.silent]
    if section.question and spoken:
        first, *rest = spoken
        while rest and first.size + rest[0].size <= MOST + MOST_ITEMS:
            first.pieces += rest.pop(0).pieces
        for unit in (first, *rest):
            unit.kind = "faq"
        section.units[:] = [first, *rest]


class _Writer:
    """Writes the stored text and remembers where each sentence went."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0

    def put(self, text: str) -> int:
        """Append `text`; return the offset at which it starts."""
        at = self.length
        self.parts.append(text)
        self.length += len(text)
        return at

    def unit(self, unit: _Unit) -> tuple[Sentence, ...]:
        """Write one unit; return its sentences."""
        found: list[Sentence] = []
        for index, (glue, text, spans) in enumerate(unit.pieces):
            self.put("\n" + glue if index == 0 and glue != "\n\n" else glue)
            at = self.put(text)
            found += [Sentence(text[a:b], at + a, at + b) for a, b in spans]
        return tuple(found)


def _write(title: str, sections: Sequence[_Section]) -> tuple[str, tuple[Passage, ...]]:
    writer = _Writer()
    writer.put(title)
    passages: list[Passage] = []
    for index, section in enumerate(sections):
        if index:
            writer.put("\n\n" + section.heading)
        for unit in section.units:
            sentences = writer.unit(unit)
            if sentences:
                passages.append(Passage(unit.heading, sentences, len(passages), unit.kind))
    return "".join(writer.parts), tuple(passages)


def _title(draft: Draft, fallback: str) -> tuple[str, list[Block]]:
    """Return the title and the blocks without the heading that only repeats it."""
    blocks = list(draft.blocks)
    title = squeeze(draft.title)
    if not title:
        first = next((b for b in blocks if isinstance(b, Heading)), None)
        title = first.text if first and first.level == 1 else squeeze(fallback)
    same = slug(title)
    return title, [
        b for b in blocks if not (isinstance(b, Heading) and b.level == 1 and slug(b.text) == same)
    ]


def _facts(blocks: list[Block], source: Source) -> tuple[list[Block], Source, list[Dropped]]:
    """Take byline, date and address lines near the top out of the text; they fill the source."""
    kept: list[Block] = []
    dropped: list[Dropped] = []
    for number, block in enumerate(blocks):
        near_top = number < FACT_BLOCKS and isinstance(block, Paragraph | Heading)
        fact = (
            fact_line(block.text) if near_top and isinstance(block, Paragraph | Heading) else None
        )
        if fact is None:
            kept.append(block)
            continue
        source = merge(source, fact)
        dropped.append(Dropped(block_text(block), "source fact, kept as such"))
    return kept, source, dropped


def compose(draft: Draft, name: str, fallback: str) -> Reading:
    """Clean a draft and build its Article; `fallback` is the title when it has none.

    Raises ReadError when nothing readable is left.
    """
    size = sum(len(block_text(block)) for block in draft.blocks)
    if size > MAX_TEXT:
        raise ReadError(
            f"{name!r} holds {size} characters of text, the limit is {MAX_TEXT}; split it"
        )
    title, blocks = _title(draft, fallback)
    blocks, source, facts = _facts(blocks, draft.source)
    kept, dropped = clean(blocks)
    dropped = [*facts, *dropped]
    sections = _sections(title, kept)
    for section in sections:
        _answer(section)
    text, passages = _write(title, sections)
    if not passages:
        raise ReadError(
            f"{name!r} has no readable text: nothing was left after {len(dropped)} pieces "
            f"that are "
            "not part of an article; open it and check that it holds an article"
        )
    names = (*draft.also_called, *find_synonyms(title, passages))
    article = Article(
        id=ArticleId(slug(title) or "article"),
        title=title,
        text=text,
        passages=passages,
        synonyms=_unique(names, title)[:MAX_SYNONYMS],
        source=source,
    )
    return Reading(article, (*draft.dropped, *dropped))


def _unique(names: Iterable[str], title: str, key: Callable[[str], str] = slug) -> tuple[str, ...]:
    seen = {key(title)}
    kept: list[str] = []
    for name in names:
        if key(name) and key(name) not in seen:
            seen.add(key(name))
            kept.append(squeeze(name))
    return tuple(kept)

"""A saved web page -> Draft."""

from __future__ import annotations

from dataclasses import replace

from intents.readers.draft import Block, Draft, Heading, Paragraph, block_text
from intents.readers.facts import merge
from intents.readers.html_blocks import Walk
from intents.readers.html_body import find_article, number
from intents.readers.html_facts import page_facts, saved_from
from intents.readers.html_tree import parse, strip_unseen
from intents.text import normalize, slug, words
from intents.types import Source


def _with_pairs(blocks: list[Block], pairs: tuple[tuple[str, str], ...]) -> list[Block]:
    """Mark the questions that the page declares as FAQ; append the pairs it does not show."""
    asked = {slug(question): (question, answer) for question, answer in pairs}
    marked: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading) and slug(block.text) in asked:
            asked.pop(slug(block.text))
            marked.append(replace(block, question=True))
        else:
            marked.append(block)
    said = normalize(" ".join(map(block_text, blocks)))
    missing = [(q, a) for q, a in asked.values() if " ".join(words(a)[:12]) not in said]
    if missing:
        marked.append(Heading("Frequently asked questions", 2))
    for question, answer in missing:
        marked += [Heading(question, 3, question=True), Paragraph(answer)]
    return marked


def read_html(data: bytes, name: str) -> Draft:
    """Read a page: the article without the site around it, FAQ pairs, source facts. ReadError."""
    root = parse(data, name)
    facts = page_facts(root)
    strip_unseen(root)
    holder, kept = find_article(root)
    blocks = Walk(lambda element: number(element) in kept).run(holder)
    saved = Source(url=saved_from(data[:2048].decode("ascii", "ignore")))
    return Draft(
        blocks=tuple(_with_pairs(blocks, facts.pairs)),
        title=facts.title,
        source=merge(facts.source, saved),
    )

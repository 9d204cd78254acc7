"""A result as one JSON object, for programs. The keys are a promise: add, never rename."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from intents.types import (
    Answer,
    Article,
    Command,
    Decision,
    Emergency,
    Match,
    OutOfScope,
    Quotation,
    Unfinished,
    Unsure,
    Utterance,
)
from voice.asking import Asked

NAMES: dict[type, str] = {
    Answer: "answer",
    Unsure: "unsure",
    OutOfScope: "out_of_scope",
    Command: "command",
    Emergency: "emergency",
    Unfinished: "unfinished",
}


def as_json(asked: Asked) -> dict[str, Any]:
    """Return the result with the keys that README.md lists; None where a key does not apply."""
    match = best(asked.decision)
    return {
        "transcript": asked.hypotheses[0].text,
        "hypotheses": [
            {"text": h.text, "confidence": round(h.confidence, 4), "ear": h.ear}
            for h in asked.hypotheses
        ],
        "decision": NAMES[type(asked.decision)],
        "article": _article(match.article) if match else None,
        "passage": _passage(match) if match else None,
        "sentences": _quoted(asked.utterances),
        "reply": " ".join(utterance.text for utterance in asked.utterances),
        "command": _command(asked.decision),
        "timings": {
            "load_ms": asked.timings.load_ms,
            "recognize_ms": asked.timings.recognize_ms,
            "decide_ms": asked.timings.decide_ms,
            "first_sample_ms": asked.timings.first_sample_ms,
        },
    }


def best(decision: Decision) -> Match | None:
    """Return the match that the decision is about, if it is about one."""
    match decision:
        case Answer(found):
            return found
        case Unsure(matches):
            return matches[0]
        case OutOfScope(nearest):
            return nearest
    return None


def _article(article: Article) -> dict[str, str]:
    source = article.source
    return {
        "id": article.id,
        "title": article.title,
        "source": source.name,
        "url": source.url,
        "date": source.date,
    }


def _passage(match: Match) -> dict[str, Any]:
    return {
        "heading": match.passage.heading,
        "position": match.passage.position,
        "score": round(match.score, 4),
        "margin": round(match.margin, 4),
    }


def _quoted(utterances: Sequence[Utterance]) -> list[dict[str, Any]]:
    return [
        {
            "article": said.article_id,
            "text": said.sentence.text,
            "start": said.sentence.start,
            "end": said.sentence.end,
        }
        for said in utterances
        if isinstance(said, Quotation)
    ]


def _command(decision: Decision) -> dict[str, Any] | None:
    if not isinstance(decision, Command):
        return None
    return {"name": decision.name, "slots": dict(decision.slots)}

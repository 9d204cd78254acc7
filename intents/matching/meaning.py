"""Comparing a question's vector with those of passages, sentences, labels and words."""

from __future__ import annotations

import numpy as np

from intents.matching.ragged import Ints, gather
from intents.matching.rows import Floats, Meaning

# squared, what must be left of a sentence or a question once the topic is taken out: of "what is
# muscle atrophy" next to nothing is, and its cosine with anything is chance. Paraphrase top-1 0.890
# with none, 0.903 at 0.2, 0.911 at 0.3; our own 680 questions are decided the same at 0.2
_LEFT = 0.2


def near(meaning: Meaning, vector: Floats, count: int) -> set[int]:
    """Return the units nearest by passage and by label."""
    labels = meaning.labels.closest(vector, count)
    owners = np.searchsorted(meaning.labels.bounds, labels, side="right") - 1
    return {*meaning.passages.closest(vector, count).tolist(), *owners.tolist()}


def compare(meaning: Meaning, vector: Floats, chosen: Ints) -> Floats:
    """Return sentence, passage, label, topic, beyond and stand of each unit, shape (units, 6)."""
    rows, starts = gather(meaning.sentences.bounds, chosen)
    sentences = meaning.sentences.take(rows)
    cosines = sentences @ vector
    label_rows, label_starts = gather(meaning.labels.bounds, chosen)
    topic_rows, topic_starts = gather(meaning.topics.bounds, chosen)
    names = meaning.topics.take(topic_rows)
    owners = np.repeat(np.arange(len(chosen)), np.diff(np.append(starts, len(rows))))
    sentence = np.maximum.reduceat(cosines, starts)
    usual = np.add.reduceat(cosines, starts) / np.diff(np.append(starts, len(rows)))
    columns = (
        sentence,
        meaning.passages.take(chosen) @ vector,
        np.maximum.reduceat(meaning.labels.take(label_rows) @ vector, label_starts),
        np.maximum.reduceat(names @ vector, topic_starts),
        np.maximum.reduceat(_beyond(sentences, vector, names[topic_starts][owners]), starts),
        sentence - usual,
    )
    return np.stack(columns, axis=1).astype(np.float32)


def _beyond(sentences: Floats, vector: Floats, topics: Floats) -> Floats:
    """Return cosines of sentences and question with each sentence's topic projected out of both.

    The less is left beside the topic, the less it counts (_LEFT).
    """
    along = np.einsum("ij,ij->i", sentences, topics)
    asked = topics @ vector
    dot = sentences @ vector - along * asked
    norm = np.sqrt(np.maximum(1 - along**2, _LEFT) * np.maximum(1 - asked**2, _LEFT))
    return np.asarray(dot / norm, dtype=np.float32)


def nearest_words(meaning: Meaning, words: Floats, chosen: Ints) -> Floats:
    """Return for each unit and word the cosine of the unit's nearest word, (units, words)."""
    table = meaning.words
    places, starts = gather(table.numbers.bounds, chosen)
    used = table.numbers.values[places]
    if table.ready is not None:
        # one product with every word of a small library is faster than picking out those needed
        cosines, inverse = table.ready @ words.T, used
    else:
        distinct, inverse = np.unique(used, return_inverse=True)
        cosines = table.at(distinct) @ words.T
    return np.asarray(np.maximum.reduceat(cosines[inverse], starts, axis=0), dtype=np.float32)


def doubt(meaning: Meaning, vector: Floats, parts: Floats, unit: int) -> float:
    """Return how much nearer a unit comes to the question with one word left out, at most.

    `parts` has the vectors of the question without each of its words. The bare "does vinegar kill
    mold" is farther from a passage on bleach than "does kill mold". Cross-validated area under the
    curve of the answer's probability: 0.793 -> 0.823 on MedQuAD's documents.
    """
    low, high = meaning.sentences.bounds[unit : unit + 2]
    sentences = meaning.sentences.take(np.arange(low, high))
    return float((sentences @ parts.T).max() - (sentences @ vector).max())

"""Web pages."""

import pytest

from bench.seeds import HTML
from intents.readers import ReadError, Reading, read_data
from intents.types import Article, Passage


def reading(html: str) -> Reading:
    return read_data(html.encode(), "page.html")


def article(html: str) -> Article:
    return reading(html).article


def spoken(found: Article) -> str:
    return " ".join(p.text for p in found.passages)


def by_heading(found: Article, heading: str) -> Passage:
    return next(p for p in found.passages if p.heading == heading)


PARAGRAPH = (
    "<p>Low back pain is very common, and most people have it at some time in their lives. It "
    "often comes from a strained muscle, and it mostly goes away by itself in a few weeks.</p>"
)


def page(body: str, head: str = "") -> str:
    return f"<html><head><title>Back pain</title>{head}</head><body>{body}</body></html>"


def test_the_site_around_the_article_is_left_out() -> None:
    found = article(HTML)
    for alien in ("Home", "cookies", "Accept", "Photo", "helpful", "Back pain", "rights", "never"):
        assert alien not in spoken(found)


def test_facts_of_the_page() -> None:
    found = article(HTML)
    assert found.title == "Leg cramps"
    assert found.source.name == "Example Health"
    assert found.source.author == "Ann Lee"
    assert found.source.url == "https://example.org/cramps"
    assert found.source.date == "2024-05-01"


def test_lists_tables_definitions_and_accordions_are_read() -> None:
    found = article(HTML)
    causes = by_heading(found, "What causes leg cramps?")
    assert [s.text for s in causes.sentences][-2:] == ["too little water", "long sitting"]
    assert "Age: Child; Dose: 2 mg" in spoken(found)
    assert "Spasm: A sudden tightening of a muscle." in spoken(found)
    asked = by_heading(found, "Are leg cramps dangerous?")
    assert asked.kind == "faq"
    assert asked.sentences[0].text == "No, they are not."


def test_questions_that_only_the_metadata_answers_are_added() -> None:
    asked = by_heading(article(HTML), "Can children get leg cramps?")
    assert (asked.kind, asked.text) == ("faq", "Yes, children can get them after sport.")


def test_a_declared_question_that_the_page_shows_is_not_doubled() -> None:
    ld = (
        '<script type="application/ld+json">{"@type":"FAQPage","mainEntity":{"@type":"Question",'
        '"name":"Does it pass?","acceptedAnswer":{"@type":"Answer","text":"It mostly goes away '
        'by itself in a few weeks without help."}}}</script>'
    )
    shown = (
        "<h3>Does it pass?</h3><p>It mostly goes away by itself in a few weeks without help.</p>"
    )
    found = article(page(f"<article><h1>Back pain</h1>{PARAGRAPH * 3}{shown}</article>", ld))
    asked = [p for p in found.passages if p.heading == "Does it pass?"]
    assert [p.kind for p in asked] == ["faq"]


def test_note_marks_and_captions_are_not_spoken() -> None:
    found = article(HTML)
    assert "behind.1" not in spoken(found)
    assert "A man holds his calf" not in spoken(found)


def test_hidden_text_scripts_and_forms_are_not_there() -> None:
    body = (
        f"<article><h1>Back pain</h1>{PARAGRAPH * 3}<p style='display:none'>Buy now, hidden.</p>"
        "<p hidden>Secret words here.</p><form><p>Sign up for our list of friends today.</p></form>"
        "<script>document.write('evil')</script><div aria-hidden='true'>Icon words</div></article>"
    )
    found = article(page(body))
    for alien in ("Buy now", "Secret", "Sign up", "evil", "Icon"):
        assert alien not in found.text


def test_a_short_page_somebody_wrote_is_read_whole() -> None:
    body = "<h1>Fridge</h1><p>Keep it cold.</p><ul><li>Milk: 4 days</li><li>Eggs: weeks</li></ul>"
    found = article(page(body).replace("Back pain", "Fridge"))
    assert [s.text for s in found.passages[0].sentences] == [
        "Keep it cold.", "Milk: 4 days", "Eggs: weeks",
    ]  # fmt: skip


def test_places_where_a_word_may_be_broken_do_not_break_it() -> None:
    body = "<h2>Mus&shy;cle pain</h2><p>A strained mus&shy;cle heals by it&#8203;self.</p>"
    found = article(page(PARAGRAPH + body))
    assert by_heading(found, "Muscle pain").text == "A strained muscle heals by itself."


def test_line_breaks_end_paragraphs_only_in_pairs() -> None:
    body = f"<div>{PARAGRAPH * 2}One line<br>goes on here.<br><br>Another paragraph is here.</div>"
    found = article(page(body))
    assert "One line goes on here." in spoken(found)
    assert "Another paragraph is here." in spoken(found)


def test_cells_over_rows_are_repeated() -> None:
    rows = (
        "<table><thead><tr><th>Age</th><th>Time</th><th>Dose</th></tr></thead><tbody>"
        "<tr><td rowspan=2>Adult</td><td>Day</td><td>5 mg</td></tr><tr><td>Night</td><td>2 mg</td>"
        "</tr></tbody></table>"
    )
    found = article(page(f"<article>{PARAGRAPH * 3}{rows}</article>"))
    assert "Age: Adult; Time: Night; Dose: 2 mg" in spoken(found)


def test_hostile_spans_stay_small() -> None:
    rows = "<tr><td colspan=100000 rowspan=100000>x</td><td>y</td></tr>" * 3
    found = article(page(f"<article>{PARAGRAPH * 3}<table>{rows}</table></article>"))
    assert len(found.text) < 20_000


def test_a_saved_page_keeps_its_address() -> None:
    html = page(f"<article>{PARAGRAPH * 3}</article>")
    saved = f"<!-- saved from url=(0030)https://example.org/back -->\n{html}"
    assert article(saved).source.url == "https://example.org/back"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings(encoding: str) -> None:
    meta = f'<meta charset="{encoding}">' if "16" not in encoding else ""
    html = page(
        f"<article>{PARAGRAPH * 3}<p>Café crème brûlée is for everyone.</p></article>", meta
    )
    found = read_data(html.encode(encoding), "page.html").article
    assert "Café crème brûlée" in found.text


def test_a_wrong_declared_encoding_does_not_break_reading() -> None:
    html = page(f"<article>{PARAGRAPH * 3}</article>", '<meta charset="no-such-code">')
    assert "common" in read_data(html.encode() + b"\xff\xfe", "page.html").article.text


def test_right_to_left_text_keeps_its_order() -> None:
    words = (
        "ألم الظهر شائع جدا بين الناس، ويزول عادة من تلقاء نفسه بعد أسابيع قليلة من الراحة. " * 4
    )
    found = article(page(f"<article dir=rtl><p>{words}</p><p>{words}</p></article>"))
    assert found.passages[0].sentences[0].text.startswith("ألم الظهر")


def test_deep_nesting_is_refused_in_words() -> None:
    with pytest.raises(ReadError, match="deeper than 255"):
        article(page("<div>" * 5000 + "deep" + "</div>" * 5000))


def test_a_page_without_words_is_refused() -> None:
    with pytest.raises(ReadError, match="no readable text"):
        article(page("<img src=x><script>1</script>"))


def test_teasers_and_links_to_other_pages_are_dropped() -> None:
    body = (
        f"<article>{PARAGRAPH * 3}<p><a href=/x>Ten stretches that every office worker should know"
        "</a></p><div><p>Sitting is bad for backs, and new studies… Read more</p></div></article>"
    )
    found = reading(page(body))
    assert "Ten stretches" not in spoken(found.article)
    assert "new studies" not in spoken(found.article)
    assert {"link to another page", "teaser"} <= {d.why for d in found.dropped}

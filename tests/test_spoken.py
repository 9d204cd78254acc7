"""Text for the eye made into text for the ear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.readers import read_data
from intents.spoken import counted, said, spoken, spoken_article, spoken_passage
from intents.types import Prompt, Quotation


@pytest.mark.parametrize(
    ("written", "said"),
    [
        # abbreviations
        ("Dr. Smith et al. agree.", "Doctor Smith and others agree."),
        ("Rest, e.g., in bed.", "Rest, for example, in bed."),
        ("Rest, i.e. do nothing, vs. work.", "Rest, that is, do nothing, versus work."),
        ("Use ice, heat, etc.", "Use ice, heat, and so on."),
        ("Open at 9 a.m. in the U.S. only.", "Open at 9 A M in the U S only."),
        # units and amounts
        ("Take 5 mg/day or 1 mL.", "Take 5 milligrams per day or 1 milliliter."),
        ("It is 37 °C.", "It is 37 degrees celsius."),
        ("A 10-mg tablet", "A 10 milligram tablet"),
        ("120/80 mmHg", "120 over 80 millimeters of mercury"),
        ("4–6 weeks, 10-20%", "4 to 6 weeks, 10 to 20 percent"),
        ("$5 million", "5 million dollars"),
        ("≥ 65 years", "at least 65 years"),
        ("~5 cups, 1½ spoons", "about 5 cups, 1 and a half spoons"),
        ("2.5 kg/m²", "2.5 kilograms per square meter"),
        ("5 in the house", "5 in the house"),
        ("a 3-in-1 tool", "a 3-in-1 tool"),
        # signs
        ("he/she and/or HIV/AIDS", "he or she or HIV AIDS"),
        ("bone(s) & joint(s)", "bones and joints"),
        ("α-blocker", "alpha-blocker"),
        ("type II diabetes", "type 2 diabetes"),
        ("It works — mostly — well.", "It works, mostly, well."),
        # only for the eye
        ("It works (see Figure 2).", "It works."),
        ("It works, as shown in Table 3.", "It works."),
        ("See figure 2.", ""),
        ("It is so.[12] Yes[3,4].", "It is so. Yes."),
        ("It is so.¹² Really.", "It is so. Really."),
        ("It is so doi:10.1000/xyz.1", "It is so"),
        ("• Rest 😀 well ★", "Rest well"),
        ("**Rest** now*", "Rest now"),
        # addresses
        ("See https://www.example.org/a/b?c=1.", "See example dot org."),
        ("Mail a.b@nih.gov.", "Mail a dot b at nih dot gov."),
        ("Call 800-273-8255.", "Call 8 0 0, 2 7 3, 8 2 5 5."),
        # left as it is
        ("A well-known, simple cure.", "A well-known, simple cure."),
        ("COVID-19, B12 and H2O.", "COVID-19, B12 and H2O."),
        ("", ""),
        ("***", ""),
    ],
)  # fmt: skip
def test_spoken(written: str, said: str) -> None:
    assert spoken(written) == said


@given(st.text())
def test_spoken_is_one_clean_line(text: str) -> None:
    said = spoken(text)
    assert "\n" not in said
    assert said == said.strip()
    assert not said or any(c.isalnum() for c in said)


LIST = b"# Cramps\n\nCramps have three causes:\n\n- little water\n- long sitting\n- age\n"


def test_short_lists_are_counted() -> None:
    found = read_data(LIST, "a.md").article
    lines = spoken_passage(found, found.passages[0])
    assert [line.text for line in lines] == [
        "Cramps have three causes:",
        "First, little water.",
        "Second, long sitting.",
        "Last, age.",
    ]


def test_each_line_maps_to_its_sentence() -> None:
    found = read_data(LIST, "a.md").article
    lines = spoken_passage(found, found.passages[0])
    assert [found.text[x.sentence.start : x.sentence.end] for x in lines] == [
        "Cramps have three causes:", "little water", "long sitting", "age",
    ]  # fmt: skip


def test_long_lists_are_not_counted() -> None:
    items = "\n".join(f"- item {n}" for n in range(12))
    found = read_data(f"# Things\n\nThese are things:\n\n{items}\n".encode(), "a.md").article
    lines = [line.text for p in found.passages for line in spoken_passage(found, p)]
    assert "item 0." in lines


def test_an_item_of_two_sentences_is_counted_once() -> None:
    text = b"# Steps\n\nDo this:\n\n1. Sit down. Breathe out.\n2. Stand up.\n"
    found = read_data(text, "a.md").article
    assert [line.text for line in spoken_passage(found, found.passages[0])] == [
        "Do this:", "First, Sit down.", "Breathe out.", "Last, Stand up.",
    ]  # fmt: skip


def test_a_table_is_said_row_by_row_with_its_headers() -> None:
    text = b"# Doses\n\n| Age | Dose |\n|---|---|\n| Adult | 5 mg |\n| Child | 2 mg |\n"
    found = read_data(text, "a.md").article
    assert [line.text for line in spoken_article(found)] == [
        "Doses.", "Age: Adult; Dose: 5 milligrams.", "Age: Child; Dose: 2 milligrams.",
    ]  # fmt: skip


def test_headings_are_said_before_their_text() -> None:
    text = b"# Cramps\n\nThey hurt. They pass.\n\n## What helps?\n\nRest helps. Water too.\n"
    lines = [line.text for line in spoken_article(read_data(text, "a.md").article)]
    assert lines[0] == "Cramps."
    assert lines[3] == "What helps?"


def test_a_quotation_sounds_spoken_and_shows_its_source() -> None:
    found = read_data(b"# Doses\n\nTake 5 mg, e.g., daily. See figure 2.\n", "a.md").article
    dose, figure = (Quotation(found.id, s) for s in found.passages[0].sentences)
    assert said(dose) == "Take 5 milligrams, for example, daily."
    assert dose.text == "Take 5 mg, e.g., daily."
    assert said(figure) == ""


def test_a_prompt_says_the_heading_that_it_names() -> None:
    offer = Prompt("The next section is: 5–10 mg a day (see figure 2). Shall I read it?")
    assert said(offer) == "The next section is: 5 to 10 milligrams a day. Shall I read it?"
    assert said(Prompt("Call 1 1 2 now.")) == "Call 1 1 2 now."


def test_list_items_know_their_number_wherever_reading_begins() -> None:
    found = read_data(LIST, "a.md").article
    quoted = [Quotation(found.id, s) for s in found.passages[0].sentences]
    part = counted(found, (Prompt("About cramps."), *quoted[2:]))
    assert [said(u) for u in part] == ["About cramps.", "Second, long sitting.", "Last, age."]
    assert part[1:] == tuple(quoted[2:])
    assert [u.text for u in part[1:]] == ["long sitting", "age"]

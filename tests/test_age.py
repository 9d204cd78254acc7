"""How old an article's facts are."""

from datetime import date

import pytest

from intents.age import age_years, is_old

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("written", "years"),
    [
        ("2026-06-15", 0),
        ("2025-06-16", 0),
        ("2025-06-15", 1),
        ("2021", 4),
        ("2021-05", 5),
        ("2021-06", 4),
        ("2030-01-01", 0),
        ("", None),
        ("last year", None),
        ("٢٠٢١", None),
    ],
)
def test_age(written: str, years: int | None) -> None:
    assert age_years(written, TODAY) == years


def test_old_is_five_years_unless_told() -> None:
    assert is_old("2021-06-15", TODAY)
    assert not is_old("2021-06-16", TODAY)
    assert is_old("2024-01-01", TODAY, years=2)
    assert not is_old("", TODAY)

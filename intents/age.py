"""How old an article's facts are."""

from __future__ import annotations

from datetime import date

# health advice is commonly reviewed every three to five years; older articles say so
OLD_YEARS = 5


def age_years(written: str, today: date) -> int | None:
    """Return the whole years since an ISO date (YYYY, YYYY-MM or YYYY-MM-DD); None when unknown.

    A date without month or day counts from its end, so that no article is called older than it is.
    """
    parts = written.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts) or len(parts[0]) != 4:
        return None
    year, month, day = (int(part) for part in (*parts, "12", "31")[:3])
    if len(parts) == 2:
        month, day = int(parts[1]), 31
    return max(0, today.year - year - ((today.month, today.day) < (month, day)))


def is_old(written: str, today: date, years: int = OLD_YEARS) -> bool:
    """Tell whether an article of this date is at least `years` old; an unknown date is not."""
    age = age_years(written, today)
    return age is not None and age >= years

"""Numbers, money and yes or no as people write them beside a label."""

import re
from decimal import Decimal

ABOUT = r"(?:(?:about|around|approximately|approx\.?|roughly|some|circa|ca\.)\s+|[~≈]\s?)?"
NUMBER = r"(?<![\w.,$€£-])\d[\d,]*(?:\.\d+)?(?:\s?(?:[kKM]\b|thousand\b|million\b|billion\b))?(?!\s?[-–—]\s?\d|[.,]?\d)"
PERCENT = r"(?<![\w.,-])\d{1,3}(?:[.,]\d{1,3})?\s?%"
MONEY = (
    r"(?:(?<![\w$€£])(?:US\$|[$€£]|USD\s|EUR\s|GBP\s|CHF\s)\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:[kKM]\b|thousand\b|million\b))?"
    r"(?![.,]?\d|\s?[-–—]\s?[$€£\d]))"
)

_SCALES = {"k": 1000, "thousand": 1000, "m": 1_000_000, "million": 1_000_000, "billion": 1_000_000_000}
_CURRENCIES = {"US$": "USD", "$": "USD", "€": "EUR", "£": "GBP"}
_PARTS = re.compile(r"(?P<digits>\d[\d,]*(?:\.\d+)?)\s?(?P<scale>[a-zA-Z]*)")
_GROUPED = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")
_NO = re.compile(r"(?:no|none|false|nein|non)\b(?!\s*(?:one|information|idea|data yet))", re.I)
_YES = re.compile(r"(?:yes|true|ja|oui)\b", re.I)


def number(written: str) -> Decimal | None:
    """None where commas and points could mean either thousands or a fraction."""
    match = _PARTS.search(written)
    if match is None:
        return None
    whole, _, fraction = match["digits"].partition(".")
    scale = _SCALES.get(match["scale"].lower(), 1)
    if not _GROUPED.fullmatch(whole) or (fraction and len(fraction) == 3 and scale == 1):
        return None
    return Decimal(f"{whole.replace(',', '')}.{fraction or 0}") * scale


def count(written: str) -> int | None:
    found = number(written)
    return int(found) if found is not None and found == found.to_integral_value() else None


def percent(written: str) -> Decimal | None:
    found = Decimal(written.strip().rstrip("%").strip().replace(",", "."))
    return found if found <= 100 else None


def money(written: str) -> tuple[Decimal, str] | None:
    """An amount with its currency; None for one without."""
    sign = re.match(r"\s*(US\$|[$€£]|[A-Z]{3})", written)
    amount = number(written)
    return (amount, _CURRENCIES.get(sign[1], sign[1])) if sign and amount is not None else None


def yes_or_no(written: str) -> bool | None:
    words = written.strip(" *_`\"'")
    if _NO.match(words):
        return False
    return True if _YES.match(words) else None

"""Numbers, money and yes or no as people write them beside a label."""

import re
from decimal import Decimal

ABOUT = r"(?:(?:about|around|approximately|approx\.?|roughly|some|circa|ca\.|an estimated|estimated)\s+|[~≈]\s?)*"
_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_SCALE = r"(?:\s?(?:[kKMB]\b|thousand\b|million\b|billion\b))?"
NUMBER = rf"(?<![\w.,$€£-]){_DIGITS}{_SCALE}(?!\s?[-–—]\s?\d|[.,]?\d|\+|\s?%|\s?x\b)"
PERCENT = r"(?<![\w.,-])\d{1,3}(?:[.,]\d{1,3})?\s?%(?!\s?[-–—]\s?\d)"
MONEY = (
    rf"(?:(?<![\w$€£])(?:US\$|[$€£]|(?:USD|EUR|GBP|CHF)\s)\s?{_DIGITS}{_SCALE}(?![.,]?\d|\+|\s?[-–—]\s?[$€£\d])|"
    rf"(?<![\w.,$€£–—-]){_DIGITS}{_SCALE}\s?(?:USD|EUR|GBP|CHF|€|£|dollars|euros)(?!\w))"
)

_SCALES = {"k": 1000, "thousand": 1000, "m": 10**6, "million": 10**6, "b": 10**9, "billion": 10**9}
_CURRENCIES = {"US$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "dollars": "USD", "euros": "EUR"}
_PARTS = re.compile(rf"(?P<digits>{_DIGITS})\s?(?P<scale>thousand|million|billion|[kKMB]\b)?", re.I)
_GROUPED = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")
_ENDS = r"\s*(?:$|[.,;:(–—!]|\s-\s)"
_NO = re.compile(
    rf"(?:no|none|false|nein|non|なし)(?:\s+(?:\w+\s+){{0,2}}(?:loss|lost|exposed|exposure|breach|breached|leaked))?{_ENDS}",
    re.I,
)
_YES = re.compile(rf"(?:yes|true|ja|oui|breached|violated|missed){_ENDS}", re.I)
_BUT = re.compile(r"\b(?:but|except|however|only|yet|so far|unless|yes|confirmed)\b|/\s*\W*no\b|\?", re.I)


def number(written: str) -> Decimal | None:
    """None where commas and points could mean either thousands or a fraction."""
    match = _PARTS.search(written)
    if match is None:
        return None
    whole, _, fraction = match["digits"].partition(".")
    scale = _SCALES.get((match["scale"] or "").lower(), 1)
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
    sign = re.search(r"US\$|[$€£]|\b(?:USD|EUR|GBP|CHF)\b|dollars|euros", written)
    amount = number(written)
    return (amount, _CURRENCIES.get(sign[0], sign[0])) if sign and amount is not None else None


def yes_or_no(written: str) -> bool | None:
    """None also where a yes or no is taken back by what follows."""
    words = written.strip(" *_`\"'✅❌☑☒✔✗")
    if match := _YES.match(words):
        return True if not re.search(r"/\s*\W*no\b|\?", words[match.end() - 1 :], re.I) else None
    match = _NO.match(words)
    return False if match and not _BUT.search(words[match.end() - 1 :]) else None

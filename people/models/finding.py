"""How people are found by what somebody types: beginnings of words, accents folded. The index of the table knows them all."""

import re
import unicodedata

from django.contrib.postgres.search import SearchVector
from django.db.models import F, Func, TextField

WORD = re.compile(r"[^\W_]+")
ACCENT = re.compile("[\u0300-\u036f]+")
# Letters that are no letter with an accent, and that people without them on their keyboard write otherwise.
OTHERWISE: dict[str, str | int | None] = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ı": "i",
}


def fold(words: str) -> str:
    """In small letters and without accents: what `Folded` makes of a name in the database."""
    plain = ACCENT.sub("", unicodedata.normalize("NFKD", words)).lower()
    return plain.translate(str.maketrans(OTHERWISE))


class Folded(Func):
    template = (
        "translate(replace(replace(replace(replace(lower(regexp_replace(normalize(%(expressions)s, NFKD), "
        r"'[\u0300-\u036f]+', '', 'g')), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), 'øłđðı', 'olddi')"
    )
    output_field = TextField()


class Initials(Func):
    """`aml al` of `ada maria lind`: all of them, and as an avatar has them."""

    template = (
        r"(regexp_replace(%(expressions)s, '(\S)\S*\s*', '\1', 'g') || ' ' || "
        r"regexp_replace(%(expressions)s, '^(\S).*\s(\S)\S*$', '\1\2'))"
    )
    output_field = TextField()


class LocalPart(Func):
    """`ada lind` of `Ada.Lind@harbour.example`. The domain is everybody's and tells nobody apart."""

    template = "translate(lower(split_part(%(expressions)s, '@', 1)), '.-_+', '    ')"
    output_field = TextField()


# Two indexes rather than weights in one: with weights PostgreSQL reads the name of each row again.
NAME_WORDS = SearchVector(Folded(F("name")), config="simple")
KNOWN_BY = SearchVector(Folded(F("name")), Initials(Folded(F("name"))), LocalPart(F("email")), config="simple")


def beginnings(words: str, *, join: str = " & ") -> str:
    """These words as a query of PostgreSQL's text search; empty where there is none among them."""
    return join.join(f"'{word}':*" for word in WORD.findall(fold(words)))

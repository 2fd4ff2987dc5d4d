"""The looks of the drawing for print: what renders the PDF reads no page's sheet inside a picture, and knows no tokens."""

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString

# The families that exporting/fonts.py makes of our fonts' files; whatever else a word needs, the system brings.
FONTS = "Inter latin, Inter latin-ext, sans-serif"
FIRST_RULE = ".lane-drawing text"
TOKEN = re.compile(r"(--[\w-]+):\s*([^;]+);")
USED = re.compile(r"var\((--[\w-]+)\)")


@lru_cache(maxsize=1)
def sheet() -> SafeString:
    """The flat rules of lane.css with each token's value in its place."""
    rules = _css("components/lane.css")
    rules = rules[rules.index(FIRST_RULE) :].rstrip().removesuffix("}")
    values = dict(reversed(TOKEN.findall(_css("tokens.css"))))
    plain = USED.sub(lambda used: values[used[1]].strip(), rules)
    return SafeString(f"text {{ font-family: {FONTS}; }} {plain}")


def _css(name: str) -> str:
    return Path(settings.BASE_DIR, "static", "css", name).read_text(encoding="utf-8")

"""The palette keeps its promise by arithmetic (WCAG 2.2), in both themes, before any browser looks."""

import math
import re

import pytest
from django.conf import settings

GROUNDS = ["paper", "surface", "surface-sunken", "surface-raised"]
TONES = ["sev1", "sev2", "sev3", "sev4", "success", "warning", "danger", "neutral", "accent"]
TEXT = [(ink, ground) for ink in ["ink", "ink-soft", "ink-faint", *TONES] for ground in GROUNDS]
ON_TINTS = [(ink, f"{tone}-soft") for tone in TONES for ink in [tone, "ink", "ink-soft"]]
ON_SOLIDS = [
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("danger-ink", "danger"),
    ("danger-ink", "danger-strong"),
    ("ink", "highlight"),
    *(("person-ink", f"person-{number}") for number in range(1, 9)),
]
EDGES = [(edge, ground) for edge in ["line-strong", "focus"] for ground in GROUNDS]


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """Relative luminance of an oklch() colour, by Björn Ottosson's matrices."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return sum(
        weight * min(1, max(0, value))
        for weight, value in zip((0.2126, 0.7152, 0.0722), (red, green, blue), strict=True)
    )


def colours(theme: str) -> dict[str, float]:
    sheet = (settings.BASE_DIR / "static/css" / theme).read_text()
    found = re.findall(r"--color-([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)", sheet)
    return {name: luminance(float(lightness), float(chroma), float(hue)) for name, lightness, chroma, hue in found}


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@pytest.mark.parametrize("theme", ["tokens.css", "tokens-dark.css"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT + ON_TINTS + ON_SOLIDS, 4.5), (EDGES, 3)], ids=["text", "edges"])
def test_contrast_is_enough_wherever_two_tokens_meet(theme: str, pairs: list[tuple[str, str]], least: float) -> None:
    palette = colours(theme)

    too_weak = {(ink, ground): round(contrast(palette[ink], palette[ground]), 2) for ink, ground in pairs}

    assert {pair: ratio for pair, ratio in too_weak.items() if ratio < least} == {}


def test_contrast_of_black_on_white_is_twenty_one() -> None:
    assert contrast(luminance(0, 0, 0), luminance(1, 0, 0)) == pytest.approx(21, abs=0.01)

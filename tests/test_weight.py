"""What a browser must load before somebody can write."""

import brotli
import pytest
from django.conf import settings

DIST = settings.BASE_DIR / ".build/static/dist"


@pytest.mark.parametrize(("name", "kilobytes"), [("editor.js", 250), ("app.js", 40)])
def test_a_bundle_is_no_heavier_than_it_may_be(name: str, kilobytes: int) -> None:
    assert len(brotli.compress((DIST / name).read_bytes(), quality=9)) < kilobytes * 1000

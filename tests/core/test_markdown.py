import time

import pytest

from core.markdown import render_markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://evil.example/pixel.png)",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src='https://evil.example'></iframe>",
    '[x](https://a.example "onmouseover=alert(1)")',
    "<a href='vbscript:x'>x</a>",
    "`<style>*{display:none}</style>`",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_text_can_run_or_fetch(text):
    html = render_markdown(text).lower()

    for forbidden in (
        "<script",
        "<img",
        "<svg",
        "<iframe",
        "<style",
        'href="javascript',
        'href="data',
        'href="vbscript',
    ):
        assert forbidden not in html


def test_a_heading_goes_below_those_of_the_page():
    assert render_markdown("# Why") == "<h3>Why</h3>\n"


def test_a_link_leads_out_without_telling_where_from():
    html = render_markdown("[status](https://status.example/)")

    assert 'href="https://status.example/"' in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_a_checklist_shows_what_is_done():
    html = render_markdown("- [x] restart\n- [ ] alert")

    assert html.count('type="checkbox"') == 2
    assert html.count('checked="checked"') == 1


def test_tables_and_strikethrough_are_understood():
    html = render_markdown("| a | b |\n|---|---|\n| ~~1~~ | 2 |")

    assert "<td><s>1</s></td>" in html


@pytest.mark.parametrize("text", ["[" * 50_000, "*a " * 30_000, "> " * 20_000 + "x", "`" * 50_000, "|a" * 20_000])
def test_a_text_made_to_be_slow_is_rendered_in_a_moment(text):
    started = time.perf_counter()

    render_markdown(text)

    assert time.perf_counter() - started < 5


def test_a_line_ends_where_its_writer_ended_it():
    assert render_markdown("one\ntwo") == "<p>one<br>\ntwo</p>\n"


def test_a_rule_under_a_sentence_makes_no_heading_of_it():
    assert render_markdown("It ended.\n---\nThen") == "<p>It ended.</p>\n<hr>\n<p>Then</p>\n"


@pytest.mark.parametrize(
    ("text", "address", "rest"),
    [
        ("see https://a.example/x.", "https://a.example/x", "."),
        ("(https://a.example/x)", "https://a.example/x", ")"),
        ("https://a.example/x_(1)?", "https://a.example/x_(1)", "?"),
        ("**https://a.example/x**", "https://a.example/x", ""),
    ],
)
def test_an_address_by_itself_is_a_link(text, address, rest):
    html = render_markdown(text)

    assert f'<a href="{address}" rel="noopener noreferrer nofollow">{address}</a>{rest}' in html


@pytest.mark.parametrize("text", ["`https://a.example`", "javascript://a.example", "xhttps://a.example", "https://"])
def test_what_is_no_address_is_no_link(text):
    assert "<a" not in render_markdown(text)


def test_the_words_of_a_link_are_not_a_second_link():
    assert render_markdown("[https://a.example](https://b.example)").count("<a ") == 1

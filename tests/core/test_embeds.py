"""Files, values and blocks that a text refers to, where it stands and where it does not."""

import pytest

from core.embeds import File, Surroundings, with_embeds_as_text
from core.markdown import render_markdown


class Here(Surroundings):
    blocks = ("timeline",)
    files = {
        12: File("/files/12", picture="/pictures/12", width=640, height=480),
        13: File("/files/13", note="214 lines"),
    }

    def file(self, number: int) -> File | None:
        return self.files.get(number)

    def value(self, name: str) -> str | None:
        return {"duration": "1 h <b>"}.get(name)

    def block(self, name: str) -> str:
        return f"<section>{name}</section>"


HERE = Here()
REL = 'rel="noopener noreferrer nofollow"'


def test_a_picture_is_shown_with_its_size_and_leads_to_the_whole_of_it():
    assert render_markdown('![The *queue* "grows"](attachment:12)', HERE) == (
        f'<p><a href="/files/12" class="picture" {REL}><img src="/pictures/12" alt="The queue &quot;grows&quot;" '
        'loading="lazy" width="640" height="480"></a></p>\n'
    )


def test_a_picture_that_is_a_link_stays_one():
    html = render_markdown("[![Queue](attachment:12)](https://graphs.example/)", HERE)

    assert html.count("<a ") == 1
    assert '<a href="https://graphs.example/"' in html
    assert '<img src="/pictures/12" alt="Queue"' in html


@pytest.mark.parametrize("text", ["[gate.log](attachment:13)", "![gate.log](attachment:13)"])
def test_a_file_that_is_no_picture_is_a_link_that_says_how_long_it_is(text):
    assert render_markdown(text, HERE) == (
        f'<p><a href="/files/13" class="attached" {REL}>gate.log</a><small> (214 lines)</small></p>\n'
    )


@pytest.mark.parametrize(
    "target",
    [
        "attachment:99",
        "ATTACHMENT:12",
        "attachment:",
        "attachment:12/../13",
        "attachment:x",
        "attachment:99999999999999999999",
    ],
)
@pytest.mark.parametrize("mark", ["", "!"])
def test_a_file_that_is_not_here_leaves_its_words(mark, target):
    assert render_markdown(f"{mark}[The queue]({target})", HERE) == (
        "<p>The queue<small> (this file is not here)</small></p>\n"
    )


def test_a_text_that_stands_alone_refers_to_nothing():
    assert render_markdown("![Queue](attachment:12) {{duration}}\n{{timeline}}") == (
        "<p>Queue<small> (this file is not here)</small> {{duration}}<br>\n{{timeline}}</p>\n"
    )


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/x.png", "//evil.example/x.png", "/files/12", "data:image/png;base64,AAAA", "file:///x"],
)
def test_no_other_address_becomes_a_picture(address):
    assert "<img" not in render_markdown(f"![x]({address})", HERE)


def test_no_address_of_a_file_is_left_where_it_means_nothing():
    assert "attachment:" not in render_markdown("[a](attachment:99) [b][r]\n\n[r]: attachment:98", HERE)


def test_a_value_stands_within_a_line_as_plain_words():
    assert render_markdown("It took **{{ duration }}**, `{{duration}}`.", HERE) == (
        "<p>It took <strong>1 h &lt;b&gt;</strong>, <code>{{duration}}</code>.</p>\n"
    )


@pytest.mark.parametrize("before", ["", "Words.\n", "- item\n", "> quote\n", "# Heading\n"])
def test_a_block_takes_a_line_of_its_own_and_ends_what_stands_before(before):
    html = render_markdown(f"{before}{{{{timeline}}}}\nAfter.", HERE)

    assert html.endswith("<section>timeline</section><p>After.</p>\n")
    assert html.startswith(render_markdown(before, HERE))


@pytest.mark.parametrize(
    "text",
    ["{{unknown}}", "See {{timeline}}.", "```\n{{timeline}}\n```", "    {{timeline}}", "> {{timeline}}", "- {{timeline}}",
     "{{{{timeline}}}}", "{{timeline", "{{TIMELINE}}", "{{ timeline | safe }}", "{% timeline %}"],
)  # fmt: skip
def test_what_is_no_block_stays_text(text):
    html = render_markdown(text, HERE)

    assert "<section>" not in html
    assert "timeline" in html.lower() or "unknown" in html


def test_a_text_leaves_with_its_values_written_out_and_code_untouched():
    text = (
        "It took {{duration}}, not `{{duration}}`.\n\n| a | b |\n|---|---|\n| {{duration}} | `{{duration}}` |\n\n"
        "See ![Queue](attachment:12) and [x](attachment:99).\n{{timeline}}\n\n```\n{{timeline}} {{duration}}\n```"
    )

    assert with_embeds_as_text(text, HERE) == (
        "It took 1 h <b>, not `{{duration}}`.\n\n| a | b |\n|---|---|\n| 1 h <b> | `{{duration}}` |\n\n"
        "See ![Queue](/files/12) and [x](attachment:99).\n\n<section>timeline</section>\n\n\n"
        "```\n{{timeline}} {{duration}}\n```"
    )

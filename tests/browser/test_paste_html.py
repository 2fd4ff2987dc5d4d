"""What programs put into the clipboard, and the Markdown that it becomes. The module runs alone, in a page of its own."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

MODULE = settings.BASE_DIR / "static/js/editor/html-to-markdown.js"
# The policy of our pages holds in what they parse as well, and styles are nothing there.
POLICY = {"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'"}
PAGE = "http://paste.example/"

LOAD = "async () => { window.toMarkdown = (await import('/module.js')).toMarkdown; }"

SAMPLES = {
    "words": ("just words", "just words"),
    "spaces": ("<p>one\n   two&nbsp; three</p>", "one two three"),
    "paragraphs": ("<p>one</p><p>two</p>", "one\n\ntwo"),
    "line break": ("<p>one<br>two</p>", "one\ntwo"),
    "bare divs": ("<div>one</div><div>two</div>", "one\n\ntwo"),
    "marks": ("a <b>bold</b>, <em>slanted</em>, <del>gone</del> word", "a **bold**, _slanted_, ~~gone~~ word"),
    "spaces stay outside of marks": ("a<b> bold </b>word", "a **bold** word"),
    "empty marks": ("a<b> </b>b<i></i>c", "a bc"),
    "marks in marks": ("<b>all <i>of</i> <b>it</b></b>", "**all _of_ it**"),
    "neighbours": ("<b>one</b><b> two</b> three", "**one two** three"),
    "marks over lines": ("<b>one<br>two</b>", "**one**\n**two**"),
    "code": ("run <code>systemctl  status</code> now", "run `systemctl status` now"),
    "code with ticks": ("<code>a `b` c</code>", "``a `b` c``"),
    "headings": ("<h1>One</h1><h2><b>Two</b></h2><h6>Six</h6>", "# One\n\n## Two\n\n#### Six"),
    "rule": ("<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"),
    "quote": ("<blockquote><p>one</p><p>two</p></blockquote>", "> one\n>\n> two"),
    "lists": ("<ul><li>a<ul><li>b<ol><li>c</li></ol></li></ul></li><li>d</li></ul>", "- a\n  - b\n    1. c\n- d"),
    "numbers": ("<ol start=3><li>c</li><li>d<ul><li>e</li></ul></li></ol>", "3. c\n4. d\n   - e"),
    "list beside its item": ("<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>", "- a\n  - b\n- c"),
    "paragraphs in an item": ("<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>", "- a\n\n  b\n- c"),
    "code in an item": ("<ol><li>a<pre>x\ny</pre></li></ol>", "1. a\n   ```\n   x\n   y\n   ```"),
    "line break in an item": ("<ul><li>a<br>b</li></ul>", "- a\n  b"),
    "boxes": ("<ul><li><input type=checkbox checked> a</li><li><input type=checkbox> b</li></ul>", "- [x] a\n- [ ] b"),
    "boxes in words": ('<ul><li aria-checked="true"><p>a</p></li></ul>', "- [x] a"),
    "preformatted": (
        '<pre><code class="language-sql">select 1;\n  -- two\n</code></pre>',
        "```sql\nselect 1;\n  -- two\n```",
    ),
    "preformatted with fences": ("<pre>```\nx\n```</pre>", "````\n```\nx\n```\n````"),
    "preformatted with breaks": ("<pre>a<br>b</pre>", "```\na\nb\n```"),
    "table": (
        "<table><thead><tr><th>a</th><th>b|c</th></tr></thead><tbody><tr><td><p>1</p></td><td><b>2</b><br>3</td></tr></tbody></table>",
        "| a | b\\|c |\n| --- | --- |\n| 1 | **2** 3 |",
    ),
    "table with gaps": (
        "<table><tr><td colspan=2>a</td><td>b</td></tr><tr><td>1</td></tr></table>",
        "| a |  | b |\n| --- | --- | --- |\n| 1 |  |  |",
    ),
    "table that only arranges": ("<table><tr><td><p>one</p><p>two</p></td></tr></table>", "one\n\ntwo"),
    "link": ('<a href="https://a.example/x">words</a>', "[words](https://a.example/x)"),
    "link with brackets": ('<a href="https://a.example/x(1) y">w</a>', "[w](https://a.example/x%281%29%20y)"),
    "link that is its address": ('<a href="https://a.example/">https://a.example/</a>', "https://a.example/"),
    "mail": ('<a href="mailto:ada@a.example">Ada</a>', "[Ada](mailto:ada@a.example)"),
    "bold link": ('<a href="https://a.example"><b>w</b></a>', "[**w**](https://a.example)"),
    "link nowhere": (
        '<a href="javascript:alert(1)">a</a> <a href="#x">b</a> <a href="data:text/html,x">c</a>',
        "a b c",
    ),
    "link through google": (
        '<a href="https://www.google.com/url?q=https://a.example/x&sa=D">w</a>',
        "[w](https://a.example/x)",
    ),
    "picture": ('<img src="https://a.example/x.png" alt="A graph">', "[A graph](https://a.example/x.png)"),
    "picture from a file": ('<p>a <img src="file:///c:/x.png" alt="graph"></p>', "a graph"),
    "signs of ours": ("2 * 3 * 4 [x] a_b _c_ `d` ~~e~~", "2 \\* 3 \\* 4 \\[x\\] a_b \\_c\\_ \\`d\\` \\~\\~e\\~\\~"),
    "signs at the start": ("<p># no</p><p>- no</p><p>1. no</p><p>&gt; no</p>", "\\# no\n\n\\- no\n\n1\\. no\n\n\\> no"),
    "nothing that runs": (
        "<style>p{}</style><script>window.ran=1</script><p onclick='x()'>a</p><iframe src='https://a.example'></iframe><svg><text>s</text></svg>",
        "a",
    ),
    "google docs": (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr">'
        '<span style="font-weight:400">We saw </span><span style="font-weight:700">no alarm</span><span style="font-weight:400;'
        'font-style:italic"> at all</span></p><br><ul><li dir="ltr" aria-level="1"><p role="presentation"><span>one</span></p>'
        '</li><ul><li aria-level="2"><p><span style="font-weight:700">two</span></p></li></ul></ul></b>',
        "We saw **no alarm** _at all_\n\n- one\n  - **two**",
    ),
    "word": (
        "<html xmlns:o='x'><head><style>p.Mso{}</style></head><body><!--StartFragment--><p class=MsoNormal>Intro<o:p></o:p></p>"
        "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]>"
        "<span style='mso-list:Ignore'>·<span>&nbsp; </span></span>"
        "<![endif]>one</p><p class=MsoListParagraph style='mso-list:l0 level2 lfo1'>"
        "<span style='mso-list:Ignore'>o<span>&nbsp; </span></span>"
        "two<o:p></o:p></p><!--EndFragment--></body></html>",
        "Intro\n\n- one\n  - two",
    ),
    "confluence": (
        '<div class="wiki-content"><p class="auto-cursor-target">See <a class="confluence-link" href="https://wiki.example/x">Runbook</a></p>'
        '<div class="table-wrap"><table class="confluenceTable"><colgroup><col></colgroup><tbody><tr><th class="confluenceTh">'
        "<p><strong>When</strong></p></th><th>What</th></tr><tr><td>12:01</td><td><ul><li>a</li><li>b</li></ul></td></tr></tbody></table></div></div>",
        "See [Runbook](https://wiki.example/x)\n\n| **When** | What |\n| --- | --- |\n| 12:01 | - a - b |",
    ),
    "confluence tasks": (
        '<ul class="inline-task-list"><li class="checked" data-inline-task-id="1"><span>done</span></li>'
        '<li data-inline-task-status="incomplete"><span>open</span></li></ul>',
        "- [x] done\n- [ ] open",
    ),
    "chat": (
        '<div class="message"><span class="sender">Ada</span> <span class="body">it is <strong>down</strong></span></div><div>and up</div>',
        "Ada it is **down**\n\nand up",
    ),
    "sender": (
        "<div><button>Ada</button> <a href='https://chat.example/1'>14:02</a><br>it is <b>down</b> "
        "<img src='https://chat.example/fire.png' alt=':fire:'> <img alt='🔥' src='https://chat.example/f.png'>"
        "<button>Reply</button></div>",
        "Ada [14:02](https://chat.example/1)\nit is **down** :fire: 🔥",
    ),
    "word numbers": (
        "<style>p { mso-x: 'y' } <b></style><p style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.</span>one</p>"
        '<p id="a"style="mso-list:l1 level1 lfo2"><span style=\'mso-list:Ignore\'>2.</span>two</p>',
        "1. one\n2. two",
    ),
    "styles beside words about them": (
        "<p>set style=bold</p><p><span style='color:red;FONT-WEIGHT: 700 !important' style=x>b</span>"
        '<span style="text-decoration: line-through">s</span></p>',
        "set style=bold\n\n**b**~~s~~",
    ),
    "right to left": ("<p dir='rtl'>שלום <b>עולם</b></p>", "שלום **עולם**"),
    "emoji": ("<p>🚢 <i>ahoy</i> 👩‍🚒</p>", "🚢 _ahoy_ 👩‍🚒"),
    "nothing": ("", ""),
}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    module = {"content_type": "text/javascript", "body": MODULE.read_text()}
    page.route(PAGE, lambda route: route.fulfill(content_type="text/html", headers=POLICY, body="<h1>Paste</h1>"))
    page.route(f"{PAGE}module.js", lambda route: route.fulfill(**module))
    page.goto(PAGE)
    page.evaluate(LOAD)
    yield page
    page.close()


def test_pasted_html_becomes_markdown_and_breaks_no_policy(page: Page) -> None:
    reported: list[str] = []
    page.on("console", lambda message: reported.append(message.text))
    # Of a chat, the name of whoever speaks is a button; the plain text tells it from those of the program.
    plain = "Ada it is down"

    found = {
        name: page.evaluate("([html, plain]) => toMarkdown(html, plain)", [html, plain])
        for name, (html, _) in SAMPLES.items()
    }

    assert found == {name: markdown for name, (_, markdown) in SAMPLES.items()}
    assert reported == []


def test_pasted_html_however_deep_ends(page: Page) -> None:
    deep = "<div>" * 5000 + "x" + "</div>" * 5000

    assert page.evaluate("html => toMarkdown(html)", deep) in ("", "x")


def test_pasted_html_runs_nothing_and_fetches_nothing(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    html = (
        '<img src="https://pixel.example/a.png" onerror="window.ran=1"><video src="https://pixel.example/v"></video>'
        '<link rel=stylesheet href="https://pixel.example/s"><script>window.ran = 1</script><svg onload="window.ran=1"></svg>'
    )

    page.evaluate("html => toMarkdown(html)", html)

    page.evaluate("() => new Promise((resolve) => requestAnimationFrame(resolve))")
    assert page.evaluate("() => window.ran") is None
    assert asked == []

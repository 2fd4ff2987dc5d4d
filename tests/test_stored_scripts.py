"""Words that would like to be code stay words, wherever they are shown."""

from html.parser import HTMLParser

import pytest
from django.core.management import call_command

from actions.models import Action
from core.markdown import render_markdown
from incidents.models import Impact, Incident
from live.commands import replace_text, version_of
from people.models import OutboxMail, Team, User
from postmortems.commands import name_revision, open_thread
from postmortems.models import Attachment, Comment, Section, Thread, TimelineEvent
from tests.world import OPEN, World, addresses, make_world

MARK = "pwnedhere"  # Long enough that no nonce and no token holds it by chance.
STRINGS = [
    "<script>pwnedhere()</script>",
    "<SCRIPT SRC=//e.example/pwnedhere.js></SCRIPT>",
    "<img src=x onerror=pwnedhere()>",
    "<svg onload=pwnedhere()>",
    "<svg><script>pwnedhere()</script></svg>",
    '"><script>pwnedhere()</script>',
    "'><img src=x onerror=pwnedhere()>",
    '" onmouseover="pwnedhere()',
    "' onfocus='pwnedhere()' autofocus='",
    "` onclick=pwnedhere() `",
    "</title><script>pwnedhere()</script>",
    "</textarea><script>pwnedhere()</script>",
    "</style><script>pwnedhere()</script>",
    "</script><script>pwnedhere()</script>",
    "<!--><script>pwnedhere()</script>-->",
    "<![CDATA[<script>pwnedhere()</script>]]>",
    "<iframe src=javascript:pwnedhere()></iframe>",
    "<iframe srcdoc='<script>pwnedhere()</script>'></iframe>",
    "<object data=javascript:pwnedhere()></object>",
    "<embed src=javascript:pwnedhere()>",
    "<a href=javascript:pwnedhere()>x</a>",
    '<a href="jav&#x09;ascript:pwnedhere()">x</a>',
    '<a href="data:text/html,<script>pwnedhere()</script>">x</a>',
    "<form action=javascript:pwnedhere()><button>x</button></form>",
    "<button formaction=javascript:pwnedhere()>x</button>",
    "<input autofocus onfocus=pwnedhere()>",
    "<video><source onerror=pwnedhere()></video>",
    "<audio src=x onerror=pwnedhere()>",
    "<details open ontoggle=pwnedhere()>",
    "<body onload=pwnedhere()>",
    "<marquee onstart=pwnedhere()>",
    "<base href=//e.example/pwnedhere/>",
    "<link rel=stylesheet href=//e.example/pwnedhere.css>",
    "<style>*{background:url(//e.example/pwnedhere)}</style>",
    "<meta http-equiv=refresh content='0;url=javascript:pwnedhere()'>",
    "<math><mi xlink:href=javascript:pwnedhere()>x</mi></math>",
    "<svg><a xlink:href=javascript:pwnedhere()><text>x</text></a></svg>",
    "<svg><animate onbegin=pwnedhere() attributeName=x></svg>",
    "<svg><use href='data:image/svg+xml,<svg onload=pwnedhere()>'></use></svg>",
    "<template><script>pwnedhere()</script></template>",
    '<noscript><p title="</noscript><img src=x onerror=pwnedhere()>">',
    "<x onclick=pwnedhere() tabindex=1>x</x>",
    "<div hx-get=/pwnedhere hx-trigger=load></div>",
    "<div data-hx-on:load=pwnedhere()></div>",
    '<div hx-on::load="pwnedhere()"></div>',
    "<template hx type=partial hx-target=body>pwnedhere</template>",
    "[x](javascript:pwnedhere())",
    "[x](JaVaScRiPt:pwnedhere())",
    "[x](javascript&colon;pwnedhere())",
    "[x](data:text/html;base64,cHduKCk=pwnedhere)",
    "[x](vbscript:pwnedhere())",
    "[x](<javascript:pwnedhere()>)",
    '![x](x"onerror="pwnedhere())',
    "![x](javascript:pwnedhere())",
    "<javascript:pwnedhere()>",
    "[x]: javascript:pwnedhere()\n\n[x]",
    "**<img src=x onerror=pwnedhere()>**",
    "`<script>pwnedhere()</script>`",
    "```html\n<script>pwnedhere()</script>\n```",
    '```"><script>pwnedhere()</script>\nx\n```',
    "| <script>pwnedhere()</script> |\n|---|\n| <img src=x onerror=pwnedhere()> |",
    "- [ ] <input autofocus onfocus=pwnedhere()>",
    "> <svg onload=pwnedhere()>",
    "# <img src=x onerror=pwnedhere()>",
    "&lt;script&gt;pwnedhere()&lt;/script&gt;",
    "&#60;script&#62;pwnedhere()&#60;/script&#62;",
    "\\<script>pwnedhere()\\</script>",
    "{{ pwnedhere }}{% include 'pwnedhere' %}",
    "${pwnedhere()}",
    "<scr\u200bipt>pwnedhere()</scr\u200bipt>",
    "＜script＞pwnedhere()＜/script＞",
    "\u202e<script>pwnedhere()</script>",
    "<ScRiPt\n>pwnedhere()</ScRiPt\n>",
    "<img/src=x/onerror=pwnedhere()>",
    "<svg/onload=pwnedhere()>",
]

RUNNING = {"javascript:", "vbscript:", "data:text"}
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data", "srcdoc", "poster", "background"}
OURS = "/postmortems/"  # Where attached pictures are; their names are people's words, and so is what stands for them.
NEVER = {"iframe", "object", "embed", "base", "marquee", "frame", "applet", "math"}


class Reader(HTMLParser):
    """Collects what a browser would run, fetch or obey because somebody's words said so."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._in = tag if tag in ("script", "style") else ""
        if tag in NEVER:
            self.found.append(f"<{tag}>")
        for name, value in attributes:
            held = (value or "").strip().lower()
            if name.startswith("on") or name in ("style", "srcdoc") or "hx-on" in name:
                self.found.append(f"<{tag} {name}={value}>")
            if name in ADDRESSES and any(held.replace("\t", "").startswith(scheme) for scheme in RUNNING):
                self.found.append(f"<{tag} {name}={value}>")
            if (
                MARK in held
                and (name.startswith(("hx-", "data-hx")) or (tag in ("script", "link", "meta", "img", "source")))
                and not (tag == "img" and (name == "alt" or held.startswith(OURS)))
            ):
                self.found.append(f"<{tag} {name}={value}>")

    def handle_data(self, data: str) -> None:
        if self._in and MARK in data:
            self.found.append(f"<{self._in}>{data[:60]}")

    def handle_endtag(self, tag: str) -> None:
        self._in = ""


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def write_everywhere(world: World, words: str) -> None:
    """Straight into the rows, past every form: what is shown must be safe whatever is stored."""
    dossier, line = world.dossiers[OPEN], words.replace("\n", " ")
    Incident.objects.filter(pk=dossier.incident.pk).update(title=line[:200], summary=words)
    Impact.objects.filter(incident=dossier.incident).update(downstream=line[:300])
    TimelineEvent.objects.filter(pk=dossier.event.pk).update(
        text=words, who=line[:120], effect=line[:300], source=line[:500]
    )
    Action.objects.filter(pk=dossier.action.pk).update(title=line[:300], description=words, evidence=line[:1000])
    Section.objects.filter(pk=dossier.section.pk).update(title=line[:120], guidance=words)
    Thread.objects.filter(pk=dossier.thread.pk).update(quote=words, last_words=words)
    Comment.objects.filter(pk=dossier.comment.pk).update(text=words)
    OutboxMail.objects.filter(pk=dossier.mail.pk).update(subject=line[:250], text=words, html=words, last_error=words)
    Team.objects.filter(pk=world.team.pk).update(name=line[:120])
    User.objects.filter(pk=world.people["member"].pk).update(name=line[:120])
    type(world.template).objects.filter(pk=world.template.pk).update(name=line[:120], description=line[:300])
    type(dossier.draft).objects.filter(pk=dossier.draft.pk).update(source_name=line[:300], text=words)
    Attachment.objects.filter(pk=dossier.attachment.pk).update(
        name=line[:100].replace("/", ""), first_line=line[:200], kind="image/png", width=1, height=1
    )
    number = dossier.attachment.pk
    plain = "".join(f"\\{sign}" if sign in "[]\\" else sign for sign in line)
    shown = f"![{plain}](attachment:{number}) [{plain}](attachment:{number})\n{{{{timeline}}}}\n{{{{impact}}}}\n{{{{actions}}}}"
    room = dossier.postmortem.room
    words = f"{words}\n\n{shown}"
    replace_text(room, "summary", words, base_version=version_of(room), by=world.people["member"])
    name_revision(dossier.postmortem, line[:120], by=world.people["member"])


def found_in(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    return reader.found


def test_reader_would_notice() -> None:
    """Most of these strings run in a page that shows them raw; the rest need Markdown to come to life."""
    raw = [words for words in STRINGS if words.startswith("<") and "<!--" not in words and "CDATA" not in words]

    missed = [words for words in raw if not found_in(f"<p>{words}</p>")]
    assert len(STRINGS) >= 60
    assert len(missed) <= 8, missed


def test_no_page_runs_what_people_wrote(world: World) -> None:
    client = world.client("administrator")
    paths = sorted({address.path(world, OPEN) for address in addresses() if not address.route.startswith("accounts/")})
    together = "\n\n".join(STRINGS)

    for words in (together, *STRINGS[3:6]):
        write_everywhere(world, words)
        for path in paths:
            for headers in ({},) if path.startswith("/admin") or words != together else ({}, {"HX-Request": "true"}):
                response = client.get(path, headers=headers)
                if "html" in response.headers.get("Content-Type", ""):
                    assert found_in(response.getvalue().decode()) == [], path


@pytest.mark.parametrize("words", STRINGS, ids=range(len(STRINGS)))
def test_markdown_runs_nothing(words: str) -> None:
    for text in (
        words,
        f"- {words}",
        f"> {words}",
        f"| a |\n|---|\n| {words} |",
        f"[{words}](https://a.example '{words}')",
    ):
        assert found_in(render_markdown(text)) == []


def test_mail_runs_nothing(world: World) -> None:
    write_everywhere(world, "\n\n".join(STRINGS))
    OutboxMail.objects.all().delete()

    call_command("send_weekly_mail", "--as-of", "2026-04-20")
    for words in STRINGS:
        named = f"[@x](person:{world.people['lead'].pk})"
        open_thread(
            Section.objects.get(pk=world.dossiers[OPEN].section.pk), by=world.people["member"], text=f"{named} {words}"
        )

    mails = list(OutboxMail.objects.all())
    assert {mail.kind for mail in mails} == {"weekly", "mention"}
    for mail in mails:
        # A mail may hold styles of its own: readers of mail know no other way.
        assert [
            found for found in found_in(mail.html) if " style=" not in found and not found.startswith("<style>")
        ] == []
        assert "\n" not in mail.subject

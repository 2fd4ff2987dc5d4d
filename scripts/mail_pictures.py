"""`python -m scripts.mail_pictures`: every kind of mail as a picture, out of the demo on one Monday in March.

It loads the demo into a database of its own, which it drops again, and draws each mail in Chromium at the width of a desk and
of a phone, light and dark, into .build/mails. Those that docs/actions.md shows go into docs/images/mails, in few colours.
"""

import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django

ROOT = Path(__file__).parent.parent
DRAWN, SHOWN = ROOT / ".build" / "mails", ROOT / "docs" / "images" / "mails"
MONDAY = datetime(2026, 3, 16, 8, 5, tzinfo=ZoneInfo("Europe/Copenhagen"))
WIDTHS = {"desk": 680, "phone": 360}
THEMES = ["light", "dark"]
COLOURS = 96
LARGEST = 60_000
# What the docs show, each mail once or twice.
IN_THE_DOCS = [
    "weekly-owner-phone-light", "weekly-lead-desk-light", "weekly-manager-phone-dark", "weekly-facilitator-desk-dark",
    "acceptance-phone-light", "reminder-phone-dark", "declined-desk-light", "owner_left-phone-light",
    "mention-phone-dark", "draft_shared-desk-dark",
]  # fmt: skip
FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb"]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with _harbour() as mails:
        told = {name: _html_of(mail) for name, mail in mails.items()}
    missing = {f"{path.stem}-" for path in (ROOT / "templates" / "emails").glob("[!_]*.html")} - {"base-", "daily-"}
    if unseen := [kind for kind in missing if not any(name.startswith(kind[:-1]) for name in told)]:
        sys.exit(f"No mail was made of {', '.join(unseen)}: a kind that is new has to be told here.")
    for name, picture in _pictures(told):
        (DRAWN / f"{name}.png").write_bytes(picture)
        if name in IN_THE_DOCS:
            _show(name, picture)
    print(f"{len(told)} mails in {DRAWN}, {len(IN_THE_DOCS)} of their pictures in {SHOWN}")


@contextmanager
def _harbour() -> Iterator[dict[str, Any]]:
    """The demo, with a mail of each kind in its outbox."""
    import time_machine
    from django.conf import settings
    from django.db import connection
    from django.test.utils import override_settings, setup_databases, teardown_databases

    connection.settings_dict["TEST"]["NAME"] = f"{connection.settings_dict['NAME']}_mail_pictures"
    made = setup_databases(verbosity=0, interactive=False)
    # What else runs keeps its organisation, with its time zone, in the shared cache.
    own = {**settings.CACHES, "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    try:
        with (
            override_settings(CACHES=own),
            time_machine.travel(MONDAY, tick=False),
        ):
            yield _mails()
    finally:
        teardown_databases(made, verbosity=0)


def _mails() -> dict[str, Any]:
    from actions import commands
    from actions.daily import plan_day
    from actions.models import Action
    from actions.weekly import plan_week
    from integrations.demo.loading import DOMAIN, load_demo
    from people.commands import edit_person
    from people.models import OutboxMail, User
    from postmortems.commands import open_thread
    from postmortems.models import Section

    load_demo()
    people = {person.email.partition("@")[0]: person for person in User.objects.filter(email__endswith=DOMAIN)}
    plan_week(date(2026, 3, 16))
    plan_day(date(2026, 3, 17))
    asked = Action.objects.filter(owner=people["lena"], accepted_at=None).get()
    commands.decline_action(
        asked, by=people["lena"], reason="I am with the audit until May. Wei knows these lists best."
    )
    edit_person(people["emil"], by=people["admin"], is_active=False)
    words = f"[@Mette Lund](person:{people['member'].pk}) was this before or after the second retry?"
    section = Section.objects.filter(postmortem__status="published").order_by("pk")[0]
    open_thread(section, by=people["sofie"], text=words)

    def mail(kind: str, reader: str = "") -> OutboxMail:
        return OutboxMail.objects.filter(kind=kind, recipient__email__startswith=reader).order_by("-pk")[0]

    readers = {"owner": "member", "lead": "freja", "manager": "henrik", "facilitator": "facilitator"}
    kinds = ["reminder", "acceptance", "declined", "owner_left", "mention", "draft_shared"]
    return {f"weekly-{name}": mail("weekly", reader) for name, reader in readers.items()} | {k: mail(k) for k in kinds}


def _html_of(mail: Any) -> str:
    """As it leaves, with the links sealed."""
    from people.mail import as_message

    (alternative,) = as_message(mail).alternatives
    return str(alternative[0])


def _pictures(mails: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    from playwright.sync_api import sync_playwright

    DRAWN.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for device, width in WIDTHS.items():
            for theme in THEMES:
                page = browser.new_page(viewport={"width": width, "height": 400}, color_scheme=theme)  # type: ignore[arg-type]
                for name, html in mails.items():
                    page.set_content(html)
                    yield f"{name}-{device}-{theme}", page.screenshot(full_page=True)
                page.close()
        browser.close()


def _show(name: str, picture: bytes) -> None:
    from PIL import Image

    few = (
        Image.open(io.BytesIO(picture))
        .convert("RGB")
        .quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    )
    SHOWN.mkdir(parents=True, exist_ok=True)
    path = SHOWN / f"{name}.png"
    few.save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        sys.exit(f"{path} has {path.stat().st_size} bytes: choose a shorter one, or fewer colours.")


if __name__ == "__main__":
    main()

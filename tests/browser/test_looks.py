"""What every page promises to eyes and hands: contrast and names (axe), no sideways scroll, keys, themes."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from people.models import User
from tests.browser.conftest import SignIn
from tests.factories import ActionFactory, IncidentFactory, PostmortemFactory, TimelineEventFactory
from tests.stack import Stack

WIDTHS_FOR_AXE = [360, 1280]
LONG_NAME = "payment-gateway-eu-central-1b.internal.harbour.example/" + "certificates" * 8
MEMBER_PAGES = [
    "/", "/incidents/", "/incidents/new/", "/incidents/1/", "/postmortems/", "/postmortems/1/",
    "/postmortems/1/?mode=read",
    "/actions/", "/actions/1/", "/import/", "/accounts/email/", "/accounts/2fa/", "/accounts/password/change/",
    "/accounts/sessions/", "/nowhere/",
]  # fmt: skip


def violations(page: Page) -> dict[str, list[str]]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # Our pages have no frames, and axe need not load their stylesheets a second time.
    found = page.evaluate("axe.run({ resultTypes: ['violations'], iframes: false, preload: false })")["violations"]
    return {violation["id"]: [node["html"] for node in violation["nodes"]] for violation in found}


def sideways(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def ids_given_twice(page: Page) -> list[str]:
    """A link, a label or a swap finds only the first of two; axe looks no longer."""
    return page.evaluate(
        """() => {
          const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
          return ids.filter((id, at) => ids.indexOf(id) !== at);
        }"""
    )


def ground(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


STILL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  do { await frame(); await frame(); } while (document.getAnimations().some((one) => one instanceof CSSTransition));
}"""


def faults(page: Page, path: str) -> dict[str, object]:
    """What is wrong with a page: too wide somewhere, or found by axe on a phone in the dark or a laptop in daylight."""
    found: dict[str, object] = {}
    page.goto(path)
    if twice := ids_given_twice(page):
        found[f"{path}, ids given twice"] = twice
    for width, theme in [(360, "dark"), (768, "dark"), (2560, "light"), (1280, "light")]:
        # A ground halfway between two themes is neither.
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(STILL)
        if beyond := sideways(page):
            found[f"{path} at {width}"] = f"{beyond} px too wide"
        if width in WIDTHS_FOR_AXE and (broken := violations(page)):
            found[f"{path} at {width}, {theme}"] = broken
    return found


@pytest.mark.parametrize("path", ["/style/", "/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"])
def test_looks_hold_for_a_stranger(stack: Stack, browser: Browser, path: str) -> None:
    page = browser.new_page(base_url=stack.url)

    assert faults(page, path) == {}
    page.close()


def test_looks_hold_for_a_member_whatever_the_length_of_words(sign_in: SignIn, member: User) -> None:
    incident = IncidentFactory(number=1, title=f"Checkout refuses cards behind {LONG_NAME}", team__members=[member])
    postmortem = PostmortemFactory(
        incident=incident, texts={"summary": f"`{LONG_NAME}`\n\n| a | b |\n|---|---|\n| 1 | 2 |"}
    )
    TimelineEventFactory(postmortem=postmortem, text=f"{LONG_NAME} is restarted", kind="escalation")
    ActionFactory(number=1, postmortem=postmortem, title=f"Take {LONG_NAME} out of the path", owner=member)
    page = sign_in(member)

    found = [faults(page, path) for path in MEMBER_PAGES]

    assert found == [{}] * len(MEMBER_PAGES)


def test_a_short_page_begins_right_under_the_header(sign_in: SignIn, member: User) -> None:
    page = sign_in(member)
    page.set_viewport_size({"width": 1280, "height": 2000})
    page.goto("/import/")

    edge = "name => { const { top, bottom } = document.querySelector(name).getBoundingClientRect(); return [top, bottom]; }"
    header, main, footer = (page.evaluate(edge, name) for name in [".app-header", "main", ".app-footer"])
    assert main[0] == pytest.approx(header[1], abs=1)
    assert footer[0] == pytest.approx(main[1], abs=1)
    assert footer[1] == pytest.approx(2000, abs=1)


def test_theme_once_chosen_outlives_the_page_and_the_system(sign_in: SignIn, member: User) -> None:
    page = sign_in(member)
    page.goto("/")
    page.emulate_media(color_scheme="light")
    light = ground(page)

    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    dark = ground(page)
    page.reload()

    assert light != dark
    assert ground(page) == dark
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Like the system").click()
    assert ground(page) == light


def test_keys_lead_everywhere_but_never_while_typing(sign_in: SignIn, member: User) -> None:
    page = sign_in(member)
    page.goto("/")

    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/incidents/")
    page.keyboard.press("c")
    page.wait_for_url("**/incidents/new/")
    page.get_by_label("Title").press_sequentially("gi c ?")

    expect(page.get_by_label("Title")).to_have_value("gi c ?")
    assert page.url.endswith("/incidents/new/")


def test_keys_can_be_switched_off(sign_in: SignIn, member: User) -> None:
    page = sign_in(member)
    page.goto("/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.get_by_label("Use single-key shortcuts").uncheck()
    page.keyboard.press("Escape")

    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()


def test_palette_finds_a_page_by_some_letters(sign_in: SignIn, member: User) -> None:
    page = sign_in(member)
    page.goto("/")

    page.keyboard.press("Control+k")
    page.keyboard.type("post")
    expect(page.get_by_role("option")).to_have_text(["Post-mortemsg p"])
    page.keyboard.press("Enter")

    page.wait_for_url("**/postmortems/")


def test_refused_request_leaves_the_page_and_says_so(sign_in: SignIn, member: User) -> None:
    page = sign_in(member)
    page.goto("/style/")
    page.evaluate(
        """() => {
            const button = document.createElement("button");
            button.textContent = "Ask";
            button.setAttribute("hx-get", "/nowhere/");
            button.setAttribute("hx-swap", "outerHTML");
            button.setAttribute("hx-confirm", "Ask for nothing?");
            document.querySelector("main").prepend(button);
            htmx.process(button);
        }"""
    )

    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("dialog", name="Ask for nothing?")).to_be_visible()
    page.get_by_role("button", name="Yes, go on").click()

    expect(page.locator("[data-toasts] [role=alert]")).to_contain_text("no longer there")
    expect(page.get_by_role("button", name="Ask")).to_be_visible()

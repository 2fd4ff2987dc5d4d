"""The live document in a browser window: opening it, typing into it, and reading what it says about itself."""

from typing import Any

from django.conf import settings
from playwright.sync_api import BrowserContext, Locator, Page, WebSocketRoute

from people.models import User
from tests.browser.conftest import Windows, session_of

ADDRESS = "/postmortems/7/"
PATIENCE = 20_000


def enter(windows: Windows, user: User) -> BrowserContext:
    """A window of somebody who has signed in already."""
    context = windows.open(user)
    be(user, context, windows.url)
    return context


def be(user: User, context: BrowserContext, url: str) -> None:
    """From now on this window is signed in as them."""
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": url}])


def open_document(context: BrowserContext, address: str = ADDRESS) -> Page:
    page = context.new_page()
    page.goto(address)
    wait_until_saved(page)
    return page


def open_documents(*contexts: BrowserContext, address: str = ADDRESS) -> list[Page]:
    """The document before several people, each of whom comes while the others' pages still load."""
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.goto(address, wait_until="commit")
    for page in pages:
        wait_until_saved(page)
    return pages


def wait_until_saved(page: Page) -> None:
    """Until it is connected and nothing is on its way. Asked in the page, frame by frame: `expect` pauses up to a second."""
    page.wait_for_function(
        "() => ['saved', 'readonly'].includes(document.querySelector('[data-live-state]')?.dataset.state)",
        timeout=PATIENCE,
    )


class Sockets:
    """The pages come, but sockets open only while `are_let_through`, as behind a proxy that can be told not to."""

    def __init__(self, page: Page) -> None:
        self.are_let_through = True
        self._open: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/**", self._serve)

    def _serve(self, route: WebSocketRoute) -> None:
        if self.are_let_through:
            route.connect_to_server()
            self._open.append(route)
        else:
            route.close(code=1011)

    def cut(self) -> None:
        self.are_let_through = False
        for route in self._open:
            route.close(code=1011)


def state(page: Page) -> Locator:
    """The word at the head of the page that says whether everything is saved."""
    return page.locator("[data-live-state]")


def editor(page: Page, name: str = "summary") -> Locator:
    return page.locator(f'live-editor[name="{name}"] .cm-content')


def read(page: Page, name: str = "summary") -> None:
    """Scroll to where a section begins."""
    page.evaluate("name => document.getElementById(name).scrollIntoView()", name)


def write(page: Page, words: str, name: str = "summary") -> None:
    """Type at the end of a section."""
    editor(page, name).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def text(page: Page, name: str = "summary") -> str:
    """What the section says, whatever of it is scrolled out of sight."""
    said: str = page.evaluate(
        "name => document.querySelector(`live-editor[name='${name}']`).view.state.doc.toString()", name
    )
    return said


def expect_text(page: Page, words: str, *, within: float = 5_000, name: str = "summary") -> None:
    page.wait_for_function(
        """([name, words]) => {
          const said = document.querySelector(`live-editor[name='${name}']`).view?.state.doc;
          return said?.length === words.length && said.toString() === words;
        }""",
        arg=[name, words],
        timeout=within,
    )


def kept(page: Page) -> dict[str, Any]:
    """What the browser keeps on its device: the names of the databases, and the unsent words in them."""
    found: dict[str, Any] = page.evaluate(
        """async () => {
          const words = {};
          for (const { name } of await indexedDB.databases()) {
            const device = await new Promise((resolve) => {
              indexedDB.open(name).onsuccess = (event) => resolve(event.target.result);
            });
            const rows = await new Promise((resolve) => {
              device.transaction("unsent").objectStore("unsent").getAll().onsuccess = (event) => resolve(event.target.result);
            });
            words[name] = rows.flatMap(({ passages }) => passages.map(({ text }) => text));
            device.close();
          }
          return words;
        }"""
    )
    return found

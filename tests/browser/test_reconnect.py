"""A server that goes and comes back: the page finds it again by itself, and says when it must be loaded anew."""

import json
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from live.commands import text_of
from people.models import User
from postmortems.models import Postmortem
from tests.browser.conftest import Windows
from tests.browser.documents import (
    PATIENCE,
    Sockets,
    enter,
    expect_text,
    open_document,
    state,
    text,
    wait_until_saved,
    write,
)
from tests.factories import IncidentFactory, PostmortemFactory, TimelineEventFactory, UserFactory
from tests.stack import Stack, free_port


@pytest.fixture
def ada(stack: Stack) -> User:
    return UserFactory(name="Ada Lind", email="ada@harbour.example")


@pytest.fixture
def postmortem(ada: User) -> Postmortem:
    return PostmortemFactory(incident=IncidentFactory(number=7), opened_by=ada, texts={"summary": "Then:"})


@pytest.fixture
def mortal(stack: Stack) -> Iterator[Stack]:
    """The web process may be ended: for the next test there is one again."""
    yield stack
    if "web" not in stack.processes:
        stack.start_web()


def test_reconnect_after_the_server_was_killed_brings_what_was_typed_meanwhile(
    mortal: Stack, postmortem: Postmortem, windows: Windows, ada: User
) -> None:
    page, other = (open_document(enter(windows, user)) for user in (ada, UserFactory()))
    write(page, " before")
    expect_text(other, "Then: before")

    mortal.kill("web")
    page.keyboard.type(", during")
    expect(state(page)).to_have_text("Offline — kept on this device")
    mortal.start_web()
    page.keyboard.type(" and after.")

    for window in (page, other):
        expect_text(window, "Then: before, during and after.", within=PATIENCE)
    expect(state(page)).to_contain_text("Saved")
    assert text_of(postmortem.room, "summary") == "Then: before, during and after."


def test_reconnect_after_a_deployment_is_quick_and_shows_no_error(
    mortal: Stack, postmortem: Postmortem, windows: Windows, ada: User
) -> None:
    page = open_document(enter(windows, ada))
    write(page, " before")
    web = mortal.processes.pop("web")
    os.killpg(web.pid, signal.SIGTERM)
    web.wait(20)
    page.keyboard.type(" and after")

    mortal.start_web()

    expect(state(page)).to_contain_text("Saved")
    expect(page.locator("[data-toasts] > .toast")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert text_of(postmortem.room, "summary") == "Then: before and after"


def test_reconnect_shows_what_happened_beside_the_text_meanwhile(
    postmortem: Postmortem, windows: Windows, ada: User
) -> None:
    page = open_document(enter(windows, ada))
    page.context.set_offline(True)
    expect(state(page)).to_have_attribute("data-state", "offline")
    TimelineEventFactory(postmortem=postmortem, added_by=ada, text="Card payments fail.")

    page.context.set_offline(False)

    expect(page.locator(".timeline-what")).to_have_text(["Card payments fail."], timeout=PATIENCE)


def test_reconnect_waits_longer_each_time_and_can_be_hurried(
    postmortem: Postmortem, windows: Windows, ada: User
) -> None:
    page = enter(windows, ada).new_page()
    sockets = Sockets(page)
    page.goto("/postmortems/7/")
    wait_until_saved(page)
    page.clock.install()
    sockets.cut()
    for attempt in range(1, 6):
        page.wait_for_function(
            "count => document.querySelector('live-editor').room.connection.attempts >= count", arg=attempt
        )
        page.clock.run_for(15_000)
    strip = page.locator(".live-strip-item[data-name=saving]")
    expect(strip).to_contain_text(re.compile(r"Trying again in \d+ s\."))
    sockets.are_let_through = True

    strip.get_by_role("button", name="Try now").click()

    wait_until_saved(page)
    expect(strip).to_be_hidden()


def change_hello(page: Page, **changes: object) -> None:
    """The server as it would be after a deployment."""

    def serve(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if isinstance(message, str) and "hello" in (said := json.loads(message)):
                message = json.dumps({"hello": {**said["hello"], **changes}})
            route.send(message)

        server.on_message(pass_on)

    page.route_web_socket("**/ws/**", serve)


def test_reconnect_to_another_build_says_so_and_goes_on(postmortem: Postmortem, windows: Windows, ada: User) -> None:
    page = enter(windows, ada).new_page()
    change_hello(page, build="another")
    page.goto("/postmortems/7/")
    news = page.get_by_role("status").filter(has_text="A new version is ready.")
    expect(news).to_be_visible(timeout=PATIENCE)

    write(page, " still")

    expect(state(page)).to_contain_text("Saved")
    news.get_by_role("button", name="Later").click()
    expect(news).to_be_hidden()
    assert text_of(postmortem.room, "summary") == "Then: still"


def test_reconnect_to_a_server_that_the_page_cannot_speak_with_says_that_it_must_be_loaded_anew(
    postmortem: Postmortem, windows: Windows, ada: User
) -> None:
    context = enter(windows, ada)
    page = context.new_page()
    change_hello(page, protocol=2)
    page.goto("/postmortems/7/")

    notice = page.get_by_role("alert")

    expect(notice).to_contain_text("This page is out of date", timeout=PATIENCE)
    expect(notice.get_by_role("button", name="Reload")).to_be_visible()
    expect(state(page)).to_have_text("This page is out of date — reload it")
    expect(page.locator("#summary textarea")).to_have_value("Then:")


class Wire:
    """Between browser and server, and able to fall silent as a network does: nothing comes through, nothing ends."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = free_port()
        self.is_cut = threading.Event()
        self.open: list[socket.socket] = []
        self.server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.server.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                self.open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, sink, self.is_cut), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, is_cut: threading.Event) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not is_cut.is_set():
                    sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def mend(self) -> None:
        """New connections work; those of before stay dead."""
        self.is_cut = threading.Event()

    def close(self) -> None:
        for one in [self.server, *self.open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@pytest.fixture
def wire(stack: Stack) -> Iterator[Wire]:
    wire = Wire(stack.port)
    yield wire
    wire.close()


def test_reconnect_after_a_network_that_fell_silent_is_noticed_within_half_a_minute(
    postmortem: Postmortem, windows: Windows, ada: User, wire: Wire
) -> None:
    windows.url = f"http://127.0.0.1:{wire.port}"
    page = open_document(enter(windows, ada))
    page.clock.install()
    wire.is_cut.set()
    write(page, " into the void")
    wire.mend()
    page.clock.run_for(30_000)

    expect(state(page)).to_contain_text("Saved", timeout=PATIENCE)

    assert text(page) == text_of(postmortem.room, "summary") == "Then: into the void"


def test_reconnect_when_a_page_comes_back_from_the_back_button(
    postmortem: Postmortem, windows: Windows, ada: User
) -> None:
    page = open_document(enter(windows, ada))
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(state(page)).to_have_attribute("data-state", "offline")

    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")

    expect(state(page)).to_have_attribute("data-state", "saved")
    write(page, " again")
    expect(state(page)).to_contain_text("Saved")
    assert text_of(postmortem.room, "summary") == "Then: again"

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.home import AlreadyRunning, free_port, lock_home, secret_key
from scripts.prepare import state_of
from scripts.start import Ports, settings_for
from scripts.toolchain import is_newer


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_start_on_a_taken_port_takes_the_next_free_one_and_says_so(taken: int) -> None:
    said: list[str] = []

    port = free_port(taken, "Debrief", said.append)

    assert port > taken
    assert said == [f"Port {taken} is taken, so Debrief is at {port}."]


def test_start_on_a_free_port_says_nothing(taken: int) -> None:
    said: list[str] = []
    free = free_port(taken, "Debrief", lambda sentence: None)

    assert free_port(free, "Debrief", said.append) == free
    assert said == []


def test_start_gives_each_server_a_port_of_its_own(taken: int) -> None:
    first = free_port(taken, "Debrief", lambda sentence: None)

    assert free_port(taken, "mail", lambda sentence: None, taken=frozenset({first})) > first


def test_start_twice_in_one_folder_says_where_the_first_one_is(tmp_path: Path) -> None:
    with lock_home(tmp_path):
        (tmp_path / "address").write_text("http://localhost:8003")

        with pytest.raises(AlreadyRunning, match=r"http://localhost:8003"):
            lock_home(tmp_path)

    lock_home(tmp_path).close()


def test_start_keeps_its_secret_key_to_itself_and_between_starts(tmp_path: Path) -> None:
    key = secret_key(tmp_path)

    assert len(key) >= 50
    assert secret_key(tmp_path) == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_start_leaves_what_the_environment_says_alone(tmp_path: Path) -> None:
    said = {"SITE_URL": "https://debrief.example", "EMAIL_URL": "smtp://mail.example", "SECRET_KEY": "mine"}

    filled = settings_for(said, Ports(web=8000, smtp=1025, mail_page=8025), tmp_path)

    assert set(filled) & set(said) == set()
    assert filled["LOG_LEVEL"] == "WARNING"


def test_start_names_the_ports_that_it_found(tmp_path: Path) -> None:
    filled = settings_for({}, Ports(web=8001, smtp=1026, mail_page=8025), tmp_path)

    assert (filled["SITE_URL"], filled["EMAIL_URL"]) == ("http://localhost:8001", "smtp://127.0.0.1:1026")


def test_start_collects_again_when_a_file_came_changed_or_went(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a {}")
    states = [state_of([tmp_path])]
    (tmp_path / "b.css").write_text("b {}")
    states.append(state_of([tmp_path]))
    (tmp_path / "b.css").write_text("b { top: 0 }")
    states.append(state_of([tmp_path]))
    (tmp_path / "a.css").unlink()
    states.append(state_of([tmp_path]))

    assert len(set(states)) == 4
    assert state_of([tmp_path]) == states[-1]


def test_start_builds_again_only_when_a_source_is_newer(tmp_path: Path) -> None:
    source, target = tmp_path / "app.js", tmp_path / "static"
    source.write_text("")

    assert is_newer([source], target)
    target.mkdir()
    assert not is_newer([source], target)
    source.touch()
    assert is_newer([source], target) == (source.stat().st_mtime > target.stat().st_mtime)

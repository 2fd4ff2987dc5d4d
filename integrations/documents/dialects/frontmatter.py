"""The block of settings that stands above many documents: YAML, TOML, or the exports of MDX."""

import re
import tomllib
from collections.abc import Iterator

import yaml

_YAML = re.compile(r"\A---[ \t]*\n(?P<body>.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.S | re.M)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(?P<body>.*?)^\+\+\+[ \t]*$\n?", re.S | re.M)
_MDX = re.compile(r"^(?:import\s[^\n]*|export\s+(?:const|let|var|default|function)\b)")
_MDX_PAIR = re.compile(r"""(?m)^\s*(\w+)\s*[:=]\s*(['"`])(.*?)\2""")

LARGEST = 30_000


def split(text: str) -> tuple[str, str, list[tuple[str, str]]]:
    """(front matter as written, the rest, its pairs). A line "---" with prose below is a rule, not front matter."""
    text = text.lstrip("\n")
    for pattern, reader in ((_YAML, _yaml_pairs), (_TOML, _toml_pairs)):
        match = pattern.match(text[:LARGEST])
        if match and (pairs := reader(match["body"])) is not None:
            return match["body"].strip("\n"), text[match.end() :], pairs
    return _split_mdx(text)


def _split_mdx(text: str) -> tuple[str, str, list[tuple[str, str]]]:
    """Imports and exports at the top of an .mdx page are code, and its settings."""
    lines = text.split("\n")
    if not _MDX.match(lines[0]):
        return "", text, []
    end, depth = 0, 0
    while end < len(lines) and (depth > 0 or not lines[end].strip() or _MDX.match(lines[end])):
        depth += sum(lines[end].count(mark) for mark in "{[(") - sum(lines[end].count(mark) for mark in "}])")
        end += 1
    front = "\n".join(lines[:end]).strip("\n")
    return front, "\n".join(lines[end:]), [(key, value) for key, _, value in _MDX_PAIR.findall(front)]


def _yaml_pairs(body: str) -> list[tuple[str, str]] | None:
    data = load_yaml(body)
    if isinstance(data, dict):
        return list(flat(data))
    return [] if data is None and not re.search(r"^\S.*[^:]$", body, re.M) else None


def _toml_pairs(body: str) -> list[tuple[str, str]] | None:
    try:
        return list(flat(tomllib.loads(body)))
    except tomllib.TOMLDecodeError:
        return None


class _Texts(yaml.SafeLoader):
    """Everything stays the text that was written: dates, versions and yes/no included."""


_Texts.yaml_implicit_resolvers = {}
_Texts.add_constructor("tag:yaml.org,2002:null", lambda loader, node: "")


def load_yaml(body: str) -> object:
    """The data, or None where it is no YAML. Aliases are refused: a few bytes of them make gigabytes."""
    if re.search(r"(?m)(?:^|[\s\[,:-])[&*][A-Za-z0-9_]+\s*(?:$|[,\]\n])", body) and "*" in body and "&" in body:
        return None
    try:
        return yaml.load(body, Loader=_Texts)  # noqa: S506  # a SafeLoader with less, not more
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def flat(data: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Pairs of the innermost key and its value as text."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from flat(value, str(name))
    elif isinstance(data, list):
        yield key, ", ".join(str(value) for value in data if not isinstance(value, (dict, list)))
        for value in data:
            if isinstance(value, (dict, list)):
                yield from flat(value, key)
    else:
        yield key, str(data).strip()

"""What a link leads to, recognised by the shape of its address. Nothing is fetched."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from actions.models import ActionLink

Kind = ActionLink.Kind
# Path and query of the address -> kind, tracker, and what people call it there.
SHAPES = [
    (r"^/(?P<repo>[^/]+/[^/]+)/pull/(?P<number>\d+)", Kind.CHANGE, "github", "{repo}#{number}"),
    (r"^/(?P<repo>[^/]+/[^/]+)/issues/(?P<number>\d+)", Kind.ISSUE, "github", "{repo}#{number}"),
    (r"^/(?P<repo>[^/]+/[^/]+)/commit/(?P<sha>[0-9a-f]{7})[0-9a-f]*", Kind.COMMIT, "github", "{repo}@{sha}"),
    (r"^/(?P<repo>[^?]+)/-/merge_requests/(?P<number>\d+)", Kind.CHANGE, "gitlab", "{repo}!{number}"),
    (r"^/(?P<repo>[^?]+)/-/issues/(?P<number>\d+)", Kind.ISSUE, "gitlab", "{repo}#{number}"),
    (r"^/(?P<repo>[^/]+/[^/]+)/pull-requests/(?P<number>\d+)", Kind.CHANGE, "bitbucket", "{repo}#{number}"),
    (r"^/[^?]+?/_git/(?P<repo>[^/]+)/pullrequest/(?P<number>\d+)", Kind.CHANGE, "azure", "{repo}!{number}"),
    (r"^/(?:[^?]+/)?_workitems/edit/(?P<number>\d+)", Kind.TICKET, "azure", "#{number}"),
    (r"^/(?:[^?]*/)?show_bug\.cgi\?(?:.*&)?id=(?P<number>\d+)", Kind.TICKET, "bugzilla", "Bug {number}"),
    (r"^/(?:[^?]*/)?browse/(?P<key>[A-Z][A-Z0-9_]+-\d+)", Kind.TICKET, "jira", "{key}"),
    (r"^/[^/]+/issue/(?P<key>[A-Z][A-Z0-9]*-\d+)", Kind.TICKET, "linear", "{key}"),
]


@dataclass(frozen=True)
class Found:
    kind: str
    label: str
    tracker: str = ""
    key: str = ""


def recognise(url: str) -> Found:
    """A page without a known shape is called by its host and the end of its path."""
    parts = urlsplit(url)
    place = f"{parts.path}?{parts.query}"
    for shape, kind, tracker, name in SHAPES:
        if found := re.match(shape, place):
            label = name.format(**found.groupdict())[:200]
            return Found(kind, label, tracker, label)
    end = unquote(parts.path.rstrip("/").rpartition("/")[2])
    return Found(Kind.DOCUMENT, " ".join(f"{parts.hostname or ''} {end}".split())[:200] or url[:200])

"""What a link leads to is recognised by its shape; nothing is fetched."""

import pytest

from actions.trackers import recognise


@pytest.mark.parametrize(
    ("url", "kind", "tracker", "label"),
    [
        ("https://github.com/harbour/gate/pull/12", "change", "github", "harbour/gate#12"),
        ("https://github.com/harbour/gate/pull/12/files?w=1", "change", "github", "harbour/gate#12"),
        ("https://github.com/harbour/gate/issues/7", "issue", "github", "harbour/gate#7"),
        ("https://github.example/harbour/gate/commit/0a1b2c3d4e5f", "commit", "github", "harbour/gate@0a1b2c3"),
        ("https://gitlab.example/a/b/c/-/merge_requests/3", "change", "gitlab", "a/b/c!3"),
        ("https://gitlab.example/a/b/-/issues/4", "issue", "gitlab", "a/b#4"),
        ("https://bitbucket.org/a/b/pull-requests/5", "change", "bitbucket", "a/b#5"),
        ("https://harbour.atlassian.net/browse/PAY-123", "ticket", "jira", "PAY-123"),
        ("https://jira.example/base/browse/PAY-123?focused=1", "ticket", "jira", "PAY-123"),
        ("https://linear.app/harbour/issue/GATE-9/show-the-gates", "ticket", "linear", "GATE-9"),
        ("https://dev.azure.com/harbour/boats/_git/gate/pullrequest/31", "change", "azure", "gate!31"),
        ("https://dev.azure.com/harbour/boats/_workitems/edit/88", "ticket", "azure", "#88"),
        ("https://harbour.visualstudio.com/boats/_workitems/edit/88/", "ticket", "azure", "#88"),
        ("https://bugs.example/show_bug.cgi?id=1745", "ticket", "bugzilla", "Bug 1745"),
        ("https://bugs.example/bz/show_bug.cgi?format=x&id=1745", "ticket", "bugzilla", "Bug 1745"),
        ("https://wiki.example/pages/Restore%20drill", "document", "", "wiki.example Restore drill"),
        ("https://wiki.example/?browse/PAY-1", "document", "", "wiki.example"),
        ("https://evil.example/x?u=/_workitems/edit/8", "document", "", "evil.example x"),
    ],
)
def test_a_link_is_called_as_people_call_it_there(url, kind, tracker, label):
    found = recognise(url)

    assert (found.kind, found.tracker, found.label) == (kind, tracker, label)

"""The exam: real documents, with the counts that a person made of them."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from integrations.documents.scores import SLOW_SECONDS, Score, score_all, totals
from integrations.management.commands.score_importer import default_corpus

CORPUS = default_corpus()
needs_corpus = pytest.mark.skipif(
    not (CORPUS / "INDEX.tsv").is_file(),
    reason=f"THE IMPORTER'S EXAM WAS NOT HELD: no documents in {CORPUS.name}/ beside the project; set "
    f"DEBRIEF_CORPUS to them",
)


@pytest.fixture(scope="module")
def scores() -> list[Score]:
    return score_all(CORPUS)


@needs_corpus
def test_score_corpus_reads_timelines_and_actions_as_a_person_counts_them(scores: list[Score]) -> None:
    total = totals(scores)

    assert [score.truth.file for score in scores if score.crash] == []
    assert total.timelines >= 0.95
    assert total.actions >= 0.90
    assert total.quiet_timelines == 1.0
    assert total.quiet_actions == 1.0


@needs_corpus
def test_score_corpus_loses_no_word(scores: list[Score]) -> None:
    assert {score.truth.file: score.lost for score in scores if score.lost} == {}


@needs_corpus
def test_score_corpus_finds_start_end_and_severity(scores: list[Score]) -> None:
    total = totals(scores)

    assert total.starts >= 0.75
    assert total.ends >= 0.75
    assert total.severities == 1.0


@needs_corpus
def test_score_corpus_takes_a_blink_for_each_document(scores: list[Score]) -> None:
    quick = sorted(score.seconds for score in scores)

    assert quick[len(quick) // 2] < SLOW_SECONDS


@needs_corpus
def test_score_importer_prints_counts_and_no_text() -> None:
    out = StringIO()

    call_command("score_importer", corpus=CORPUS, stdout=out)

    printed = out.getvalue().splitlines()
    assert printed[0].split() == [
        "document",
        "timeline",
        "actions",
        "done",
        "owner",
        "start",
        "end",
        "sev",
        "lost",
        "ms",
    ]
    assert printed[-1].startswith("documents ")
    assert max(len(line) for line in printed) < 140


def test_score_importer_without_a_corpus_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no INDEX\.tsv"):
        call_command("score_importer", corpus=tmp_path)


def test_score_counts_a_document_that_was_read_right(tmp_path: Path) -> None:
    head = "file has_timeline n_timeline_entries has_actions n_actions n_actions_done n_actions_with_owner start end severity"
    row = ["a.md", "y", "2", "n", "0", "0", "0", "2026-03-02T10:00Z", "2026-03-02T10:30", ""]
    (tmp_path / "INDEX.tsv").write_text("\t".join(head.split()) + "\n" + "\t".join(row) + "\n")
    (tmp_path / "a.md").write_text("# T 2026-03-02\n\n## Timeline\n\n- 10:00 UTC disk full\n- 10:30 UTC cleared\n")

    [score] = score_all(tmp_path)

    assert (score.entries, score.actions, score.lost, score.crash) == (2, 0, 0, "")
    assert (score.is_timeline_right, score.are_actions_right) == (True, True)
    assert (score.is_start_right, score.is_end_right, score.is_severity_right) == (True, True, None)

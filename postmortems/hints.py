"""Help beside the sections: what to look for in an incident of this kind, and words that a number would say better.

Hints are soft: they are shown to those who write and at review, and nothing ever waits for them.
"""

from dataclasses import dataclass

from incidents.blame import blame_in
from incidents.guidance import Guidance, Hint, guidance_for
from incidents.models import Incident
from incidents.vagueness import LongSentence, Marked, long_sentences, vague_words
from live.commands import texts_of
from postmortems.models import Postmortem, Section, SectionRole

MOST_SHOWN = 8
# Where a number is expected. Elsewhere “some” and “many” are just words.
MEASURED = {SectionRole.SUMMARY, SectionRole.IMPACT}


@dataclass(frozen=True)
class Guide:
    title: str
    hints: list[Hint]


def guide_for(section: Section, incident: Incident) -> Guide | None:
    """What is often met in incidents of this kind, for the section that asks for it."""
    guidance, kind = guidance_for(incident), incident.get_kind_display()
    if section.role in (SectionRole.CAUSES, SectionRole.FACTORS):
        return Guide(f"Where to look: {kind}", guidance.causes)
    if section.role == SectionRole.IMPACT:
        return Guide(f"What is often felt: {kind}", guidance.impact)
    if "{{actions}}" in section.body:
        return Guide(f"What often helps: {kind}", guidance.actions)
    if "{{timeline}}" in section.body:
        return Guide(f"Its phases: {kind}", _phases(guidance))
    return None


def _phases(guidance: Guidance) -> list[Hint]:
    return [Hint(phase.name, phase.meaning) for phase in guidance.phases]


def vague_in(section: Section, text: str) -> list[Marked]:
    return vague_words(text)[:MOST_SHOWN] if section.role in MEASURED else []


def words_in(section: Section, text: str) -> list[Marked]:
    """All that its writer may want to see again, before or after saving."""
    return vague_in(section, text) + blame_in(text)[:MOST_SHOWN]


@dataclass(frozen=True)
class SectionHints:
    title: str
    address: str
    vague: list[Marked]
    long: list[LongSentence]
    blame: list[Marked]


@dataclass(frozen=True)
class Hints:
    """What a reviewer may want to say before somebody else does."""

    sections: list[SectionHints]

    @property
    def says(self) -> str:
        vague = sum(len(one.vague) for one in self.sections)
        long = sum(len(one.long) for one in self.sections)
        blame = sum(len(one.blame) for one in self.sections)
        counts = [
            f"{blame} {'place that asks' if blame == 1 else 'places that ask'} who instead of what" if blame else "",
            f"{vague} {'place' if vague == 1 else 'places'} where a number would say more" if vague else "",
            f"{long} long {'sentence' if long == 1 else 'sentences'}" if long else "",
        ]
        *first, last = [count for count in counts if count] or [""]
        return f"{', '.join(first)} and {last}" if first else last


def hints_of(postmortem: Postmortem) -> Hints:
    """Of all that is written so far: the texts, and what the incident says in words.

    While they draft, people are told of blame alone and at once, by `blame_in`; only what is left of it at review is listed here.
    """
    incident, texts = postmortem.incident, texts_of(postmortem.room)
    told = f"{incident.summary}\n\n{incident.impact.user_experience}"
    is_read = postmortem.status == Postmortem.Status.IN_REVIEW
    blame = blame_in(told)[:MOST_SHOWN] if is_read else []
    found = [SectionHints("The incident", incident.get_absolute_url(), vague_words(told)[:MOST_SHOWN], [], blame)]
    for section in postmortem.sections.all():
        text = texts.get(section.key, "")
        found.append(
            SectionHints(
                section.title,
                f"#{section.anchor}",
                vague_in(section, text),
                long_sentences(text)[:MOST_SHOWN],
                blame_in(text)[:MOST_SHOWN] if is_read else [],
            )
        )
    return Hints([one for one in found if one.vague or one.long or one.blame])

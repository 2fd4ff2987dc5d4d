"""Who is named in comments and texts, and the one mail that tells them.

A person hears once of a thread and once of the texts of a post-mortem, however often they are named: the outbox has one
row for a kind, a recipient and a period. Of what they may not see they hear nothing, which is asked again when it leaves.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from core.embeds import Surroundings
from core.mentions import people_in, sentence_around
from incidents.queries import people_who_see
from people.mail import Letter, inlined
from people.models import Organisation, User
from postmortems.models import Comment, Mention, Postmortem

KIND = "mention"
MOST_IN_A_COMMENT = 50


class Named(Surroundings):
    """Texts that stand where nothing but people is known."""

    def __init__(self, people: Mapping[int, str]) -> None:
        self.people = people


def named_in(*texts: str) -> dict[int, str]:
    """What everyone who is mentioned in these texts is called now; one query, or none."""
    numbers = people_in(*texts)
    return {user.pk: str(user) for user in User.objects.filter(pk__in=numbers)} if numbers else {}


def letters_of_comment(comment: Comment) -> list[Letter]:
    """To those named in a comment who may see it; nobody is told of their own words."""
    postmortem, thread = comment.thread.postmortem, comment.thread
    numbers = [number for number in people_in(comment.text) if number != comment.author_id][:MOST_IN_A_COMMENT]
    if not numbers:
        return []
    people = people_who_see(postmortem.incident).filter(pk__in=numbers)
    facts = {"quote": thread.last_words, "section": thread.section.title, "is_comment": True}
    url = settings.SITE_URL + thread.get_absolute_url()
    return [_letter(person, postmortem, comment.author, comment.text, url, facts) for person in people]


def letter_of_text(mention: Mention, text: str) -> Letter:
    postmortem, section = mention.postmortem, mention.section
    url = f"{settings.SITE_URL}{postmortem.get_absolute_url()}#{section.anchor}"
    return _letter(mention.person, postmortem, mention.by, text, url, {"section": section.title, "is_comment": False})


def _letter(
    person: User, postmortem: Postmortem, by: User | None, text: str, url: str, facts: Mapping[str, Any]
) -> Letter:
    incident = postmortem.incident
    who = str(by) if by else "Somebody"
    context = {
        **facts,
        "person": person,
        "who": who,
        "incident": incident,
        "sentence": sentence_around(text, person.pk, Named(named_in(text))),
        "url": url,
        "organisation": Organisation.load(),
    }
    return Letter(
        person.pk,
        f"{who} mentioned you in {incident.reference} {incident.title}",
        render_to_string("emails/mention.txt", context),
        inlined(render_to_string("emails/mention.html", context)),
        concerns={"incident": [incident.number]},
        topic="mention",
    )


def letters_of_texts(mentions: Iterable[Mention], texts: Mapping[str, str]) -> list[Letter]:
    return [letter_of_text(mention, texts.get(mention.section.key, "")) for mention in mentions]

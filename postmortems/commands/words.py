"""Looking through texts that have changed: for people who are mentioned, and for passages that moved."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from core.mentions import people_in
from incidents.queries import people_who_see
from live.authors import who_wrote
from live.commands import anchor_passage, announce, texts_of
from live.models import SharedText
from people.mail import plan_mails
from people.models import User
from postmortems import mentions
from postmortems.models import Mention, Postmortem, Section
from postmortems.passages import passages_of

# A name that was chosen by mistake is taken out again before anyone hears of it.
SECOND_THOUGHTS = timedelta(seconds=60)


def postmortems_to_read() -> list[int]:
    """Those whose texts have changed since they were read, and those with somebody still to be told."""
    newer = SharedText.objects.filter(room=OuterRef("room"), upto__gt=OuterRef("words_read_upto"))
    waiting = Mention.objects.filter(postmortem=OuterRef("pk"), told_at=None)
    return list(Postmortem.objects.filter(Exists(newer) | Exists(waiting)).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def read_words(pk: int, *, now: datetime) -> None:
    """Note who is mentioned, tell those who have been for a while, and take hold again of passages that came back.

    Whoever comes second while it is being read passes it over.
    """
    rows = Postmortem.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    postmortem = rows.select_related("room", "incident__team").filter(pk=pk).first()
    if postmortem is None:
        return
    stored = SharedText.objects.filter(room=postmortem.room).order_by("-upto").values_list("upto", flat=True)
    upto = max([*stored[:1], postmortem.words_read_upto])
    texts = texts_of(postmortem.room)
    _note_mentions(postmortem, texts, now)
    _tell_mentioned(postmortem, texts, now)
    _look_after_passages(postmortem)
    Postmortem.objects.filter(pk=pk).update(words_read_upto=upto)


def _note_mentions(postmortem: Postmortem, texts: Mapping[str, str], now: datetime) -> None:
    """Keep in step who is named where; those already told stay noted for ever, so that they hear once."""
    places: dict[int, Section] = {}
    for section in postmortem.sections.all():
        for person in people_in(texts.get(section.key, "")):
            places.setdefault(person, section)
    noted = Mention.objects.filter(postmortem=postmortem)
    noted.filter(told_at=None).exclude(person__in=places).delete()
    known = set(noted.values_list("person_id", flat=True))
    new = User.objects.active().filter(pk__in=places.keys() - known).values_list("pk", flat=True)
    sought = {person: (places[person].key, f"(person:{person})") for person in new}
    if not sought:
        return
    authors = who_wrote(postmortem.room, sought.values(), since=postmortem.words_read_upto)
    Mention.objects.bulk_create(
        Mention(
            postmortem=postmortem, section=places[person], person_id=person, by_id=authors[words], first_seen_at=now
        )
        for person, words in sought.items()
    )


def _tell_mentioned(postmortem: Postmortem, texts: Mapping[str, str], now: datetime) -> None:
    due = Mention.objects.filter(postmortem=postmortem, told_at=None, first_seen_at__lte=now - SECOND_THOUGHTS)
    waiting = list(due.select_related("person", "by", "section", "postmortem__incident"))
    seeing = set(
        people_who_see(postmortem.incident)
        .filter(pk__in=[one.person_id for one in waiting])
        .values_list("pk", flat=True)
    )
    told = [one for one in waiting if one.person_id in seeing]
    # Somebody who may not see it is forgotten: should they still be named when the text changes next, it is asked again.
    due.exclude(person__in=seeing).delete()
    due.update(told_at=now)
    others = [one for one in told if one.person_id != one.by_id]
    plan_mails(mentions.KIND, f"postmortem-{postmortem.pk}", mentions.letters_of_texts(others, texts))


def _look_after_passages(postmortem: Postmortem) -> None:
    threads = list(postmortem.threads.exclude(anchor=None).select_related("section"))
    for pk, passage in passages_of(postmortem, threads).items():
        thread = next(one for one in threads if one.pk == pk)
        if not passage.is_lost and (passage.words != thread.last_words or not passage.is_anchored):
            thread.last_words = passage.words
            if not passage.is_anchored and passage.span:  # Its words came back with new ids.
                thread.anchor = anchor_passage(postmortem.room, thread.section.key, passage.span).as_json()
            thread.save(update_fields=["anchor", "last_words", "updated_at"])
            if not passage.is_anchored:
                announce(postmortem.room, "commentsChanged", thread=pk)

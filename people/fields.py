"""Form fields for people. On a page stands a text input that takes a name or an address; a script makes a search of it.

What is sent under the field's name are ids, from the script, and words, from whoever wrote them. An id wins; words are
resolved here, and where they mean several people or nobody, the answer offers those whom they may mean.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.utils import flatatt
from django.template.loader import render_to_string

from people.choosing import MOST_MEANT, Pool, is_meant, people_like, people_meant
from people.models import Team, User

KEY = re.compile(r"(?:(person|team)-)?([0-9]{1,15})")
LONGEST = 1000
MOST_WORDS = 40


@dataclass(frozen=True)
class Offer:
    """What somebody wrote, and whom it may mean."""

    words: str
    people: list[User]


class Unresolved(ValidationError):
    def __init__(self, sentence: str, offer: Offer | None = None) -> None:
        super().__init__("%(sentence)s", params={"sentence": sentence})
        self.offer = offer


def is_key(said: str) -> bool:
    return KEY.fullmatch(said) is not None


def written(person: User) -> str:
    """Such that it means this person and nobody else, also when it is sent back without a script."""
    return f"{person} ({person.email})"


class PickerWidget(forms.Widget):
    """`settled` and `offers` are what the field made of the words that were sent."""

    template_name = "components/_people_picker.html"
    is_many = False
    pool: Pool

    def __init__(self, attrs: dict[str, Any] | None = None, pool: Pool | None = None) -> None:
        if pool:
            self.pool = pool
        super().__init__({"maxlength": LONGEST, "placeholder": "Name or e-mail", **(attrs or {})})
        self._forget()

    def __deepcopy__(self, memo: dict[int, Any]) -> "PickerWidget":
        copied: PickerWidget = super().__deepcopy__(memo)  # type: ignore[misc]
        copied._forget()
        return copied

    def _forget(self) -> None:
        self.settled: dict[str, User | Team] = {}
        self.offers: list[Offer] = []

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> Any:
        return render_to_string(self.template_name, {"picker": self.picture(name, value, attrs)})

    def picture(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        said = [one for one in (value if self.is_many else [value]) or [] if one not in (None, "")]
        chosen = [one for one in map(self._resolved, said) if isinstance(one, User | Team)]
        words = ", ".join(one for one in said if isinstance(one, str) and self._resolved(one) is None)
        attrs = self.build_attrs(self.attrs, attrs)
        return {
            "name": name,
            "id": attrs.get("id", ""),
            "attrs": flatatt(attrs),
            "is_many": self.is_many,
            "is_required": self.is_required,
            "url": self.pool.url,
            "without": " ".join(sorted(self.pool.left_out)),
            "chosen": [self._seen(one) for one in chosen],
            "words": words,
            "offers": [
                {"words": offer.words, "people": list(map(self._offered, offer.people))} for offer in self.offers
            ],
        }

    def _resolved(self, said: Any) -> User | Team | None:
        if isinstance(said, User | Team):
            return said
        if str(said) in self.settled:
            return self.settled[str(said)]
        key = KEY.fullmatch(str(said))
        if key is None:
            return None
        # Whom nothing is told of who is here is not told either whom a number means.
        people = User.objects.all() if self.pool.tells_addresses else self.pool.people
        among: QuerySet[Any] = Team.objects.all() if key[1] == "team" else people
        found: User | Team | None = among.filter(pk=int(key[2])).first()
        if found is not None:
            self.settled[str(said)] = found
        return found

    def _offered(self, person: User) -> dict[str, Any]:
        if not self.pool.tells_addresses:
            return self._seen(person)
        teams = [team.name for team in person.teams.all()[:1]]
        return {**self._seen(person), "beside": " · ".join([*teams, person.email])}

    def _seen(self, chosen: User | Team) -> dict[str, Any]:
        person = chosen if isinstance(chosen, User) else None
        return {
            "value": self.pool.value_of(chosen),
            "name": str(chosen),
            "person": person,
            "written": written(person) if person and self.pool.tells_addresses else str(chosen),
        }


class PersonInput(PickerWidget):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        values = data.getlist(name) if hasattr(data, "getlist") else [data.get(name)]
        said = [str(one).strip() for one in values if one not in (None, "")]
        return next((one for one in reversed(said) if is_key(one)), said[-1] if said else None)


class PeopleInput(PickerWidget):
    """Those chosen are boxes with a tick, further ones are written with commas between them."""

    is_many = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        parts = [part.strip() for one in values for part in re.split(r"[,;\n]", str(one))]
        return list(dict.fromkeys(filter(None, parts)))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


def _plain(value: Any) -> str:
    return str(value.pk) if isinstance(value, User | Team) else str(value or "")


class HiddenPerson(forms.HiddenInput):
    def format_value(self, value: Any) -> str:
        return _plain(value)


class HiddenPeople(forms.MultipleHiddenInput):
    def format_value(self, value: Any) -> list[str]:
        return [_plain(one) for one in value or []]


class PoolField(forms.Field):
    widget: Any

    def __init__(self, pool: Pool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool = pool

    @property
    def pool(self) -> Pool:
        return self._pool

    @pool.setter
    def pool(self, pool: Pool) -> None:
        """Forms say it anew where it hangs on what they are about."""
        self._pool = self.widget.pool = pool

    def chosen(self, said: str) -> User | Team:
        """By id or in words. Raises Unresolved."""
        said = said.strip()[:LONGEST]
        key = KEY.fullmatch(said)
        found = self.by_key(key[1] or "", int(key[2])) if key else self.in_words(said)
        self.widget.settled[said] = found
        return found

    def by_key(self, kind: str, pk: int) -> User | Team:
        person = self.pool.people.filter(pk=pk).first()
        if person is None:
            self.refuse(User.objects.filter(pk=pk).first())
        return person

    def in_words(self, words: str) -> User | Team:
        found = people_meant(self.pool.people, words)
        if len(found) == 1 and is_meant(found[0], words):
            return found[0]
        if not found and len(others := people_meant(User.objects.all(), words)) == 1:
            self.refuse(others[0])
        raise Unresolved(*self._open_question(words, found))

    def _open_question(self, words: str, found: list[User]) -> tuple[str, Offer]:
        if len(found) < 2:
            alike = found or people_like(self.pool.people, words)
            nobody = f"Nobody who can be chosen here goes by “{words}”"
            return f"{nobody}. {'Is it one of these?' if alike else 'Write a name or an address.'}", Offer(words, alike)
        more = "" if len(found) <= MOST_MEANT else " There are more: write more of the name, or the e-mail address."
        return f"Several people go by “{words}”: say which of them.{more}", Offer(words, found[:MOST_MEANT])

    def refuse(self, person: User | None) -> NoReturn:
        if not self.pool.tells_addresses:
            raise Unresolved("Nobody who can be chosen here is meant by that. Write another name.")
        raise Unresolved(self.pool.why_not(person) if person else "There is no such person any more. Choose another.")


class PersonField(PoolField):
    """One of a pool of people."""

    widget = PersonInput
    hidden_widget = HiddenPerson

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, User | Team):
            return value or None
        try:
            return self.chosen(str(value))
        except Unresolved as question:
            self.widget.offers = [question.offer] if question.offer else []
            raise


class PersonOrTeamField(PersonField):
    def by_key(self, kind: str, pk: int) -> User | Team:
        if kind != "team":
            return super().by_key(kind, pk)
        team = Team.objects.filter(pk=pk).first()
        if team is None:
            raise Unresolved("There is no such team any more. Choose another.")
        return team

    def in_words(self, words: str) -> User | Team:
        return Team.objects.filter(name__iexact=words).first() or super().in_words(words)


class PeopleField(PoolField):
    """Several of a pool of people, in the order of their names."""

    widget = PeopleInput
    hidden_widget = HiddenPeople

    def to_python(self, value: Any) -> list[User]:
        said = [_plain(one) for one in value or []]
        chosen = self._by_keys([one for one in said if is_key(one)])
        open_questions = []
        written_ones = [one for one in said if not is_key(one)]
        if len(written_ones) > MOST_WORDS:
            raise ValidationError(f"Write at most {MOST_WORDS} names at a time.")
        for words in written_ones:
            try:
                person = self.chosen(words)
            except Unresolved as question:
                # Whoever was asked which of them has answered by choosing one.
                if not question.offer or not {one.pk for one in question.offer.people} & chosen.keys():
                    open_questions.append(question)
            else:
                chosen[person.pk] = person  # type: ignore[assignment]
        if open_questions:
            self.widget.offers = [question.offer for question in open_questions if question.offer]
            raise ValidationError(open_questions)
        # In the database's order of names, so that nobody seems to have changed what only stands in another.
        return list(User.objects.filter(pk__in=chosen)) if chosen else []

    def _by_keys(self, keys: list[str]) -> dict[int, User]:
        wanted = {int(KEY.fullmatch(key)[2]) for key in keys}  # type: ignore[index]
        found: dict[int, User] = {person.pk: person for person in self.pool.people.filter(pk__in=wanted)}
        if missing := wanted - found.keys():
            self.refuse(User.objects.filter(pk__in=missing).first())
        self.widget.settled |= {str(pk): person for pk, person in found.items()}
        return found

    def has_changed(self, initial: Iterable[User] | None, data: Any) -> bool:
        return {_plain(one) for one in initial or []} != {str(one) for one in data or []}


def without_suggestions(form: forms.Form) -> forms.Form:
    """For a reader without a session, whom nothing is told of who is here: names are written."""
    for field in form.fields.values():
        if isinstance(field, PoolField):
            field.pool = replace(field.pool, place="", tells_addresses=False)
    return form

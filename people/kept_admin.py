"""How the admin's pages differ from Django's own: they show what a person may see, and keep one record."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from core.errors import DomainError
from people.models import RecordEntry
from people.record import put_on_record
from people.requests import person_behind

LONGEST = 18  # Digits of a number that fits into the column.


def is_row_number(words: str) -> bool:
    return words.isdecimal() and len(words) <= LONGEST


class _OfNumbers:
    """Django's own breaks when a form comes back with something that cannot be a row's number."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, [v for v in value if is_row_number(v)], attr)  # type: ignore[misc]


class NumbersOnly(_OfNumbers, AutocompleteSelect):
    pass


class NumbersOnlyMany(_OfNumbers, AutocompleteSelectMultiple):
    pass


class SoundChangeList(ChangeList):
    """Django answers a filter that means nothing with the whole list; a year that no calendar has it forgot."""

    def get_filters(self, request: HttpRequest) -> Any:
        with meaningful():
            return super().get_filters(request)

    def get_results(self, request: HttpRequest) -> None:
        with meaningful():
            super().get_results(request)


@contextmanager
def meaningful() -> Iterator[None]:
    try:
        yield
    except (OverflowError, ValueError) as error:
        raise IncorrectLookupParameters(error) from error


class KeptAdmin(admin.ModelAdmin):
    """Rows that a facilitator keeps: seen through `visible_to`, changed on record, never deleted."""

    has_page = False
    object_history_template = "admin/record.html"
    save_on_top = False
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def response_action(self, request: HttpRequest, queryset: models.QuerySet, *args: Any, **kwargs: Any) -> Any:
        """Django's own breaks when a chosen row is no row's number."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(is_row_number(key) for key in chosen):
            self.message_user(request, "That choice holds something that is no row of this list.", messages.ERROR)
            return None
        return super().response_action(request, queryset, *args, **kwargs)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SoundChangeList

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = NumbersOnly(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = NumbersOnlyMany(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def view_on_site(self, obj: models.Model) -> str | None:  # type: ignore[override]
        """Its page in the product, if it has one. Django's own detour by content type would tell too much."""
        return obj.get_absolute_url() if self.has_page else None  # type: ignore[attr-defined]

    def log_addition(  # type: ignore[override]
        self, request: HttpRequest, obj: models.Model, message: Any
    ) -> None:
        put_on_record(obj, f"{self._noun}.added", by=person_behind(request))

    def log_change(  # type: ignore[override]
        self, request: HttpRequest, obj: models.Model, message: Any
    ) -> None:
        put_on_record(obj, f"{self._noun}.changed", by=person_behind(request), changes=message)

    @property
    def _noun(self) -> str:
        return str(self.opts.verbose_name).replace(" ", "_").replace("-", "")

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        # Unknown and hidden answer alike, as on every other page.
        raise Http404

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What is on record about it, whether it came about here or on the pages."""
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            raise Http404
        if not self.has_view_or_change_permission(request, thing):
            raise PermissionDenied
        entries = RecordEntry.objects.about(thing).select_related("by")
        context = {
            **self.admin_site.each_context(request),
            "title": f"On record: {thing}",
            "entries": Paginator(entries, 100).get_page(request.GET.get("p", 1)),
            "object": thing,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def refuse(self, request: HttpRequest, error: DomainError) -> None:
        for reason in error.reasons:
            self.message_user(request, reason, messages.ERROR)


class ReadOnlyAdmin(KeptAdmin):
    """Rows that only commands write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

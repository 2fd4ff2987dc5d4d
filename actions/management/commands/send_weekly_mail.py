import argparse
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from actions.weekly import KIND, Run, letters, period_of, plan_week
from core.dates import monday_of
from people.mail import Postbox, deliver
from people.models import Organisation, OutboxMail, User


def a_day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{words}” is not a date; write it as 2026-11-23.") from error


class Command(BaseCommand):
    help = (
        "Send the mail of one week by hand, as beat and worker do on Monday morning. A week is planned once: after "
        "that this sends what of it still waits, and nothing twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of", type=a_day, metavar="DATE", help="the day whose state is told; today unless given"
        )
        parser.add_argument("--dry-run", action="store_true", help="say who would get what, and do nothing")

    def handle(self, *args: Any, as_of: date | None, dry_run: bool, **options: Any) -> None:
        day = as_of or timezone.now().astimezone(Organisation.load().zone).date()
        if dry_run:
            self._say_what_would_be_sent(day)
            return
        if monday_of(day) > monday_of(timezone.now().astimezone(Organisation.load().zone).date()):
            raise CommandError(f"The week of {day} has not begun: planned now, it would tell the state of today.")
        run = plan_week(day, at_once=True)
        self.stdout.write(self._opening(run))
        self._send_what_waits(run.period)
        self._say_what_became_of(run.period)

    def _say_what_would_be_sent(self, day: date) -> None:
        addresses, count = dict(User.objects.active().order_by().values_list("pk", "email")), 0
        for letter in letters(day):
            self.stdout.write(f"would send  {addresses[letter.recipient_id]}  {letter.subject}")
            count += 1
        self.stdout.write(f"{period_of(day)}: {count} mails would be sent, had the week not been planned yet.")

    def _opening(self, run: Run) -> str:
        if run.is_new:
            return f"{run.period}: {run.mail_count} mails planned."
        return f"{run.period} was planned before: nothing new is owed."

    def _send_what_waits(self, period: str) -> None:
        waiting = OutboxMail.objects.filter(kind=KIND, period=period).due(timezone.now())
        with Postbox() as postbox:
            for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
                deliver(postbox, pk)

    def _say_what_became_of(self, period: str) -> None:
        mails = OutboxMail.objects.filter(kind=KIND, period=period).select_related("recipient").order_by("pk")
        for mail in mails.iterator(chunk_size=500):
            error = f"  ({mail.last_error})" if mail.last_error else ""
            self.stdout.write(f"{mail.get_status_display():<10}  {mail.recipient.email}  {mail.subject}{error}")

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integrations.demo.loading import Account, accounts, is_empty, is_loaded, load_demo


class Command(BaseCommand):
    help = (
        "Load Harbour, a ferry company that does not exist, with people, incidents, post-mortems and actions to look "
        "at. A second run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the accounts as JSON on the last line")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are people already")
        parser.add_argument("--force", action="store_true", help="also in production, and beside other people's data")

    def handle(self, *args: Any, force: bool, if_empty: bool, **options: Any) -> None:
        if settings.IN_PRODUCTION and not force:
            raise CommandError("Not in production: everyone knows the password of these accounts (--force overrides).")
        if is_loaded():
            self._say("Harbour is loaded already.", accounts(), options["json"])
        elif is_empty() or force:
            load_demo()
            self._say("Harbour is loaded.", accounts(), options["json"])
        elif if_empty:
            self._say("There are people here already: nothing is loaded.", [], options["json"])
        else:
            raise CommandError("There are people or incidents here already (--force loads Harbour beside them).")

    def _say(self, words: str, known: list[Account], as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"accounts": [asdict(account) for account in known]}))
            return
        self.stdout.write(words)
        for account in known:
            self.stdout.write(f"  {account.email:<34} {account.password:<24} {account.role}")

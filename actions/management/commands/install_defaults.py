from typing import Any

from django.core.management.base import BaseCommand

from actions.escalation import install_ladder
from incidents.defaults import install_review_triggers, install_severity_policies
from people.models import Organisation
from postmortems.defaults import install_templates


class Command(BaseCommand):
    help = "Make the policies, templates and the organisation that are missing. What exists stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        Organisation.load()
        policies, triggers, templates = install_severity_policies(), install_review_triggers(), install_templates()
        self.stdout.write(
            f"Made {policies} severity policies, {triggers} review triggers, {templates} templates and "
            f"{install_ladder()} steps of the ladder."
        )

from people.models.absences import Absence
from people.models.choices import UnwantedMail
from people.models.outbox import OutboxMail
from people.models.record import RecordEntry
from people.models.users import Organisation, Team, User

__all__ = ["Absence", "Organisation", "OutboxMail", "RecordEntry", "Team", "UnwantedMail", "User"]

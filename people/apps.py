from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from people.choosing import anybody, register_place

        register_place("anybody", lambda reader, of: anybody(reader))

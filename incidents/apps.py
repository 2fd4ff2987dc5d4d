from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self) -> None:
        from incidents.choosing import participants_place
        from incidents.permissions import sees_all
        from people.choosing import register_place
        from people.mail import register_check

        register_check("incident", sees_all)
        register_place("participants", participants_place)

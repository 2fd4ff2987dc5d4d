from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self) -> None:
        from incidents.permissions import sees_all
        from people.mail import register_check

        register_check("incident", sees_all)

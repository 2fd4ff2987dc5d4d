from django.apps import AppConfig


class PostmortemsConfig(AppConfig):
    name = "postmortems"
    verbose_name = "post-mortems"

    def ready(self) -> None:
        from live import registry
        from postmortems import receivers  # noqa: F401 - connects them
        from postmortems.door import PostmortemDoor

        registry.register("postmortems", PostmortemDoor())

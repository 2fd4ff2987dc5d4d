from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "actions"

    def ready(self) -> None:
        from actions.blocks import register_blocks
        from actions.history import ActionRows
        from postmortems.history import rows

        rows.register(ActionRows())
        register_blocks()

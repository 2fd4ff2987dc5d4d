from django.apps import AppConfig

TOPICS: list[tuple[str, str, str, tuple[str, ...]]] = [
    (
        "reminder",
        "A reminder two days before an action of mine is due",
        "Not needed when you look at your list anyway.",
        (),
    ),
    (
        "team",
        "What is late in my team, and what it finished",
        "In the weekly mail. Leads and managers get theirs in any case.",
        (),
    ),
    ("finished", "What I finished last week", "In the weekly mail.", ()),
    ("weekly", "The news of the weekly mail: my team’s list, and what was finished", "", ("team", "finished")),
]


class ActionsConfig(AppConfig):
    name = "actions"

    def ready(self) -> None:
        from actions import answers, receivers  # noqa: F401 - connects them
        from actions.blocks import register_blocks
        from actions.choosing import any_owner, owners_pool, waits_pool
        from actions.history import ActionRows, CandidateRows
        from people.choosing import register_place
        from people.mail import register_seal
        from people.topics import Topic, register_topic
        from postmortems.choosing import of_postmortem
        from postmortems.history import rows

        rows.register(ActionRows())
        rows.register(CandidateRows())
        register_blocks()
        register_seal(answers.ADDRESSES, answers.seal)
        register_place("owner", of_postmortem(owners_pool))
        register_place("waits-for", of_postmortem(waits_pool))
        register_place("any-owner", lambda reader, of: any_owner())
        for topic in TOPICS:
            register_topic(Topic(*topic))

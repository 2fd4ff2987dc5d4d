from django.apps import AppConfig


class PostmortemsConfig(AppConfig):
    name = "postmortems"
    verbose_name = "post-mortems"

    def ready(self) -> None:
        from live import registry
        from people.choosing import register_place
        from people.topics import Topic, register_topic
        from postmortems import receivers  # noqa: F401 - connects them
        from postmortems.choosing import facilitators_pool, of_postmortem, reviewers_pool
        from postmortems.door import PostmortemDoor
        from postmortems.history import rows
        from postmortems.history.keeping import kept_upto
        from postmortems.history.kinds import CauseRows, FactsRows, ObservationRows, TimelineRows
        from postmortems.own_blocks import register_blocks

        register_topic(
            Topic(
                "mention", "When somebody mentions me", "In a text or a comment; one mail for each thread or document."
            )
        )
        register_topic(
            Topic("draft_shared", "When a draft is there to read", "Of an incident I took part in; one mail for each.")
        )
        register_topic(Topic("review_asked", "When my review is asked for", "Once each time that it goes to review."))
        register_topic(
            Topic("changes_asked", "When a reviewer asks for changes", "Of a post-mortem that I answer for.")
        )
        registry.register("postmortems", PostmortemDoor())
        registry.register_keeper("postmortems", kept_upto)
        rows.register(TimelineRows())
        rows.register(ObservationRows())
        rows.register(CauseRows())
        rows.register(FactsRows())
        register_blocks()
        register_place("facilitator", of_postmortem(facilitators_pool))
        register_place("reviewer", of_postmortem(reviewers_pool))

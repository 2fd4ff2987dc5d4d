"""News that people announces."""

from django.dispatch import Signal

# Somebody can own nothing any more: the account was switched off, or may only read. Sent with `person` and `by`.
person_left = Signal()

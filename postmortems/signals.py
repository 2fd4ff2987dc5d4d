from django.dispatch import Signal

postmortem_published = Signal()  # postmortem
postmortem_closed = Signal()  # postmortem

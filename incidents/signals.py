from django.dispatch import Signal

incident_edited = Signal()  # incident, changed: the names of the fields that changed
incident_noted = Signal()  # incident, note

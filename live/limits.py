"""Every bound of live editing in one place; docs/live-protocol.md tells other clients' authors."""

MAX_FRAME_BYTES = 1024 * 1024
MAX_AWARENESS_BYTES = 64 * 1024
MAX_STATE_BYTES = 2048
MAX_CLIENTS_IN_UPDATE = 2000  # What one visit has to tell comes from one client, and from a few more at most.
MAX_DOCUMENT_BYTES = 32 * 1024 * 1024
MAX_ROW_BYTES = 32 * 1024

# What waits: for a change that has not arrived yet, for PostgreSQL, for a slow reader.
MAX_WAITING_BYTES = 4 * 1024 * 1024
MAX_WAITING_RUNS = 4000  # Each is looked at again with every batch of the room.
MAX_INBOX_BYTES = 16 * 1024 * 1024
MAX_UNSENT_BYTES = 8 * 1024 * 1024

# Of one person in one web process. A held key gives 30 updates and 30 cursors a second, a selection drawn with the mouse
# 60 more; whoever comes back after a day without a network sends all of it in one message of each page.
SOCKETS_PER_PERSON = 30
SOCKETS_PER_PERSON_AND_ROOM = 10
MESSAGES_PER_SECOND = 150
MESSAGE_BURST = 3000
BYTES_PER_SECOND = 512 * 1024
BYTE_BURST = 16 * 1024 * 1024
BAD_FRAMES_BEFORE_CLOSING = 3

# Seconds.
STORE_TIMEOUT = 10
LOAD_TIMEOUT = 10
REREAD_EVERY = 5.0
REREAD_EVERY_WITHOUT_BUS = 0.5
REREAD_MARGIN = 60.0
RIGHTS_EVERY = 2.0
DOORS_EVERY = 5.0
TEXTS_WITHIN = 0.5
PRESENCE_RENEWED_AFTER = 14.0
PRESENCE_ENDS_AFTER = 30.0
FLUSH_WITHIN = 5.0
GIVE_BACK_EVERY = 30.0

FOLD_AFTER_ROWS = 1000
FOLD_QUIET_AFTER_ROWS = 100
ROWS_KEPT_DAYS = 30

# Close codes.
POLICY = 1008
TOO_BIG = 1009
TRY_AGAIN = 1013
ACCESS_WITHDRAWN = 4403

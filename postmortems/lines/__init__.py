from postmortems.lines.facts import Line, read_line
from postmortems.lines.times import Around

__all__ = ["Around", "Line", "read_line"]

from postmortems.lane.axis import Axis, Window
from postmortems.lane.drawing import Drawing, draw
from postmortems.lane.story import Mark, Story, story_of

__all__ = ["Axis", "Drawing", "Mark", "Story", "Window", "draw", "story_of"]

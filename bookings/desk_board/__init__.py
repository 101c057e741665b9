"""The whole house on one sheet: a row for each place, time from left to right."""

from .parts import LATE_AFTER, Viewer
from .sheet import draw, read, sheet

__all__ = ["LATE_AFTER", "Viewer", "draw", "read", "sheet"]

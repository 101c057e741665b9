"""What the demonstration's world looks like, as plain data: unions, palaces, their houses, rules and texts.

Shapes and figures are those of real palaces (newspaper reports of 2020 to 2024): the main palace has Haining's size, the
others those of Wenshang and Nanjing. All places, firms and people are invented.
"""

from .main_palace import CHAOCHENG
from .other_palaces import LANNING, SHANHE

MAIN = CHAOCHENG
PALACES = (CHAOCHENG, SHANHE, LANNING)

__all__ = ["MAIN", "PALACES"]

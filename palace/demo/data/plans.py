"""A site plan: floors as rows of rooms, each with its number and name, stairs, lift and entrance."""

import shutil
import subprocess
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from .drawing import DADO, FINER, INK, PAPER, RED, SHEET, SOFT, TINT, WELL, WIDTH, encode

MARGIN, TITLE, FLOOR_HEIGHT, SHAFT = 40, 30, 190, 110


@lru_cache
def chinese_font() -> str:
    """A font file that has Chinese letters, or nothing: then the English names are drawn."""
    lister = shutil.which("fc-list")
    if not lister:
        return ""
    found = subprocess.run([lister, ":lang=zh", "file"], capture_output=True, text=True, check=False).stdout
    files = sorted(line.strip().rstrip(":") for line in found.splitlines() if line.strip())
    return next((f for f in files if "Sans" in f), files[0] if files else "")


@lru_cache
def font(size: int):
    path = chinese_font()
    if not path:
        return ImageFont.load_default(size * FINER)
    # In the Noto collections the third face is Simplified Chinese.
    return ImageFont.truetype(path, size * FINER, index=2 if "CJK" in path and path.endswith(".ttc") else 0)


def plan(floors: list[tuple[str, str, list[tuple[str, str]]]]) -> bytes:
    """``floors``: (name, English name, rooms as (name, English name)), the lowest first."""
    height = 2 * MARGIN + TITLE + FLOOR_HEIGHT * len(floors)
    image = Image.new("RGB", (WIDTH * FINER, height * FINER), PAPER)
    sheet = Sheet(ImageDraw.Draw(image))
    number = 0
    for index, (name, name_en, rooms) in enumerate(floors):
        top = height - MARGIN - FLOOR_HEIGHT * (index + 1)
        sheet.floor(top, (name, name_en), rooms, number, is_ground=index == 0)
        number += len(rooms)
    return encode(image.resize((WIDTH, height), Image.Resampling.LANCZOS))


class Sheet:
    def __init__(self, draw):
        self.draw = draw

    def rectangle(self, x0, y0, x1, y1, fill, edge=INK, wide=2):
        self.draw.rectangle([v * FINER for v in (x0, y0, x1, y1)], fill=fill, outline=edge, width=wide * FINER)

    def text(self, x, y, words: str, size: int, fill=INK, anchor="mm"):
        self.draw.text((x * FINER, y * FINER), words, font=font(size), fill=fill, anchor=anchor)

    def named(self, x, y, name: tuple[str, str], size: int, widest: int):
        """The Chinese name with the English one below it; smaller where it would not fit."""
        lines = name if chinese_font() else name[1:]
        for n, line in enumerate(lines):
            fitting = size if n == 0 and chinese_font() else size - 6
            while fitting > 9 and font(fitting).getlength(line) / FINER > widest:
                fitting -= 1
            self.text(x, y + n * 26, line, fitting, INK if n == 0 else SOFT)

    def floor(self, top, name, rooms, number, *, is_ground):
        bottom, left, right = top + FLOOR_HEIGHT - 14, MARGIN + 110, WIDTH - MARGIN
        self.named(MARGIN + 50, top + 70, name, 20, 100)
        self.rectangle(left, top, right, bottom, WELL, wide=4)
        self.shaft(left, top, bottom)
        each = (right - left - SHAFT) / max(1, len(rooms))
        for n, room in enumerate(rooms):
            x = left + SHAFT + n * each
            self.room(x, top, x + each, bottom - 34, room, number + n + 1)
        if is_ground:
            self.entrance((left + SHAFT + right) / 2, bottom)

    def room(self, x0, y0, x1, y1, name, number):
        self.rectangle(x0, y0, x1, y1, SHEET)
        middle = (x0 + x1) / 2
        self.draw.rounded_rectangle(
            [v * FINER for v in (middle - 19, y0 + 14, middle + 19, y0 + 50)], radius=8 * FINER, fill=DADO
        )
        self.text(middle, y0 + 32, str(number), 20, SHEET)
        self.named(middle, y0 + 78, name, 21, x1 - x0 - 14)
        self.rectangle(middle - 16, y1 - 2, middle + 16, y1 + 2, WELL, WELL)  # its door

    def shaft(self, left, top, bottom):
        """Stairs and lift, as signs that need no words."""
        self.rectangle(left, top, left + SHAFT, bottom, TINT)
        for n in range(6):
            x, y = left + 14 + n * 13, top + 84 - n * 11
            steps = [x, y, x + 13, y, x + 13, y - 11]
            self.draw.line([v * FINER for v in steps], fill=INK, width=3 * FINER)
        self.rectangle(left + 30, top + 104, left + 80, bottom - 12, SHEET)
        middle, center = left + 55, (top + 104 + bottom - 12) / 2
        for sign in (-1, 1):
            tip = [(middle, center + sign * 22), (middle - 10, center + sign * 8), (middle + 10, center + sign * 8)]
            self.draw.polygon([(x * FINER, y * FINER) for x, y in tip], fill=DADO)

    def entrance(self, x, bottom):
        arrow = [(x, bottom - 8), (x - 18, bottom + 22), (x + 18, bottom + 22)]
        self.draw.polygon([(a * FINER, b * FINER) for a, b in arrow], fill=RED)

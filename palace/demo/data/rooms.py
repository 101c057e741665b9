"""One drawing for each kind of venue."""

from .drawing import DADO, INK, JADE, OCHRE, RED, SHEET, SKY, SOFT, TINT, WELL, WOOD, Room

FELT = "#2d7a5f"


def badminton() -> Room:
    room = with_windows(Room(floor=WOOD))
    room.flat(-0.62, 0.62, 0.06, 0.94, FELT, SHEET)
    for x in (-0.55, 0, 0.55):
        room.line((x, 0.06), (x, 0.94), fill=SHEET)
    for z in (0.12, 0.36, 0.62, 0.88):
        room.line((-0.62, z), (0.62, z), fill=SHEET)
    net(room, -0.68, 0.68, 0.48, 0.3)
    return room


def net(room: Room, x0, x1, z, h, low=0.12):
    for x in (x0, x1):
        room.line((x, z), (x, z, h), wide=6)
    for n in range(25):
        x = x0 + (x1 - x0) * n / 24
        room.line((x, z, low), (x, z, h), fill=SOFT, wide=1)
    for n in range(6):
        level = low + (h - low) * n / 5
        room.line((x0, z, level), (x1, z, level), fill=SOFT, wide=1)
    room.line((x0, z, h), (x1, z, h), fill=SHEET, wide=6)


def with_windows(room: Room) -> Room:
    for side in (-1, 1):
        for z in (0.1, 0.38, 0.68):
            room.window(side, z)
    return room


def basketball() -> Room:
    room = with_windows(Room(floor="#d9a866"))
    room.flat(-0.75, 0.75, 0.05, 0.95, "#d9a866", SHEET)
    room.flat(-0.24, 0.24, 0.55, 0.95, RED, SHEET)
    across, down = room.at(0, 0.55)
    wide = 150 * 2
    room.draw.arc([across - wide, down - 60, across + wide, down + 70], 0, 180, fill=SHEET, width=6)
    room.line((-0.75, 0.3), (0.75, 0.3), fill=SHEET)
    room.line((0, 0.97), (0, 0.97, 0.5), wide=8)
    room.board(-0.16, 0.16, 0.5, 0.78, SHEET, z=0.95)
    room.board(-0.06, 0.06, 0.54, 0.66, SHEET, z=0.95)
    room.line((-0.07, 0.92, 0.53), (0.07, 0.92, 0.53), fill=RED, wide=7)
    for n in range(5):
        x = -0.06 + n * 0.03
        room.line((x, 0.92, 0.53), (x * 0.5, 0.92, 0.43), fill=SOFT, wide=2)
    room.disc(-0.35, 0.12, 0.035, 0.035, OCHRE)
    return room


def table_tennis() -> Room:
    room = with_windows(Room(floor=WELL))
    for z in (0.72, 0.38, 0.08):
        for x in (-0.5, 0.5):
            room.table(x - 0.24, x + 0.24, z, z + 0.16, 0.17, "#2f6f8f")
            room.line((x, z, 0.17), (x, z + 0.16, 0.17), fill=SHEET, wide=2)
            room.board(x - 0.25, x + 0.25, 0.17, 0.21, SHEET, z=z + 0.08)
    return room


def billiards() -> Room:
    room = Room(floor="#b98d5f")
    for z, x in ((0.62, -0.45), (0.62, 0.45), (0.12, -0.48), (0.12, 0.48)):
        room.box(x - 0.3, x + 0.3, z, z + 0.24, 0.1, 0.19, "#6b3f22", "#6b3f22", "#523019")
        room.flat(x - 0.26, x + 0.26, z + 0.02, z + 0.22, FELT, h=0.19)
        for n, colour in enumerate((RED, OCHRE, SHEET, INK)):
            room.disc(x - 0.12 + n * 0.08, z + 0.07 + (n % 2) * 0.07, 0.2, 0.012, colour)
        room.line((x, z + 0.12, 0.98), (x, z + 0.12, 0.6), wide=2)
        room.board(x - 0.16, x + 0.16, 0.55, 0.61, DADO, z=z + 0.12)
    return room


def gym() -> Room:
    room = with_windows(Room(floor="#8b8377"))
    room.board(-0.8, 0.8, 0.12, 0.8, SKY)
    for n in range(5):
        x = -0.64 + n * 0.32
        room.box(x - 0.1, x + 0.1, 0.5, 0.8, 0.0, 0.05, INK)
        room.line((x - 0.09, 0.78), (x - 0.09, 0.78, 0.32), wide=5)
        room.line((x + 0.09, 0.78), (x + 0.09, 0.78, 0.32), wide=5)
        room.board(x - 0.09, x + 0.09, 0.3, 0.4, DADO, z=0.78)
    room.box(-0.75, -0.15, 0.1, 0.16, 0.0, 0.2, RED, RED)
    for n in range(6):
        room.disc(-0.68 + n * 0.1, 0.09, 0.22, 0.03, INK)
    room.line((0.2, 0.12, 0.16), (0.8, 0.12, 0.16), wide=6)
    for x in (0.2, 0.26, 0.74, 0.8):
        room.disc(x, 0.12, 0.16, 0.09, INK)
    return room


def dance() -> Room:
    room = Room(floor="#e6cf9f")
    room.board(-0.86, 0.86, 0.06, 0.86, SKY)
    for x in (-0.43, 0, 0.43):
        room.line((x, 1, 0.06), (x, 1, 0.86), wide=2)
    for n in range(1, 9):
        room.line((-1, n / 9), (1, n / 9), fill="#cfb27c", wide=1)
    for side in (-1, 1):
        room.window(side, 0.2)
        room.line((side * 0.97, 0.05, 0.32), (side * 0.97, 0.95, 0.32), fill="#8a5a2b", wide=6)
    room.box(0.6, 0.86, 0.86, 0.94, 0, 0.2, INK)
    room.disc(0.73, 0.85, 0.11, 0.05, SOFT)
    return room


def piano() -> Room:
    room = Room(floor="#cdb28a")
    room.window(-1, 0.35, 0.3)
    room.box(-0.36, 0.36, 0.62, 0.82, 0, 0.56, "#2c221b", "#3a2c22")
    room.box(-0.36, 0.36, 0.5, 0.62, 0.22, 0.3, SHEET, "#2c221b")
    for n in range(30):
        x = -0.34 + n * 0.68 / 29
        room.line((x, 0.5, 0.3), (x, 0.6, 0.3), fill=SOFT, wide=1)
        if n % 7 not in (2, 6):
            room.line((x + 0.012, 0.55, 0.3), (x + 0.012, 0.61, 0.3), wide=5)
    room.board(-0.14, 0.14, 0.36, 0.5, SHEET, z=0.6)
    for n in range(4):
        room.line((-0.12, 0.59, 0.39 + n * 0.025), (0.12, 0.59, 0.39 + n * 0.025), fill=SOFT, wide=1)
    room.box(-0.14, 0.14, 0.24, 0.32, 0.1, 0.16, RED, "#7a1511")
    for x in (-0.12, 0.12):
        room.line((x, 0.24), (x, 0.24, 0.1), wide=6)
    return room


def reading() -> Room:
    room = Room(floor=WELL)
    room.board(-0.8, 0.8, 0.06, 0.8, "#8a5a2b")
    for level in (0.08, 0.25, 0.42, 0.59):
        room.line((-0.8, 1, level), (0.8, 1, level), wide=2)
        for n in range(40):
            colour = (RED, DADO, OCHRE, SHEET, "#2f6f8f")[(n * 7 + int(level * 100)) % 5]
            x = -0.78 + n * 0.039
            room.board(x, x + 0.03, level, level + 0.1 + (n % 3) * 0.015, colour)
    for z in (0.6, 0.32, 0.06):
        for x in (-0.5, 0.5):
            room.table(x - 0.3, x + 0.3, z, z + 0.12, 0.16, "#d9b884")
            for place in (x - 0.16, x + 0.14):
                room.board(place - 0.08, place + 0.08, 0.18, 0.32, TINT, z=z + 0.08)
                room.seat(place, z - 0.03, DADO)
    return room


def theatre() -> Room:
    room = Room(floor="#6b1a15", wall="#efe2c8")
    room.board(-0.9, 0.9, 0.0, 0.2, "#8a5a2b")
    room.board(-0.9, 0.9, 0.2, 0.92, SHEET)
    for side in (-1, 1):
        for n in range(5):
            x = side * (0.9 - n * 0.07)
            room.board(min(x, x - side * 0.06), max(x, x - side * 0.06), 0.2, 0.92, RED if n % 2 else "#7a1511")
    room.board(-0.9, 0.9, 0.84, 0.94, RED)
    for number, z in enumerate((0.78, 0.6, 0.43, 0.28, 0.14, 0.02)):
        for n in range(-6, 7):
            if n:
                room.seat(n * 0.14, z, RED if number % 2 else "#8f1d17")
    return room


def meeting() -> Room:
    room = with_windows(Room(floor="#cbbd9f"))
    room.board(-0.4, 0.4, 0.4, 0.84, SHEET)
    for n, tall in enumerate((0.1, 0.18, 0.14, 0.26)):
        room.board(-0.25 + n * 0.14, -0.17 + n * 0.14, 0.44, 0.44 + tall, (DADO, JADE, OCHRE, RED)[n])
    for z in (0.75, 0.55, 0.35, 0.15):
        room.seat(-0.42, z, DADO)
        room.seat(0.42, z, DADO)
    room.table(-0.32, 0.32, 0.08, 0.85, 0.17, "#8a5a2b")
    for z in (0.2, 0.45, 0.7):
        room.flat(-0.24, -0.12, z, z + 0.08, SHEET, SOFT, 0.17, 2)
        room.flat(0.12, 0.24, z, z + 0.08, SHEET, SOFT, 0.17, 2)
    return room


def classroom() -> Room:
    room = with_windows(Room(floor=WELL))
    room.board(-0.65, 0.65, 0.36, 0.78, DADO)
    room.line((-0.5, 1, 0.66), (0.1, 1, 0.66), fill=SHEET, wide=3)
    room.line((-0.5, 1, 0.57), (0.3, 1, 0.57), fill=SHEET, wide=3)
    room.line((-0.5, 1, 0.48), (-0.1, 1, 0.48), fill=SHEET, wide=3)
    for z in (0.66, 0.42, 0.2, 0.02):
        for x in (-0.62, -0.2, 0.22, 0.64):
            room.table(x - 0.14, x + 0.14, z, z + 0.08, 0.15, "#d9b884")
            room.seat(x, z - 0.04, "#2f6f8f")
    return room


def counter() -> Room:
    """A service counter with a bench: for whatever has no drawing of its own."""
    room = with_windows(Room(floor=WELL))
    room.board(-0.7, 0.7, 0.5, 0.72, SHEET)
    for n in range(6):
        x = -0.62 + n * 0.22
        room.board(x, x + 0.14, 0.55, 0.67, (RED, DADO, OCHRE)[n % 3])
    room.box(-0.8, 0.8, 0.66, 0.78, 0, 0.24, "#8a5a2b", "#a9743d")
    for x in (-0.4, 0.1, 0.6):
        room.board(x - 0.1, x + 0.08, 0.25, 0.4, TINT, z=0.72)
    room.box(-0.85, -0.3, 0.16, 0.24, 0.07, 0.12, DADO)
    room.box(0.3, 0.85, 0.16, 0.24, 0.07, 0.12, DADO)
    return room


def playground() -> Room:
    room = with_windows(Room(floor=TINT))
    for n, colour in enumerate((RED, OCHRE, "#2f6f8f", JADE)):
        x = -0.75 + n * 0.4
        room.flat(x, x + 0.36, 0.04, 0.3, colour, SHEET)
    room.box(0.1, 0.5, 0.66, 0.86, 0, 0.5, OCHRE, OCHRE, "#b98527")
    room.shape([(0.1, 0.68, 0.5), (0.1, 0.84, 0.5), (-0.5, 0.84, 0.02), (-0.5, 0.68, 0.02)], RED)
    for n in range(5):
        room.line((0.52, 0.7, n * 0.1), (0.66, 0.7, n * 0.1), wide=5)
    for x in (0.52, 0.66):
        room.line((x, 0.7), (x, 0.7, 0.62), wide=5)
    for n, colour in enumerate((RED, JADE, OCHRE, "#2f6f8f", SHEET, RED)):
        room.disc(-0.62 + n * 0.24, 0.4 + (n % 2) * 0.08, 0.05, 0.05, colour)
    return room


ROOMS = {
    "badminton": badminton,
    "basketball": basketball,
    "table_tennis": table_tennis,
    "billiards": billiards,
    "gym": gym,
    "dance": dance,
    "piano": piano,
    "reading": reading,
    "theatre": theatre,
    "meeting": meeting,
    "classroom": classroom,
    "other": counter,
    "playground": playground,
}

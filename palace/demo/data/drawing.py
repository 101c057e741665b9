"""Line drawings of rooms: a one-point perspective, flat colours of the palette, no file from outside."""

from io import BytesIO

from PIL import Image, ImageDraw

WIDTH, HEIGHT, FINER = 1200, 800, 2
PAPER, SHEET, WELL, INK, SOFT = "#f3ecdd", "#fffcf5", "#e9dfcb", "#221c16", "#85765f"
DADO, JADE, TINT, RED, OCHRE, WOOD, SKY = "#1b6552", "#4f8d7b", "#dcebdf", "#a51c16", "#d9a441", "#e0c79c", "#d9e6e4"
EYE = 0.36  # height of the horizon on the sheet


class Room:
    """``x`` runs from wall to wall (-1 to 1), ``z`` from the viewer (0) to the far wall (1), ``h`` from floor to ceiling."""

    def __init__(self, floor=WOOD, wall=PAPER):
        self.image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), wall)
        self.draw = ImageDraw.Draw(self.image)
        self.walls(floor)

    def at(self, x, z, h=0.0):
        near = 1 / (1 + 2.2 * z)
        across = WIDTH / 2 + x * WIDTH * 0.72 * near
        down = HEIGHT * EYE + HEIGHT * (1 - EYE) * near - h * HEIGHT * near
        return across * FINER, down * FINER

    def shape(self, points, fill, edge=INK, wide=3):
        corners = [self.at(*p) for p in points]
        self.draw.polygon(corners, fill=fill)
        if edge:
            self.draw.line([*corners, corners[0]], fill=edge, width=wide * FINER, joint="curve")

    def line(self, *points, fill=INK, wide=3):
        self.draw.line([self.at(*p) for p in points], fill=fill, width=wide * FINER, joint="curve")

    def walls(self, floor):
        self.shape([(-1, 0), (1, 0), (1, 1), (-1, 1)], floor, None)
        self.shape([(-1, 1, 1), (1, 1, 1), (1, 0, 1), (-1, 0, 1)], SHEET, None)
        dado = 0.34
        self.shape([(-1, 1), (1, 1), (1, 1, dado), (-1, 1, dado)], JADE, None)
        for side in (-1, 1):
            self.shape([(side, 0), (side, 1), (side, 1, dado), (side, 0, dado)], DADO, None)
            self.line((side, 0), (side, 1), (side, 1, 1), (side, 0, 1), wide=2)
            self.line((side, 0, dado), (side, 1, dado), wide=2)
        self.line((-1, 1), (1, 1), wide=2)
        self.line((-1, 1, dado), (1, 1, dado), wide=2)
        self.line((-1, 1, 1), (1, 1, 1), wide=2)
        for x in (-0.45, 0.45):
            for z in (0.15, 0.45, 0.8):
                self.shape(
                    [(x - 0.1, z, 1), (x + 0.1, z, 1), (x + 0.1, z + 0.1, 1), (x - 0.1, z + 0.1, 1)], "#fff3cf", SOFT, 2
                )

    def window(self, side, z, deep=0.16):
        corners = [(side, z, 0.46), (side, z + deep, 0.46), (side, z + deep, 0.84), (side, z, 0.84)]
        self.shape(corners, SKY)
        self.line((side, z + deep / 2, 0.46), (side, z + deep / 2, 0.84), wide=2)

    def flat(self, x0, x1, z0, z1, fill, edge=INK, h=0.0, wide=3):
        self.shape([(x0, z0, h), (x1, z0, h), (x1, z1, h), (x0, z1, h)], fill, edge, wide)

    def board(self, x0, x1, h0, h1, fill, z=1.0):
        """Something upright that faces the viewer."""
        self.shape([(x0, z, h0), (x1, z, h0), (x1, z, h1), (x0, z, h1)], fill)

    def box(self, x0, x1, z0, z1, h0, h1, top, front=None, side=None):
        """A block: its inner side, its top, its front."""
        x = x1 if x1 < 0 else x0 if x0 > 0 else None
        if x is not None:
            self.shape([(x, z0, h0), (x, z1, h0), (x, z1, h1), (x, z0, h1)], side or front or top)
        self.flat(x0, x1, z0, z1, top, h=h1)
        self.board(x0, x1, h0, h1, front or top, z=z0)

    def table(self, x0, x1, z0, z1, h, top, legs=INK):
        for x in (x0 + 0.02, x1 - 0.02):
            for z in (z0, z1):
                self.line((x, z), (x, z, h), fill=legs, wide=4)
        self.flat(x0, x1, z0, z1, top, h=h)

    def seat(self, x, z, fill=RED):
        self.line((x, z), (x, z, 0.1), wide=4)
        self.flat(x - 0.05, x + 0.05, z, z + 0.05, fill, h=0.1, wide=2)
        self.board(x - 0.05, x + 0.05, 0.1, 0.22, fill, z=z + 0.05)

    def disc(self, x, z, h, radius, fill):
        across, down = self.at(x, z, h)
        size = radius * HEIGHT * FINER / (1 + 2.2 * z)
        self.draw.ellipse(
            [across - size, down - size, across + size, down + size], fill=fill, outline=INK, width=2 * FINER
        )

    def jpeg(self) -> bytes:
        return encode(self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS))


def encode(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()

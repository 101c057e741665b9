"""The admin theme in the colours of the house: scales around the values of ``static/css/tokens.css``.

The theme wants numbers for eleven steps from light to dark; it takes light ones for text in the dark and dark ones in
the light. ``base`` is paper and ink, ``primary`` the union red, ``green`` the dado, ``orange`` the ochre slip.
"""

STEPS = ("50", "100", "200", "300", "400", "500", "600", "700", "800", "900", "950")


def scale(*values: str) -> dict[str, str]:
    return dict(zip(STEPS, values, strict=True))


COLORS = {
    "base": scale(
        "#faf5ea",
        "#f3ecdd",
        "#d2c5ae",
        "#c4b8a5",
        "#95866f",
        "#716454",
        "#5b5044",
        "#473e33",
        "#2d2720",
        "#211c17",
        "#161310",
    ),
    "primary": scale(
        "#fbf0ec",
        "#f8e3dc",
        "#f0c6ba",
        "#ffb9a9",
        "#ffa996",
        "#ff9c87",
        "#a51c16",
        "#8c1712",
        "#6f1410",
        "#4d1410",
        "#3a1d18",
    ),
    "green": scale(
        "#eef5ef",
        "#dcebdf",
        "#bcdcc9",
        "#a8dcc6",
        "#93d6bd",
        "#3f8f77",
        "#1b6552",
        "#125a49",
        "#12372d",
        "#1c352c",
        "#0f211b",
    ),
    "orange": scale(
        "#fbf3e1",
        "#f6e6c2",
        "#efd59c",
        "#efc781",
        "#e3b664",
        "#a8741f",
        "#744504",
        "#5f3903",
        "#4b2e06",
        "#392c13",
        "#241b0a",
    ),
    "red": scale(
        "#fbf0ec",
        "#f8e3dc",
        "#f0c6ba",
        "#ffb9a9",
        "#ff9c87",
        "#d4574b",
        "#b5332a",
        "#a51c16",
        "#6f1410",
        "#4d1410",
        "#3a1d18",
    ),
    "font": {
        "subtle-light": "#5b5044",
        "subtle-dark": "#c4b8a5",
        "default-light": "#3b3228",
        "default-dark": "#e4d9c7",
        "important-light": "#221c16",
        "important-dark": "#f4ebdc",
    },
}

"""Which right opens which route: the table that the ``Access`` middleware enforces for every page and call.

An unknown route is refused, so a new page is closed until its line is written. Which *records* a route may show is
the business of ``visible_to``; this table says who comes in at all.
"""

PUBLIC = "public"  # everybody
SIGNED_IN = "signed_in"  # anybody with an account, for his own records
ANY_STAFF = "any_staff"  # anybody with a role in the palace in use

ROUTES: dict[str, str] = {}
WIDE = frozenset({"overview.see"})  # rights whose pages show all palaces at once, whichever is in use


def open_routes(lines: dict[str, str]) -> None:
    """Add ``{view name: PUBLIC | SIGNED_IN | ANY_STAFF | right}``; a name may not change its line."""
    for name, who in lines.items():
        if ROUTES.setdefault(name, who) != who:
            raise ValueError(f"two lines for route {name}")


def who_may(view_name: str) -> str | None:
    """The line of ``view_name``; whole namespaces are written as "namespace:*". None where there is no line."""
    if view_name in ROUTES:
        return ROUTES[view_name]
    namespace, _, rest = view_name.partition(":")
    return ROUTES.get(f"{namespace}:*") if rest else None

"""The table of roles, rights and pages as a document: ``manage.py print_roles > docs/roles.md``."""

from django.utils import translation

from .access import ANY_STAFF, PUBLIC, ROUTES, SIGNED_IN
from .roles import RIGHTS, Role

EVERYBODY = {
    PUBLIC: "everybody",
    SIGNED_IN: "every account, for its own records",
    ANY_STAFF: "every account with a role",
}
HEAD = """# Roles and rights

Printed by `manage.py print_roles` from the tables that the portal enforces; a test keeps this file current.
A role is held for one palace, or for a union and all below it, from one day to another. A right reaches as far as its
role. Pages that no line opens stay closed. Which records a page shows is decided by `visible_to` of each queryset.
"""


def document() -> str:
    return "\n".join([HEAD, *roles(), "", *rights(), "", *pages()]) + "\n"


def roles() -> list[str]:
    lines = ["## Roles", "", "| code | 中文 | English |", "|---|---|---|"]
    return lines + [f"| `{role.value}` | {spoken(role, 'zh-hans')} | {spoken(role, 'en')} |" for role in Role]


def spoken(role: Role, language: str) -> str:
    with translation.override(language):
        return str(role.label)


def rights() -> list[str]:
    lines = ["## Rights", "", "| right | roles that hold it |", "|---|---|"]
    return lines + [f"| `{right}` | {holders(right)} |" for right in sorted(RIGHTS)]


def holders(right: str) -> str:
    return ", ".join(f"`{role.value}`" for role in Role if role in RIGHTS[right]) or "nobody"


def pages() -> list[str]:
    lines = ["## Pages and calls", "", "| name | open to |", "|---|---|"]
    return lines + [f"| `{name}` | {EVERYBODY.get(ROUTES[name], f'`{ROUTES[name]}`')} |" for name in sorted(ROUTES)]

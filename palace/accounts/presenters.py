"""Words for lists that people read about themselves: devices, and who looked at or changed their data."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .models import Member, PersonalRead, StaffAct

BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
SHOWN = 50


def agent_text(agent: str) -> str:
    """Browser and device of a user agent, as far as its owner would recognise them."""
    parts = [next((name for mark, name in names if mark in agent), "") for names in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, parts)) or _("Unknown device")


def read_text(what: str) -> str:
    words = {
        "search": pgettext("read", "found you in a search"),
        "page": pgettext("read", "opened your page"),
        "number": pgettext("read", "saw your full number"),
        "verification": pgettext("read", "compared your data with the union's"),
        "hardship": pgettext("read", "looked at your hardship file"),
    }
    return words.get(what, what)


def reads_of(member: Member) -> list[tuple[PersonalRead, str]]:
    """Who looked, newest first."""
    rows = PersonalRead.objects.filter(member=member).select_related("user", "palace").order_by("-at", "-pk")[:SHOWN]
    return [(row, read_text(row.what)) for row in rows]


def acts_of(member: Member) -> list[StaffAct]:
    """What staff changed, newest first."""
    return list(StaffAct.objects.filter(member=member).select_related("by", "palace").order_by("-at", "-pk")[:SHOWN])

"""What every page is drawn with: ``portal`` in templates."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.utils.translation import get_language, gettext, pgettext

from .navigation import address, desk_pages_of, faces_of
from .preferences import chosen_size, chosen_theme
from .watchdog import late_minutes
from .wording import in_english, local_text


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    short: str
    href: str
    icon: str
    current: bool


def portal(request):
    return {"portal": Portal(request)}


class Portal:
    """Reads the request only when a template asks, so that pages without a navigation cost nothing."""

    def __init__(self, request):
        self.request = request
        self.demo = settings.DEMO
        self.size = chosen_size(request)
        self.theme = chosen_theme(request)

    @property
    def english(self) -> bool:
        return in_english()

    @property
    def lang(self) -> str:
        return "en" if in_english() else "zh-Hans"

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def here(self) -> str:
        """Where the switches come back to. What was posted cannot be asked for again, so then it is its path."""
        return self.request.get_full_path() if self.request.method == "GET" else self.request.path

    @property
    def notice(self) -> str:
        """A sentence of the operator for every page, such as planned maintenance."""
        return getattr(settings, "MAINTENANCE_NOTICE", "")

    @cached_property
    def late_minutes(self) -> int:
        """How long messages have not gone out, for staff only: one question to the database, on their pages alone."""
        user = getattr(self.request, "user", None)
        return late_minutes() if user and user.is_authenticated and user.is_staff else 0

    @property
    def jobs(self) -> str:
        user = getattr(self.request, "user", None)
        may = user and self.palace and user.may("notices.see_jobs", self.palace)
        return address("job_list") if may else ""

    @property
    def demo_codes(self) -> str:
        return address("demo_codes") if self.demo else ""

    @cached_property
    def palace(self):
        return getattr(self.request, "palace", None)

    @property
    def home(self) -> str:
        return address("home") or "/"

    @property
    def about(self) -> str:
        """The public page of the palace in use: its services, prices, hours and procedures."""
        return address("palace_detail", self.palace.slug) if self.palace else ""

    @property
    def styleguide(self) -> str:
        return address("styleguide")

    @property
    def sign_out(self) -> str:
        return address("sign_out")

    @property
    def sign_in(self) -> str:
        return address("sign_in")

    @property
    def mine(self) -> str:
        return address("booking_list")

    @property
    def brand(self) -> str:
        return local_text(self.palace, "name") or gettext("Workers' cultural palace")

    @property
    def motto(self) -> str:
        return local_text(self.palace, "motto") or gettext("The workers' school and playground")

    @property
    def opening(self) -> str:
        """When the house is open today: set on the request by whoever knows the palace in use."""
        return getattr(self.request, "opening_text", "")

    @property
    def signed_in(self) -> bool:
        user = getattr(self.request, "user", None)
        return bool(user and user.is_authenticated)

    @cached_property
    def faces(self) -> list[tuple[str, str]]:
        return faces_of(getattr(self.request, "user", None))

    @cached_property
    def desk_nav(self) -> list[tuple[str, str, bool]]:
        """Label, address and "you are here" of the desk's pages."""
        match = getattr(self.request, "resolver_match", None)
        here = match.url_name if match else ""
        pages = desk_pages_of(getattr(self.request, "user", None), self.palace)
        return [(str(page.label), address(page.name), here in {page.name, *page.parts}) for page in pages]

    @property
    def desk_home(self) -> str:
        return self.desk_nav[0][1] if self.desk_nav else self.home

    @cached_property
    def section(self) -> str:
        """First word of the page's name: "booking" for ``booking_list`` and ``booking_detail``; or what its view set."""
        if named := getattr(self.request, "section", ""):
            return named
        match = getattr(self.request, "resolver_match", None)
        return (match.url_name or "").split("_")[0] if match else ""

    @cached_property
    def nav(self) -> list[Link]:
        """The member's pages that exist here; five of them, as many as a phone's bar holds."""
        return [
            Link(label, short, address(name), icon, self.section in sections)
            for label, short, name, icon, sections in self.pages()
            if address(name)
        ]

    def pages(self):
        home, book = gettext("Home"), pgettext("navigation", "Book")
        notices, mine = pgettext("navigation", "Notices"), gettext("My bookings")
        return [
            (home, home, "home", "home", {"home", "palace"}),
            (book, book, "venue_list", "board", {"venue", "unit", "board", "slot"}),
            (notices, notices, "announcement_list", "notice", {"announcement"}),
            (mine, pgettext("navigation", "Bookings"), "booking_list", "ticket", {"booking"}),
            self.own_page(),
        ]

    def own_page(self):
        if self.signed_in:
            me = pgettext("navigation", "Me")
            return me, me, "me", "person", {"me", "member"}
        return gettext("Sign in"), gettext("Sign in"), "sign_in", "person", {"sign"}

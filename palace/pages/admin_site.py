"""The admin site of the house: themed, in both languages, for staff only, in the palace in use."""

from urllib.parse import urlencode

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.sites import UnfoldAdminSite

from palace.accounts import sessions
from palace.accounts.models import RoleAssignment, RoleState
from palace.core.admin_base import PalaceModelAdmin
from palace.core.navigation import address
from palace.core.preferences import chosen_theme
from palace.core.wording import local_text

# The theme draws with Alpine, which compiles the attributes of its templates, and with style attributes. Its files
# come from here, and what staff type is escaped as everywhere.
POLICY = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    # The newer theme opens "add another" in a frame of the same page.
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}


class PortalAdminSite(UnfoldAdminSite):
    index_template = "admin/index.html"
    enable_nav_sidebar = True

    def has_permission(self, request):
        return request.user.is_active and request.user.is_authenticated and request.user.is_staff

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only registers that know palaces and rights; those that libraries bring along stay outside."""
        if admin_class is not None and issubclass(admin_class, PalaceModelAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view, cacheable=False):
        return csp_replace(POLICY)(tidy_query(super().admin_view(view, cacheable)))

    def login(self, request, extra_context=None):
        """Staff have one door, with its second factor."""
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(
            target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            target = reverse("admin:index")
        return redirect(f"{reverse('sign_in')}?{urlencode({'next': target})}")

    def logout(self, request, extra_context=None):
        if request.method == "POST":
            sessions.end(request)
        return redirect("/")

    def password_change(self, request, extra_context=None):
        return redirect("me_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("me_password")

    def search(self, request, extra_context=None):
        """Off: it would keep names of one palace for readers of another."""
        raise Http404

    def each_context(self, request):
        return {**super().each_context(request), "here": request.get_full_path()}

    def index(self, request, extra_context=None):
        own = {"title": index_title(self, request), "waiting": roles_waiting(self, request)}
        return super().index(request, {**own, **(extra_context or {})})


def tidy_query(view):
    """No text of ours holds a NUL, and the database refuses one: say so before it is asked."""

    def inner(request, *args, **kwargs):
        if any("\0" in value for values in request.GET.lists() for value in values[1]):
            raise SuspiciousOperation("NUL in the address")
        return view(request, *args, **kwargs)

    return inner


def roles_waiting(site, request) -> int:
    """Requests for a role that this person sees and nobody has decided."""
    register = site._registry[RoleAssignment]
    if not register.has_view_permission(request):
        return 0
    return register.get_queryset(request).filter(state=RoleState.PENDING).count()


def index_title(site, request) -> str:
    """How much there is to do here, as a sentence."""
    count = sum(model_admin.has_view_permission(request) for model_admin in site._registry.values())
    if not count:
        return _("Nothing here belongs to your work")
    text = ngettext("%(n)d register is open to you", "%(n)d registers are open to you", count)
    return text % {"n": count}


# --- what the theme asks for (settings.UNFOLD) ------------------------------------------------------------------


def site_title(request) -> str:
    return _("Registers")


def site_header(request) -> str:
    return local_text(request.palace, "name") if request.palace else _("Workers' cultural palace")


def site_subheader(request) -> str:
    return _("Registers")


def environment(request) -> list[str] | None:
    return [_("Demonstration"), "warning"] if settings.DEMO else None


def account_links(request) -> list[dict]:
    pages = [(_("Desk"), address("desk_today")), (_("My data"), address("me"))]
    if len(request.user.palaces) > 1:
        pages.append((_("Another palace"), address("palace_list")))
    return [{"title": title, "link": href} for title, href in pages if href]


def theme(request) -> str | None:
    return chosen_theme(request) or None


def icon(request) -> str:
    return static("img/mark.svg")


def styles(request) -> str:
    return static("css/admin.css")

"""Every route times every role: who comes in, who is sent to sign in, who is refused, and that no house opens another's records.

The table is ``palace.accounts.access.ROUTES``. A new page without a line fails here; so does a page of staff that takes
an object and has no sample in ``SAMPLES``.
"""

from datetime import timedelta

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from bookings.services import book_slot
from palace.accounts.access import ANY_STAFF, PUBLIC, ROUTES, SIGNED_IN, who_may
from palace.accounts.models import KnownMember
from palace.accounts.roles import OFFICIALS, RIGHTS, Role, roles_with
from palace.accounts.targets import landing
from palace.core.models import Job
from palace.core.navigation import faces_of
from palace.notices.models import Announcement
from venues.models import Closure, Visit

from .factories import at, make_member, make_palace, make_union, make_user, make_venue, tomorrow

NOWHERE = {
    "int": 987654321,
    "str": "nowhere",
    "slug": "nowhere",
    "number": "12345678",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "path": "nowhere",
}
SIGN_IN = "/sign-in/"


def walk(resolver, namespaces=()):
    """(view name, converters) of every route."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from walk(entry, (*namespaces, entry.namespace) if entry.namespace else namespaces)
        elif isinstance(entry, URLPattern):
            yield ":".join((*namespaces, entry.name or repr(entry.pattern))), entry.pattern.converters


def all_routes():
    return dict(walk(get_resolver()))


def plain_routes():
    """Routes outside the admin, which has its own door, with the tables of its own tests."""
    return {name: converters for name, converters in all_routes().items() if not name.startswith("admin:")}


def kind_of(converter) -> str:
    return type(converter).__name__.removesuffix("Converter").replace("String", "str").lower()


def address(name, converters, sample=None):
    return reverse(name, kwargs=sample or {key: NOWHERE[kind_of(converter)] for key, converter in converters.items()})


def route_lines():
    return {name: (who_may(name), converters) for name, converters in plain_routes().items()}


def closed_lines():
    return {name: line for name, line in route_lines().items() if line[0] != PUBLIC}


def staff_lines():
    return {name: line for name, line in route_lines().items() if line[0] not in {PUBLIC, SIGNED_IN, ANY_STAFF}}


def sent_to_sign_in(response) -> bool:
    return response.status_code == 302 and response["Location"].startswith(f"{SIGN_IN}?")


def outcome(response) -> str:
    if response.status_code >= 500 and response.status_code != 503:  # 503 is the honest answer of /healthz/ready
        return "broken"
    if sent_to_sign_in(response):
        return "sign in"
    return "refused" if response.status_code == 403 else "in"


def expected(who, role, palace_role=True) -> str:
    if who in {PUBLIC, SIGNED_IN}:
        return "in"
    if who == ANY_STAFF:
        return "in" if staff_role(role) else "refused"
    return "in" if palace_role and role in roles_with(who) else "refused"


def staff_role(role) -> bool:
    return role not in {"", Role.PARTNER, Role.LECTURER, Role.CLUB_OFFICER, Role.EVALUATOR}


def test_every_route_has_a_line():
    assert sorted(name for name in all_routes() if who_may(name) is None) == []


def test_every_line_has_a_route():
    names = set(all_routes())
    spaces = {name.partition(":")[0] for name in names if ":" in name}
    dead = {line for line in ROUTES if line not in names and not (line.endswith(":*") and line[:-2] in spaces)}
    assert dead == set()


@pytest.mark.django_db
def test_visitors_come_in_to_public_pages_only(client):
    make_palace()
    wrong = {}
    for name, (who, converters) in route_lines().items():
        for method in ("get", "post"):
            got = outcome(getattr(client, method)(address(name, converters)))
            if (got == "in") != (who == PUBLIC) and not (who == PUBLIC and got in {"sign in", "refused"}):
                wrong[name, method] = got
    assert wrong == {}


def somebody(role, scope):
    """A member, or an account with ``role`` for a palace, or for the union above the palace's."""
    city = make_union(level="city")
    palace = make_palace(union=make_union(parent=city))
    if not role:
        return make_member().user
    return make_user(role=role, **({"palace": palace} if scope == "palace" else {"union": city}))


SCOPES = pytest.mark.parametrize(
    ("role", "scope"), [("", ""), *((role, scope) for role in Role.values for scope in ("palace", "union"))]
)


@pytest.mark.django_db
@SCOPES
def test_role_comes_in_where_its_line_says(client, role, scope):
    client.force_login(somebody(role, scope))
    wrong = {}
    for name, (who, converters) in closed_lines().items():
        response, want = client.get(address(name, converters)), expected(who, role)
        got = outcome(response)
        if name == "desk_today" and want == "refused" and response.status_code == 302:
            # The way to a page that is open to him, not the day itself.
            assert response["Location"] != reverse("desk_today")
            assert client.get(response["Location"]).status_code == 200
        elif got != want:
            wrong[name] = (got, want)
    assert wrong == {}


@pytest.mark.django_db
@SCOPES
def test_role_cannot_post_where_its_line_does_not_say(client, role, scope):
    client.force_login(somebody(role, scope))
    refused = {name: line for name, line in route_lines().items() if expected(line[0], role) == "refused"}
    wrong = {
        name: got
        for name, (_, converters) in refused.items()
        if (got := outcome(client.post(address(name, converters)))) != "refused"
    }
    assert wrong == {}


@pytest.mark.django_db
@SCOPES
def test_first_page_after_signing_in_and_the_other_faces_open(client, role, scope):
    user = somebody(role, scope)
    client.force_login(user)
    pages = {landing(user), *(href for _, href in faces_of(user))}
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


@pytest.mark.django_db
def test_finance_and_coordinator_begin_where_they_may_work(client):
    palace = make_palace()
    pages = [landing(make_user(role=role, palace=palace)) for role in (Role.FINANCE, Role.COORDINATOR, Role.DESK)]
    assert pages == [reverse("desk_bookings"), reverse("desk_announcements"), reverse("desk_today")]


@pytest.mark.django_db
def test_officials_begin_at_their_palaces_and_the_inspection_at_the_audit():
    union = make_palace().union
    pages = [landing(make_user(role=role, union=union)) for role in (*sorted(OFFICIALS), Role.AUDITOR)]
    assert pages == [reverse("overview")] * 3 + [reverse("admin:core_auditentry_changelist")]


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_role_for_a_union_opens_nothing_in_the_palaces_of_another(client, role):
    here, there = make_palace(), make_palace()
    user = make_user(role=role, union=here.union)
    assert {right for right in RIGHTS if user.may(right, there)} == set()
    assert {right for right in RIGHTS if user.may(right, here)} == {r for r in RIGHTS if role in roles_with(r)}
    client.force_login(user)
    client.cookies["palace"] = there.slug
    assert client.get(reverse("palace_list")).context["request"].palace == here


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*sorted(OFFICIALS), Role.AUDITOR])
def test_officials_and_the_inspection_hold_no_right_over_persons_and_write_nothing(client, role):
    palace = make_palace()
    member = make_member(name="欧阳百灵", contact_phone="+8613812345678", registered_palace=palace)
    KnownMember.objects.create(palace=palace, member=member)
    booked(palace, None)
    client.force_login(make_user(role=role, union=palace.union))
    seen = [client.get(address(name, converters)) for name, (_, converters) in staff_lines().items()]
    pages = "".join(answer.content.decode() for answer in seen if answer.status_code == 200)
    assert [text for text in ("欧阳百灵", "13812345678", member.card_number) if text in pages] == []
    posts = {
        name: client.post(address(name, converters)).status_code for name, (_, converters) in staff_lines().items()
    }
    assert {name for name, status in posts.items() if status not in {403, 405}} == set()


@pytest.mark.django_db
def test_role_of_yesterday_opens_nothing(client):
    palace = make_palace()
    user = make_user(role=Role.DESK, palace=palace)
    user.roles.update(
        first_day=timezone.localdate() - timedelta(days=9), last_day=timezone.localdate() - timedelta(days=1)
    )
    client.force_login(user)
    assert {outcome(client.get(address(name, converters))) for name, (_, converters) in staff_lines().items()} <= {
        "refused"
    }


# --- objects of another house ---------------------------------------------------------------------------------------


def known_member(palace, user):
    member = make_member(registered_palace=palace)
    KnownMember.objects.create(palace=palace, member=member)
    return {"pk": member.pk}


def waiting_member(palace, user):
    return {"pk": make_member(verified=False, registered_palace=palace).pk}


def booked(palace, user):
    member, venue = make_member(), make_venue(palace)
    starts_at = at(tomorrow(), 10)
    hours = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
    booking = book_slot(unit=venue.units.order_by("position", "pk").first(), member=member, by=member.user, **hours)
    return {"number": booking.number}


def closure(palace, user):
    hours = {"starts_at": at(tomorrow(), 10), "ends_at": at(tomorrow(), 12)}
    return {"pk": Closure.objects.create(palace=palace, venue=make_venue(palace), reason="检修", **hours).pk}


def counted(palace, user):
    visit = {"source": "walk_in", "persons": 2, "recorded_by": user, "entered_at": timezone.now()}
    return {"pk": Visit.objects.create(palace=palace, venue=make_venue(palace), **visit).pk}


def announcement(palace, user):
    return {"pk": Announcement.objects.create(palace=palace, title="通知", body="正文", shown_from=timezone.now()).pk}


def job(palace, user):
    """A job belongs to who started it, not to a palace."""
    return {"pk": Job.objects.create(kind="export", title="导出", palace_id=palace.pk, created_by=user).pk}


# Per route that shows or changes an object of a palace: its arguments, for an object of the given palace.
SAMPLES = {
    "desk_member": known_member,
    "desk_member_edit": known_member,
    "desk_member_phone": known_member,
    "desk_member_password": known_member,
    "desk_member_hardship": known_member,
    "desk_verify": waiting_member,
    "desk_refuse": waiting_member,
    "desk_booking": booked,
    "desk_check_in": booked,
    "desk_undo_check_in": booked,
    "desk_cancel": booked,
    "desk_approve": booked,
    "desk_decline": booked,
    "desk_pay": booked,
    "desk_refund": booked,
    "desk_slip": booked,
    "desk_walk_in_undo": counted,
    "desk_closure_end": closure,
    "desk_announcement": announcement,
    "desk_announcement_end": announcement,
    "job_detail": job,
    "job_retry": job,
}
THERE = sorted(set(SAMPLES) & set(ROUTES))


def with_objects():
    return {name: converters for name, (_, converters) in staff_lines().items() if converters}


def test_every_page_of_staff_with_an_object_has_a_sample():
    assert set(with_objects()) - set(SAMPLES) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("name", THERE)
def test_object_of_another_house_does_not_exist(client, name):
    here, there = make_palace(), make_palace()
    sample = SAMPLES[name](there, make_user())
    role = sorted(roles_with(ROUTES[name]))[0]
    client.force_login(make_user(role=role, palace=here))
    url = reverse(name, kwargs=sample)
    statuses = {client.get(url).status_code, client.post(url, {"reason": "x"}).status_code}
    assert statuses <= {404, 405}
    assert 404 in statuses


@pytest.mark.django_db
@pytest.mark.parametrize("name", THERE)
def test_object_of_the_own_house_opens(client, name):
    palace = make_palace()
    user = make_user(role=sorted(roles_with(ROUTES[name]))[0], palace=palace)
    sample = SAMPLES[name](palace, user)
    client.force_login(user)
    assert client.get(reverse(name, kwargs=sample)).status_code in {200, 302, 405}

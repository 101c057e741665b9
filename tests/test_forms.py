"""Every form of the house is sent what people never type: each field in turn, the others as the page filled them in.

Nothing may break: no exception, no answer of 500, and afterwards every page still opens, so that no value that was
taken poisons a page that shows it. The values are drawn from ``VALUES`` by a seed that the role names.
"""

import random
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.urls import reverse

from palace.accounts.roles import roles_with

from .factories import make_member, make_user
from .pages.admin_house import enter, house, record, registers, url
from .test_access import SAMPLES

VALUES = [
    "", "-1", "0", "-0", "9" * 20, "1e400", "NaN", "１２", "١٢", "\0x", "😀𠮷", "a" * 5000, "%00", "' or 1=1", "<b>",
    "2026-02-30", "0001-01-01", "9999-12-31T23:59", "2026-12-01T24:00", "2026-12-01T09:00:00+08:00", "25:00", "T", "[]",
]  # fmt: skip
A_FIELD = 2  # values tried in each
LEFT_ALONE = {"/sign-out/", "/admin/logout/"}  # they end the round
PAGES = {
    "member": ["home", "venue_list", "booking_list", "me", "me_edit", "me_identity", "me_phone", "me_password", "message_list"],
    "desk": ["desk_today", "desk_bookings", "desk_book", "desk_walk_in", "desk_members", "desk_member_new", "desk_verification",
             "desk_closures", "desk_closure_new", "job_list", "desk_day_sheet"],
    "venue_manager": ["desk_today", "desk_approvals", "desk_announcements", "desk_announcement_new", "desk_closure_new"],
}  # fmt: skip


class Forms(HTMLParser):
    """The forms of a page: ``(method, action, [(name, value)])``, as a browser would send them without a change."""

    def __init__(self, html: str):
        super().__init__()
        self.forms: list[tuple[str, str, list]] = []
        self.fields: list | None = None
        self.open: list | None = None  # [name, value] of the select or textarea one is inside of
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "form":
            self.fields = []
            self.forms.append(((has.get("method") or "get").lower(), has.get("action") or "", self.fields))
        elif self.fields is None:
            return
        elif tag in {"select", "textarea"} and has.get("name"):
            self.open = [has["name"], "" if tag == "textarea" else None]
        elif tag == "option" and self.open and (self.open[1] is None or "selected" in has):
            self.open[1] = has.get("value") or ""
        elif tag in {"input", "button"} and has.get("name") and is_sent(has):
            self.fields.append((has["name"], has.get("value") or ""))

    def handle_data(self, data):
        if self.open and self.open[1] is not None and self.lasttag == "textarea":
            self.open[1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.fields = None
        elif tag in {"select", "textarea"} and self.open:
            if self.fields is not None:
                self.fields.append((self.open[0], self.open[1] or ""))
            self.open = None


def is_sent(has: dict) -> bool:
    kind = has.get("type")
    return kind != "file" and (kind not in {"checkbox", "radio"} or "checked" in has)


def send(client, page: str, form, **changed):
    method, action, fields = form
    data: dict[str, list] = {}
    for name, value in fields:
        data.setdefault(name, []).append(changed.get(name, value))
    target = urlsplit(urljoin(page, action))
    if method == "post":
        return client.post(target.path + (f"?{target.query}" if target.query else ""), data)
    return client.get(target.path, dict(parse_qsl(target.query)) | data)


def torment(client, pages: list[str], seed: str) -> int:
    """Send each form of ``pages`` with each of its fields changed; how many were sent."""
    rng, seen, sent, broken = random.Random(seed), set(), 0, []
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, (page, answer.status_code)
        for form in Forms(answer.content.decode()).forms:
            names = sorted({name for name, _ in form[2]})
            key = (form[0], urljoin(page, form[1]).partition("?")[0], *names)
            if key in seen or key[1] in LEFT_ALONE:
                continue
            seen.add(key)
            for name in names:
                for value in rng.sample(VALUES, A_FIELD):
                    sent += 1
                    if send(client, page, form, **{name: value}).status_code >= 500:
                        broken.append((*key[:2], name, value))
    assert broken == []
    assert {client.get(page).status_code for page in pages} <= {200, 302, 404}
    return sent


@pytest.mark.django_db
def test_forms_of_a_member_take_anything(client):
    house("潮城")
    client.force_login(make_member().user)
    assert torment(client, [reverse(name) for name in PAGES["member"]], "member") > 30


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["desk", "venue_manager"])
def test_forms_of_the_desk_take_anything(client, role):
    palace = house("潮城")
    user = make_user(role=role, palace=palace)
    client.force_login(user)
    own = [
        reverse(name, kwargs=SAMPLES[name](palace, user))
        for name in ("desk_booking", "desk_member", "desk_member_edit")
    ]
    assert torment(client, [*(reverse(name) for name in PAGES[role]), *own], role) > 30


@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(registers()))
def test_register_takes_anything(client, label):
    palace, model_admin = house("潮城"), registers()[label]
    roles = sorted(roles_with(model_admin.edit_right or model_admin.see_right))
    enter(client, palace, roles[0])
    page = url(label, "changelist")
    pages = [page, url(label, "change", record(label, palace).pk)]
    if client.get(url(label, "add")).status_code == 200:
        pages.append(url(label, "add"))
    torment(client, pages, label)

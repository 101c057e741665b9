"""The pages about people in a real browser: accessible and within their width in every mode, and a journey without JavaScript."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from palace.accounts import codes
from palace.accounts.models import HardshipFile, KnownMember, Member, RosterEntry, StaffAct
from palace.accounts.services.reads import log_reads
from venues.models import Site

from ..factories import make_member, make_palace, make_union, make_user

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MODES = [("zh-hans", "standard", "light", 390), ("en", "standard", "light", 1280), ("zh-hans", "elder", "dark", 390), ("en", "elder", "light", 390)]  # fmt: skip


@pytest.fixture
def house(fresh_db):
    texts = {
        "services": "羽毛球、瑜伽、电子阅览",
        "discounts": "会员上午免费",
        "hours": "9:00–21:00",
        "procedures": "先注册，再预约，到馆扫码。",
    }
    palace = make_palace(**texts, floor_area_m2=26000, address="工人路 1 号", phone="0573-1234567")
    Site.objects.create(palace=palace, name="主宫", address="工人路 1 号")
    return palace


def session_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def visit(page, site, path, mode, session=""):
    language, size, theme, width = mode
    chosen = {
        "size": size,
        "theme": theme,
        settings.LANGUAGE_COOKIE_NAME: language,
        settings.SESSION_COOKIE_NAME: session,
    }
    page.context.clear_cookies()
    page.context.add_cookies([{"name": name, "value": value, "url": site} for name, value in chosen.items() if value])
    page.set_viewport_size({"width": width, "height": 3000})
    page.goto(f"{site}{path}")


def complaints(page):
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    rules = [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    styled = page.locator("[style]").count()
    return rules + (["too wide"] if wide else []) + (["style attribute"] if styled else [])


def examine(page, site, paths, session=""):
    wrong = []
    for mode in MODES:
        for path in paths:
            visit(page, site, path, mode, session)
            wrong += [(mode, path, complaint) for complaint in complaints(page)]
    return wrong


def test_doors_are_accessible(page, site, house):
    names = ("sign_in", "sign_in_code", "register", "reset_password", "consent", "palace_list")
    assert examine(page, site, [*map(reverse, names), reverse("palace_detail", args=[house.slug])]) == []


def test_own_pages_are_accessible(page, site, house):
    member = make_member(verified=False, refusal="卡号和姓名对不上", state="rejected")
    clerk = make_user(role="desk", palace=house, name="钱守望")
    log_reads(user=clerk, palace=house, members=[member], what="search")
    StaffAct.objects.create(member=member, palace=house, by=clerk, what="refused", reason="卡号和姓名对不上")
    names = ("me", "me_edit", "me_identity", "me_phone", "me_password", "me_sessions", "me_reads")
    assert examine(page, site, map(reverse, names), session_of(member.user)) == []


def test_desk_pages_are_accessible(page, site, house):
    member = make_member()
    KnownMember.objects.create(palace=house, member=member)
    waiting = make_member(verified=False, registered_palace=house, name="陈思远", card_number="330400000001")
    RosterEntry.objects.create(union=make_union(), name="陈思远", card_number="330400000002", employer="鼎新照明")
    one = [
        reverse(name, args=[member.pk])
        for name in ("desk_member", "desk_member_edit", "desk_member_phone", "desk_member_password")
    ]
    paths = [
        *map(reverse, ("desk_verification", "desk_members", "desk_member_new")),
        *one,
        reverse("desk_refuse", args=[waiting.pk]),
    ]
    assert examine(page, site, paths, session_of(make_user(role="desk", palace=house, name="钱守望"))) == []


def test_hardship_page_is_accessible(page, site, house):
    member, today = make_member(), timezone.localdate()
    KnownMember.objects.create(palace=house, member=member)
    HardshipFile.objects.create(member=member, first_day=today, last_day=today + timedelta(days=9))
    director = make_user(role="director", palace=house, name="郑为民")
    assert examine(page, site, [reverse("desk_member_hardship", args=[member.pk])], session_of(director)) == []


def test_second_factor_pages_are_accessible(page, site, house, settings):
    settings.SECOND_FACTOR = True
    clerk = make_user(role="desk", palace=house, name="钱守望")
    assert examine(page, site, [reverse("second_factor_setup")], session_of(clerk)) == []


def test_registration_without_javascript(browser, site, house, monkeypatch):
    sent = []
    monkeypatch.setattr(codes, "sender", lambda phone, code: sent.append(code))
    RosterEntry.objects.create(union=make_union(), name="陈思远", card_number="330400000001", employer="鼎新照明")
    page = browser.new_context(java_script_enabled=False, locale="zh-CN").new_page()
    page.goto(f"{site}/me/")
    page.get_by_role("link", name="注册").click()
    page.get_by_label("手机号").fill("138 0013 8000")
    page.get_by_role("button", name="发验证码").click()
    page.get_by_label("验证码").fill("12")
    page.get_by_role("button", name="下一步").click()
    assert page.locator(".err").inner_text() == "验证码是 6 位，还差 4 位。"
    page.get_by_label("验证码").fill(sent[0])
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("姓名").fill("陈思远")
    page.get_by_label("工会会员卡号").fill("330400000001")
    page.get_by_label("我同意").check()
    page.get_by_role("button", name="开账号").click()
    assert page.locator("h1").inner_text() == "陈思远，会员身份已核实"
    assert page.url == f"{site}/me/"
    assert Member.objects.get().state == "verified"

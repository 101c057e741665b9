"""One's own pages: corrections and what they cost, a new number, who looked, language."""

import pytest
from django.urls import reverse
from django.utils import timezone

from palace.accounts.models import Member, RosterEntry, StaffAct
from palace.accounts.phones import shown
from palace.accounts.services.desk import set_phone
from palace.accounts.services.reads import log_reads
from palace.core.models import OutboxMessage
from palace.notices.access import say_phone_changed
from palace.notices.models import Message

from ..factories import make_member, make_palace, make_union, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = make_member(name="陈思远", card_number="330400000001", employer="鼎新照明")
    client.force_login(member.user)
    return member


def edit(client, **fields):
    data = {"name": "陈思远", "card_number": "330400000001", "employer": "鼎新照明", "home_union": ""}
    return client.post(reverse("me_edit"), data | fields)


def fresh(member):
    return Member.objects.get(pk=member.pk)


def test_me_masks_card_and_number(client, member):
    page = client.get(reverse("me")).content.decode()
    assert ("330400000001" in page, "****0001" in page, shown(member.user.phone) in page) == (False, True, False)


@pytest.mark.parametrize(("state", "title"), [
    ("verified", "陈思远，会员身份已核实"), ("pending", "陈思远，正在核对你的资料"), ("rejected", "陈思远，资料还对不上"),
])  # fmt: skip
def test_me_says_what_the_state_means(client, member, state, title):
    Member.objects.filter(pk=member.pk).update(state=state, refusal="卡号不清楚" if state == "rejected" else "")
    page = client.get(reverse("me")).content.decode()
    assert (f"<h1>{title}</h1>" in page, "卡号不清楚" in page) == (True, state == "rejected")


def test_me_of_an_account_without_member(client):
    client.force_login(make_user(role="official_county", union=make_union()))
    assert client.get(reverse("me")).status_code == 200
    assert [client.get(reverse(name)).status_code for name in ("me_edit", "me_identity", "me_reads")] == [404] * 3


def test_new_employer_alone_keeps_the_verification(client, member):
    edit(client, employer="别处")
    assert (fresh(member).state, fresh(member).employer) == ("verified", "别处")


@pytest.mark.parametrize("change", [{"name": "陈思源"}, {"card_number": "330400000002"}])
def test_new_name_or_card_is_verified_again(client, member, change):
    edit(client, **change)
    member = fresh(member)
    assert (member.state, member.verified_at) == ("pending", None)


def test_new_card_that_a_roster_knows_is_verified_at_once(client, member):
    RosterEntry.objects.create(union=make_union(), name="陈思远", card_number="330400000002")
    edit(client, card_number="330400000002")
    assert (fresh(member).state, fresh(member).roster_entry.card_number) == ("verified", "330400000002")


def test_correction_releases_the_old_roster_line(client, member):
    entry = RosterEntry.objects.create(union=make_union(), name="陈思远", card_number="330400000001", member=member)
    edit(client, card_number="330400000009")
    entry.refresh_from_db()
    assert entry.member is None


def test_correction_answers_a_refusal(client, member):
    Member.objects.filter(pk=member.pk).update(state="rejected", refusal="卡号不清楚", verified_at=None)
    edit(client)
    assert (fresh(member).state, fresh(member).refusal) == ("pending", "")


def test_correction_refuses_card_of_another(client, member):
    make_member(card_number="330400000777")
    assert list(edit(client, card_number="330400000777").context["form"].errors) == ["card_number"]
    assert fresh(member).card_number == "330400000001"


def test_correction_reaches_the_account_and_the_pinyin(client, member):
    edit(client, name="曾思远")
    assert (fresh(member).user.name, fresh(member).pinyin) == ("曾思远", "zengsiyuan zsy")


def change_phone(client, phone):
    return client.post(reverse("me_phone"), {"phone": phone})


def test_new_number_by_code(client, member, texts):
    assert change_phone(client, "13700000001")["Location"] == reverse("me_phone_code")
    assert client.post(reverse("me_phone_code"), {"code": texts[0][1]})["Location"] == reverse("me")
    assert fresh(member).user.phone == "+8613700000001"
    assert client.get(reverse("me")).status_code == 200


def test_new_number_needs_its_code(client, member, texts):
    change_phone(client, "13700000001")
    wrong = "000000" if texts[0][1] != "000000" else "000001"
    assert client.post(reverse("me_phone_code"), {"code": wrong}).status_code == 422
    assert fresh(member).user.phone == member.user.phone


def test_new_number_of_another_account_is_refused_after_the_code(client, member, texts):
    taken = make_user()
    assert change_phone(client, shown(taken.phone)).status_code == 302
    response = client.post(reverse("me_phone_code"), {"code": texts[0][1]})
    assert list(response.context["form"].errors["__all__"]) == ["这个手机号已经是别的账号的了。"]


def test_own_number_is_no_new_number(client, member, texts):
    response = change_phone(client, shown(member.user.phone))
    assert (list(response.context["form"].errors), texts) == (["phone"], [])


def test_code_page_without_number_leads_back(client, member):
    assert client.get(reverse("me_phone_code"))["Location"] == reverse("me_phone")


def test_reads_show_who_looked_and_what_was_done(client, member):
    palace = make_palace()
    clerk = make_user(role="desk", palace=palace, name="钱守望")
    log_reads(user=clerk, palace=palace, members=[member], what="search")
    StaffAct.objects.create(member=member, palace=palace, by=clerk, what="phone", reason="旧号停用")
    page = client.get(reverse("me_reads")).content.decode()
    assert ("钱*望" in page, "钱守望" in page, "查找时看到了你" in page, "旧号停用" in page) == (
        True,
        False,
        True,
        True,
    )


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "还没有人看过你的资料"), ("en", "Nobody looked")])
def test_reads_of_nobody_say_so_and_lead_back_once(client, member, language, title):
    client.cookies["django_language"] = language
    page = client.get(reverse("me_reads")).content.decode()
    assert (f"<h1>{title}</h1>" in page, page.count(f'<a class="btn" href="{reverse("me")}">')) == (True, 1)


def test_reads_of_others_stay_with_them(client, member):
    palace = make_palace()
    log_reads(user=make_user(name="钱守望"), palace=palace, members=[make_member()], what="search")
    assert "钱*望" not in client.get(reverse("me_reads")).content.decode()


def test_language_of_messages(client, member):
    response = client.post(reverse("me_language"), {"language": "en"})
    assert (fresh(member).user.language, response.cookies["django_language"].value) == ("en", "en")
    client.post(reverse("me_language"), {"language": "xx"})
    assert fresh(member).user.language == "en"


def test_me_pages_in_english(client, member):
    client.cookies["django_language"] = "en"
    assert "you are a verified member" in client.get(reverse("me")).content.decode()


def test_verified_at_is_kept_by_the_database(member):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=member.pk).update(verified_at=None, state="verified")
    assert fresh(member).verified_at <= timezone.now()


def test_old_number_is_told_of_the_new_one(settings):
    settings.SMS_ENDPOINT = "http://127.0.0.1:9/"
    user = make_user()
    user.phone = "+8613800000001"
    user.save()
    make_member(user=user)
    set_phone(user, "+8613900000002")
    told = OutboxMessage.objects.get(topic="phone_changed")
    assert told.payload == {"user": user.pk, "phone": "+8613800000001"}
    say_phone_changed(told)
    messages = {m.channel: m for m in Message.objects.filter(kind="phone_changed")}
    assert (messages["sms"].to, "139****0002" in messages["in_app"].body) == ("+8613800000001", True)

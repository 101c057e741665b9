"""The second factor of staff: led to it, past it only with it, each code once."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from palace.accounts import second_factor
from palace.accounts.models import FactorReset, FailedAttempt
from palace.accounts.phones import shown

from ..factories import PASSWORD, make_member, make_palace, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strict")]


def code_of(secret, step=0):
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1 + step]))


def make_staff(role="desk"):
    return make_user(role=role, palace=make_palace())


def sign_in(client, user, **more):
    return client.post(reverse("sign_in"), {"phone": shown(user.phone), "password": PASSWORD} | more)


def set_up(client, user):
    """Sign in, connect an app; returns its secret and the recovery codes."""
    sign_in(client, user)
    secret = client.get(reverse("second_factor_setup")).context["secret"]
    page = client.post(reverse("second_factor_setup"), {"code": code_of(secret, -1)})
    return secret, page.context["codes"]


def passed(client):
    return client.get(reverse("me")).status_code == 200


def test_staff_without_app_are_led_to_set_one_up(client):
    user = make_staff()
    sign_in(client, user)
    for name in ("me", "me_password", "desk_members", "palace_list"):
        assert client.get(reverse(name))["Location"].startswith(reverse("second_factor_setup") + "?next=")
    assert client.post(reverse("desk_members"), {"text": "周小明"}).status_code == 302


@pytest.mark.parametrize("role", ["desk", "finance", "director", "lecturer", "partner", "auditor", "admin"])
def test_every_role_owes_a_second_factor(client, role):
    user = make_staff(role)
    client.force_login(user)
    assert client.get(reverse("me")).status_code == 302


def test_members_owe_none(client):
    client.force_login(make_member().user)
    assert passed(client)


def test_demonstration_skips_it(client, settings):
    settings.SECOND_FACTOR = False
    client.force_login(make_staff())
    assert passed(client)


def test_set_up_connects_and_shows_ten_recovery_codes_once(client):
    user = make_staff()
    _, recovery = set_up(client, user)
    assert (len(recovery), len(set(recovery))) == (10, 10)
    assert passed(client)
    assert client.get(reverse("second_factor_setup")).status_code == 302


def test_set_up_refuses_wrong_code(client):
    user = make_staff()
    sign_in(client, user)
    client.get(reverse("second_factor_setup"))
    assert client.post(reverse("second_factor_setup"), {"code": "000000"}).status_code in (422,)
    assert Authenticator.objects.count() == 0
    assert not passed(client)


def test_set_up_cannot_replace_a_connected_app(client):
    user = make_staff()
    set_up(client, user)
    client.logout()
    sign_in(client, user)
    before = Authenticator.objects.get(type="totp").data
    assert client.get(reverse("second_factor_setup"))["Location"] == reverse("second_factor")
    client.post(reverse("second_factor_setup"), {"code": "000000"})
    assert Authenticator.objects.get(type="totp").data == before


def test_secret_lies_encrypted(client):
    secret, _ = set_up(client, make_staff())
    assert secret not in str(Authenticator.objects.get(type="totp").data)


def test_sign_in_needs_the_code_and_gives_a_new_key(client):
    user = make_staff()
    secret, _ = set_up(client, user)
    client.logout()
    assert sign_in(client, user).status_code == 302
    assert client.get(reverse("me"))["Location"].startswith(reverse("second_factor"))
    before = client.session.session_key
    assert client.post(reverse("second_factor"), {"code": code_of(secret), "next": "/me/"})["Location"] == "/me/"
    assert passed(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_code_works_once(client):
    user = make_staff()
    secret, _ = set_up(client, user)
    second_factor.pass_factor(user=user, code=code_of(secret))
    with pytest.raises(ValidationError) as refused:
        second_factor.pass_factor(user=user, code=code_of(secret))
    assert refused.value.code == "code_wrong"


def test_code_of_an_earlier_step_is_refused_after_a_later_one(client):
    user = make_staff()
    secret, _ = set_up(client, user)
    second_factor.pass_factor(user=user, code=code_of(secret, 1))
    with pytest.raises(ValidationError):
        second_factor.pass_factor(user=user, code=code_of(secret, 0))


def test_recovery_code_works_once(client):
    user = make_staff()
    _, recovery = set_up(client, user)
    client.logout()
    sign_in(client, user)
    assert client.post(reverse("second_factor"), {"code": recovery[0]}).status_code == 302
    assert passed(client)
    client.logout()
    sign_in(client, user)
    assert client.post(reverse("second_factor"), {"code": recovery[0]}).status_code == 422
    assert client.post(reverse("second_factor"), {"code": recovery[1]}).status_code == 302


def test_five_wrong_codes_lock_the_second_step(client):
    user = make_staff()
    secret, _ = set_up(client, user)
    client.logout()
    sign_in(client, user)
    for _ in range(5):
        client.post(reverse("second_factor"), {"code": "000000"})
    response = client.post(reverse("second_factor"), {"code": code_of(secret)})
    assert list(response.context["form"].errors["__all__"]) == ["错的次数太多。15 分钟后再试。"]
    FailedAttempt.objects.update(at=timezone.now() - timezone.timedelta(minutes=15))
    assert client.post(reverse("second_factor"), {"code": code_of(secret)}).status_code == 302


def test_code_by_text_message_is_not_enough_for_staff(client, texts):
    user = make_staff()
    client.post(reverse("sign_in_code"), {"phone": shown(user.phone)})
    response = client.post(reverse("sign_in_enter"), {"code": texts[0][1]})
    assert response["Location"] == reverse("sign_in")
    assert "_auth_user_id" not in client.session


def test_mark_of_another_account_does_not_count(client):
    one, two = make_staff(), make_staff()
    set_up(client, one)
    mark = client.session[second_factor.PASSED]
    client.force_login(two)
    session = client.session
    session[second_factor.PASSED] = mark
    session.save()
    assert not passed(client)


def test_second_factor_never_leads_outside(client):
    user = make_staff()
    secret, _ = set_up(client, user)
    client.logout()
    sign_in(client, user)
    response = client.post(reverse("second_factor"), {"code": code_of(secret), "next": "//evil.example"})
    assert response["Location"].startswith("/")
    assert not response["Location"].startswith("//")


def test_operator_resets_a_lost_app(client, capsys):
    user = make_staff()
    set_up(client, user)
    call_command("reset_second_factor", shown(user.phone), "--reason", "手机丢了")
    reset = FactorReset.objects.get()
    assert (Authenticator.objects.count(), reset.user, reset.by, reset.reason) == (0, user, None, "手机丢了")
    assert client.get(reverse("me"))["Location"].startswith("/sign-in/?")
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "13999999999")


def test_new_password_keeps_the_second_factor_of_this_session(client):
    user = make_staff()
    set_up(client, user)
    client.post(reverse("me_password"), {"old": PASSWORD, "password": "brand-new-words"})
    assert passed(client)

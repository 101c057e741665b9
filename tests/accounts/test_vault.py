"""The vault of ID numbers: valid, unique, encrypted, never shown. The numbers are invented."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from stdnum.cn.ric import calc_check_digit

from palace.accounts import rotation, second_factor, vault
from palace.accounts.adapters import SecondFactorAdapter
from palace.accounts.models import IdentityNumber, User
from palace.core.models import AuditEntry

from ..factories import make_member, make_palace, make_user
from .test_second_factor import code_of

pytestmark = pytest.mark.django_db


def number(body="33048119900101001"):
    return body + calc_check_digit(body + "0")


def test_keep_number_locks_it_away():
    member = make_member()
    vault.keep_number(member=member, number=f" {number()[:6]} {number()[6:]} ")
    row = IdentityNumber.objects.get()
    assert vault.decrypt(row.ciphertext, str(member.pk)) == number()
    assert (number().encode() in bytes(row.ciphertext), number() in row.fingerprint, row.key_id) == (
        False,
        False,
        vault.key_id(),
    )


def test_ciphertext_opens_for_its_own_member_only():
    from cryptography.exceptions import InvalidTag

    member = make_member()
    vault.keep_number(member=member, number=number())
    with pytest.raises(InvalidTag):
        vault.decrypt(IdentityNumber.objects.get().ciphertext, str(member.pk + 1))


def test_same_number_has_another_ciphertext_but_the_same_fingerprint():
    assert vault.encrypt(number(), "1") != vault.encrypt(number(), "1")
    assert vault.fingerprint(number()) == vault.fingerprint(number())


def test_keys_differ_by_purpose_and_secret(settings):
    before = (vault.derived("encryption"), vault.derived("fingerprint"))
    assert before[0] != before[1]
    settings.VAULT_KEY = "another"
    assert vault.derived("encryption") not in before


def test_second_use_is_refused_in_words():
    vault.keep_number(member=make_member(), number=number())
    with pytest.raises(ValidationError) as refused:
        vault.keep_number(member=make_member(), number=number())
    assert refused.value.code == "id_number_taken"
    assert IdentityNumber.objects.count() == 1


def test_own_number_may_be_replaced():
    member = make_member()
    vault.keep_number(member=member, number=number())
    vault.keep_number(member=member, number=number("33048119900101002"))
    assert IdentityNumber.objects.get().fingerprint == vault.fingerprint(number("33048119900101002"))


WRONG = [
    number()[:17], number() + "1", number()[:-1] + ("0" if number()[-1] != "0" else "1"), number("33048119900230001"),
    number("33048129990101001"), number("33048118000101001"), "a" * 18, "", "١" * 18, "330481199001010" + "\x00" * 3,
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_numbers_are_refused(wrong):
    with pytest.raises(ValidationError) as refused:
        vault.clean_number(wrong)
    assert refused.value.code == "id_number_invalid"


def test_lower_case_x_is_accepted():
    body = next(f"33048119900101{n:03}" for n in range(1, 200) if calc_check_digit(f"33048119900101{n:03}0") == "X")
    assert vault.clean_number(body + "x") == body + "X"


def test_number_appears_on_no_page_and_in_no_audit(client):
    member = make_member()
    client.force_login(member.user)
    assert client.post(reverse("me_identity"), {"number": number()}).status_code == 302
    for name in ("me", "me_identity", "me_edit", "me_reads"):
        page = client.get(reverse(name)).content.decode()
        assert (number() in page, number()[-2:] + "<" in page) == (False, False)
    entries = AuditEntry.objects.filter(table_name="accounts_identitynumber")
    assert [(e.action, e.before, e.after or {}) for e in entries if e.after or e.before] == []


def test_number_of_somebody_else_is_refused_on_the_page(client):
    vault.keep_number(member=make_member(), number=number())
    client.force_login(make_member().user)
    response = client.post(reverse("me_identity"), {"number": number()})
    assert list(response.context["form"].errors["__all__"]) == [
        "这个身份证号已经登记在别的账号上。真是你的，带身份证到服务台来。"
    ]


# --- another key ---------------------------------------------------------------------------------------------------


def bodies(n):
    return [number(f"3304811990010{1000 + i}"[:17]) for i in range(n)]


@pytest.fixture
def old(settings):
    """The vault lies under the key "old"; ``rekey()`` sets a new one and keeps the old one at hand."""
    settings.VAULT_KEY = "old"
    members = [make_member() for _ in range(3)]
    for member, text in zip(members, bodies(3), strict=True):
        vault.keep_number(member=member, number=text)
    return members


def rekey(settings, key="new", *older):
    settings.VAULT_KEY, settings.VAULT_OLD_KEYS = key, list(older)


def opened() -> list[str]:
    return [vault.decrypt(row.ciphertext, str(row.pk), row.key_id) for row in IdentityNumber.objects.order_by("pk")]


def test_rotation_puts_everything_under_the_new_key_and_the_old_one_may_go(old, settings, capsys):
    rekey(settings, "new", "old")
    assert opened() == bodies(3)
    call_command("rotate_vault_key")
    rekey(settings, "new")
    assert (opened(), {row.key_id for row in IdentityNumber.objects.all()}) == (bodies(3), {vault.key_id()})
    assert set(IdentityNumber.objects.values_list("fingerprint", flat=True)) == {
        vault.fingerprint(n) for n in bodies(3)
    }
    assert "Done." in capsys.readouterr().out


def test_rotation_run_again_changes_nothing(old, settings):
    rekey(settings, "new", "old")
    assert rotation.rotate().moved == 3
    before = list(IdentityNumber.objects.order_by("pk").values())
    assert rotation.rotate() == rotation.Outcome()
    assert list(IdentityNumber.objects.order_by("pk").values()) == before


def test_rotation_that_was_broken_off_goes_on_where_it_ended(old, settings, monkeypatch):
    rekey(settings, "new", "old")
    monkeypatch.setattr(rotation, "BATCH", 1)
    move, calls = rotation.move_number, []

    def stumbling(row):
        calls.append(row.pk)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return move(row)

    monkeypatch.setattr(rotation, "move_number", stumbling)
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate()
    assert IdentityNumber.objects.filter(key_id=vault.key_id()).count() == 1
    assert opened() == bodies(3)
    assert rotation.rotate().moved == 2
    assert opened() == bodies(3)


def test_second_use_is_refused_before_and_during_a_rotation(old, settings):
    rekey(settings, "new", "old")
    for _ in range(2):
        with pytest.raises(ValidationError) as refused:
            vault.keep_number(member=make_member(), number=bodies(3)[0])
        assert refused.value.code == "id_number_taken"
        rotation.rotate()
    assert IdentityNumber.objects.count() == 3


def test_rotation_without_the_old_key_says_so_and_touches_nothing(old, settings, capsys):
    rekey(settings, "new")
    before = list(IdentityNumber.objects.order_by("pk").values())
    with pytest.raises(CommandError, match="keep the old key"):
        call_command("rotate_vault_key")
    assert (
        list(IdentityNumber.objects.order_by("pk").values()),
        "3 rows lie under the key" in capsys.readouterr().err,
    ) == (before, True)


def test_rotation_tells_of_a_number_that_two_members_got_under_two_keys(old, settings, capsys):
    rekey(settings, "new")  # a process that did not know the old key
    twin = make_member()
    vault.keep_number(member=twin, number=bodies(3)[0])
    rekey(settings, "new", "old")
    with pytest.raises(CommandError):
        call_command("rotate_vault_key")
    assert f"Member {old[0].pk} holds the ID number of another member" in capsys.readouterr().err
    assert IdentityNumber.objects.filter(key_id=vault.key_id()).count() == 3


def test_rotation_tells_of_a_row_that_somebody_changed(old, settings):
    IdentityNumber.objects.filter(pk=old[0].pk).update(ciphertext=b"0" * 60)
    rekey(settings, "new", "old")
    outcome = rotation.rotate()
    assert (outcome.moved, outcome.broken, outcome.complete) == (2, [old[0].pk], False)


def test_rotation_needs_a_new_key(settings):
    settings.VAULT_KEY = ""
    with pytest.raises(CommandError, match="Set VAULT_KEY"):
        call_command("rotate_vault_key")


def test_apps_and_recovery_codes_go_on_working_before_and_after_a_rotation(settings):
    settings.VAULT_KEY = ""  # the key comes from SECRET_KEY
    user = make_user(role="desk", palace=make_palace())
    secret = second_factor.new_secret()
    recovery = second_factor.set_up(user=user, secret=secret, code=code_of(secret, -1))
    for row in Authenticator.objects.all():  # as they were written before keys had ids
        row.data |= {name: row.data[name].partition(":")[2] for name in ("secret", "seed") if name in row.data}
        row.save()
    rekey(settings, "new", settings.SECRET_KEY)
    second_factor.pass_factor(user=user, code=code_of(secret, 0))
    assert (rotation.rotate().moved, rotation.rotate().moved) == (2, 0)
    rekey(settings, "new")
    second_factor.pass_factor(user=user, code=code_of(secret, 1))
    second_factor.pass_factor(user=User.objects.get(pk=user.pk), code=recovery[0])


def test_secret_of_an_app_under_an_unknown_key_does_not_open(settings):
    settings.VAULT_KEY = "old"
    closed = SecondFactorAdapter().encrypt("x")
    for text in (closed, closed.partition(":")[2]):
        settings.VAULT_KEY = "old"
        assert SecondFactorAdapter().decrypt(text) == "x"
        settings.VAULT_KEY = "new"
        with pytest.raises(vault.KeyMissing):
            SecondFactorAdapter().decrypt(text)

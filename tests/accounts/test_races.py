"""Two at the same moment: a code, a card, a number go to one of them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from palace.accounts import codes
from palace.accounts.models import Member, PhoneCode, RosterEntry, User
from palace.accounts.services.members import register

from ..factories import make_union

PHONE = "+8613800138000"
RIVALS = 4


def together(call):
    """Outcomes of ``call(n)`` in threads that start at once: a result, or the code of the refusal."""
    start = Barrier(RIVALS)

    def run(n):
        try:
            start.wait()
            return call(n) or "done"
        except ValidationError as error:
            return refusal(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(RIVALS) as threads:
        return sorted(threads.map(run, range(RIVALS)))


def refusal(error) -> str:
    first = next(iter(error.error_dict.values()))[0] if hasattr(error, "error_dict") else error
    return first.code


def test_code_is_used_by_one_of_four(fresh_db):
    _, digits = codes.new_code(PHONE, "enter", "", codes.LIFE)
    outcomes = together(lambda n: codes.use_code(phone=PHONE, purpose="enter", digits=digits))
    assert outcomes == ["code_over"] * 3 + ["done"]


def test_wrong_tries_at_the_same_moment_all_count(fresh_db):
    _, digits = codes.new_code(PHONE, "enter", "", codes.LIFE)
    wrong = f"{(int(digits) + 1) % 10**6:06}"
    together(lambda n: codes.use_code(phone=PHONE, purpose="enter", digits=wrong))
    assert PhoneCode.objects.get().tries == RIVALS


def test_number_registers_once(fresh_db):
    outcomes = together(lambda n: register(phone=PHONE, name=f"甲{n}", employer="厂") and None)
    assert (outcomes, User.objects.count(), Member.objects.count()) == (["done"] + ["phone_taken"] * 3, 1, 1)


def test_card_and_roster_line_go_to_one(fresh_db):
    RosterEntry.objects.create(union=make_union(), name="陈思远", card_number="330400000001")
    outcomes = together(lambda n: register(phone=f"1380013800{n}", name="陈思远", card_number="330400000001") and None)
    assert (outcomes, User.objects.count()) == (["card_taken"] * 3 + ["done"], 1)
    assert Member.objects.get().roster_entry.card_number == "330400000001"


@pytest.mark.parametrize("twice", [1, 2])
def test_roster_line_by_employer_verifies_one_only(fresh_db, twice):
    for n in range(twice):
        RosterEntry.objects.create(
            union=make_union(), name="陈思远", card_number=f"33040000000{n}", employer="鼎新照明"
        )
    together(lambda n: register(phone=f"1380013800{n}", name="陈思远", employer="鼎新照明") and None)
    verified = Member.objects.verified().count()
    assert verified == RosterEntry.objects.exclude(member=None).count()
    assert verified == (1 if twice == 1 else 0)

"""Numbers that get a code are mobile numbers of the mainland, however they are typed."""

import pytest
from django.core.exceptions import ValidationError

from palace.accounts.phones import normalise


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "+8613800138000",
        "86 138 0013 8000",
        "0086-138-0013-8000",
        "１３８００１３８０００",
        " 138\u20110013\u20118000 ",
    ],
)
def test_mobile_number_however_it_is_typed(typed):
    assert normalise(typed) == "+8613800138000"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12351",
        "12012345678",
        "25012345678",
        "057312345678",
        "+44 7700 900123",
        "+12025550123",
        "13800000000x",
        "1380013800",
        "138001380001",
        "١٣٨٠٠١٣٨٠٠٠",
    ],
)
def test_number_that_is_no_mobile_number_is_refused(typed):
    with pytest.raises(ValidationError) as error:
        normalise(typed)
    assert error.value.code == "phone_invalid"

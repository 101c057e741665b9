import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import override

from palace.core.constraints import constraint_sentence, refusal_of
from venues.models import Allocation, Site, Space, TariffDiscount, Unit, Venue

from ..factories import at, make_member, make_palace, make_union, make_venue, tomorrow

pytestmark = pytest.mark.django_db


def sentence(write) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    with override("en"):
        return constraint_sentence(caught.value)


def keep(venue):
    space = venue.spaces.get()
    Allocation.objects.create(
        palace=venue.palace,
        space=space,
        starts_at=at(tomorrow(), 8),
        ends_at=at(tomorrow(), 9),
        kind="club",
        holder="羽协",
    )


def twice(write):
    write()
    write()


CASES = {
    "a model's own": (
        lambda v: Unit.objects.filter(venue=v).update(first_place=0),
        "Places are numbered from 1, and a unit has at least one place and holds at least one person.",
    ),
    "a trigger": (
        lambda v: Unit.objects.filter(venue=v).update(place_count=9),
        "The unit ends behind the last place of its space. Make the run shorter, or the space larger.",
    ),
    "an exclusion": (
        lambda v: twice(lambda: keep(v)),
        "Some of these places are kept for somebody else at that time. Change the times or the places.",
    ),
    "a foreign palace": (
        lambda v: Venue.objects.filter(pk=v.pk).update(site=Site.objects.create(palace=make_palace(), name="别处")),
        "This belongs to another palace. Choose one of yours.",
    ),
    "a foreign venue": (
        lambda v: Unit.objects.filter(venue=v).update(space=Space.objects.get(venue=make_venue(v.palace))),
        "This space belongs to another venue. Choose a space of the unit's venue.",
    ),
    "a double without a sentence": (
        lambda v: make_palace(slug=v.palace.slug),
        "There is one like this already. Change that one, or choose another value.",
    ),
    "a double with one": (
        lambda v: twice(lambda: TariffDiscount.objects.create(tariff=v.tariffs.get(), category="retired", percent=50)),
        "This category has a discount in this tariff already. Change that line.",
    ),
    "a hole": (
        lambda v: Site.objects.create(palace=v.palace, name=None),
        "Something is missing here. Fill in every field that has no value yet.",
    ),
    "a check without a sentence": (
        lambda v: type(make_member()).objects.update(verified_at=None),
        "These values contradict each other. Check them and try again.",
    ),
}


@pytest.mark.parametrize(("write", "expected"), CASES.values(), ids=CASES)
def test_constraint_sentence_tells_what_is_wrong(write, expected):
    venue = make_venue()
    assert sentence(lambda: write(venue)) == expected


def test_union_below_itself_has_a_sentence():
    above = make_union()
    below = make_union(parent=above)
    with override("en"):
        assert sentence(lambda: type(above).objects.filter(pk=above.pk).update(parent=below)) == (
            "A union cannot stand below itself. Choose another union above it."
        )


def test_refusal_of_keeps_what_a_service_says():
    error = ValidationError("no", code="past")
    assert refusal_of(error) is error


def test_refusal_of_explains_what_is_in_use():
    with pytest.raises(ProtectedError) as caught:
        make_venue().delete()
    assert refusal_of(caught.value).code == "in_use"

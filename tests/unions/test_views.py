"""Public pages of the palaces and the choice of one."""

import pytest
from django.urls import reverse

from palace.accounts.models import RoleAssignment
from palace.unions.models import Palace
from venues.models import Site

from ..factories import make_palace, make_union, make_user

pytestmark = pytest.mark.django_db


def test_list_shows_open_palaces(client):
    shown = make_palace(name="东宫")
    make_palace(name="西宫", is_active=False)
    assert list(client.get(reverse("palace_list")).context["palaces"]) == [shown]


def test_empty_list_says_so(client):
    assert "还没有开放的文化宫" in client.get(reverse("palace_list")).content.decode()


def test_detail_publishes_the_four_things(client):
    texts = {
        "services": "羽毛球\n电子阅览",
        "discounts": "会员免费",
        "hours": "9:00–21:00",
        "procedures": "先注册，再预约",
    }
    palace = make_palace(**texts, floor_area_m2=26000, address="工人路 1 号", phone="0573-1234567")
    Site.objects.create(palace=palace, name="城北分部", kind="branch")
    page = client.get(reverse("palace_detail", args=[palace.slug])).content.decode()
    for text in (
        "羽毛球<br>电子阅览",
        "会员免费",
        "9:00–21:00",
        "先注册，再预约",
        "26000 m²",
        "工人路 1 号",
        "0573-1234567",
        "城北分部",
    ):
        assert text in page


@pytest.mark.parametrize(("language", "area"), [("zh-hans", "26000 m²"), ("en", "26,000 m²")])
def test_detail_writes_large_figures_as_its_language_does(client, language, area):
    palace = make_palace(floor_area_m2=26000)
    client.cookies["django_language"] = language
    assert area in client.get(reverse("palace_detail", args=[palace.slug])).content.decode()


def test_detail_says_the_kind_of_a_site_only_where_its_name_does_not(client):
    palace = make_palace()
    for name, kind in (("主宫", "main"), ("城北", "branch")):
        Site.objects.create(palace=palace, name=name, kind=kind)
    page = client.get(reverse("palace_detail", args=[palace.slug])).content.decode()
    assert ("<h3>主宫</h3>" in page, page.count('<span class="chip">')) == (True, 1)


def test_detail_marks_what_is_not_published(client):
    palace = make_palace()
    assert client.get(reverse("palace_detail", args=[palace.slug])).content.decode().count("还没公布") == 4


def test_detail_escapes_staff_text(client):
    palace = make_palace(services="<script>x</script>")
    assert "<script>x" not in client.get(reverse("palace_detail", args=[palace.slug])).content.decode()


def test_detail_marks_chinese_on_english_page(client):
    palace = make_palace(hours="9:00 开门", services_en="Badminton", services="羽毛球")
    client.cookies["django_language"] = "en"
    page = client.get(reverse("palace_detail", args=[palace.slug])).content.decode()
    assert ('<p>9:00 <span lang="zh-Hans">开门</span></p>' in page, "<p>Badminton</p>" in page) == (True, True)


@pytest.mark.parametrize("slug", ["closed", "nowhere"])
def test_detail_of_closed_or_unknown_palace_does_not_exist(client, slug):
    make_palace(slug="closed", is_active=False)
    assert client.get(f"/palaces/{slug}/").status_code == 404


def choose(client, slug, **more):
    return client.post(reverse("choose_palace"), {"palace": slug} | more)


def test_choice_is_remembered(client):
    make_palace(slug="east")
    make_palace(slug="west")
    assert choose(client, "west", next="/palaces/")["Location"] == "/palaces/"
    assert client.get(reverse("palace_list")).context["request"].palace.slug == "west"


@pytest.mark.parametrize("slug", ["closed", "nowhere", "", "宫", "x" * 500, "a\x00b"])
def test_choice_of_closed_or_unknown_palace_does_not_exist(client, slug):
    make_palace(slug="closed", is_active=False)
    assert choose(client, slug).status_code == 404


def test_choice_needs_a_post(client):
    assert client.get(reverse("choose_palace")).status_code == 405


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "", "javascript:x"]
)
def test_choice_never_leads_outside(client, target):
    make_palace(slug="east")
    assert choose(client, "east", next=target)["Location"] == "/"


def test_staff_choose_among_their_own_only(client):
    east, west, north = (make_palace(slug=slug) for slug in ("east", "west", "north"))
    user = make_user(role="desk", palace=east)
    RoleAssignment.objects.create(user=user, role="finance", palace=north, state="approved")
    client.force_login(user)
    assert [choose(client, p.slug).status_code for p in (east, west, north)] == [302, 404, 302]
    assert client.get(reverse("palace_list")).context["request"].palace == north


def test_forged_cookie_gives_staff_no_foreign_palace(client):
    east, west = make_palace(slug="east"), make_palace(slug="west")
    client.force_login(make_user(role="desk", palace=east))
    client.cookies["palace"] = west.slug
    assert client.get(reverse("palace_list")).context["request"].palace == east


def test_list_costs_the_same_for_one_and_three(client, django_assert_num_queries):
    make_palace()
    with django_assert_num_queries(2):
        client.get(reverse("palace_list"))
    make_palace()
    make_palace()
    with django_assert_num_queries(2):
        client.get(reverse("palace_list"))


def test_within_is_the_subtree():
    city = make_union(level="city")
    county = make_union(parent=city)
    inside, outside = make_palace(union=county), make_palace()
    assert (list(Palace.objects.within(city)), outside in Palace.objects.within(county)) == ([inside], False)

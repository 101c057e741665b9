"""Announcements, own messages, and the desk's pages about announcements and jobs: who sees what, and every refusal."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from palace.core import jobs, outbox
from palace.core.models import Job, OutboxMessage
from palace.notices.models import Announcement, Message
from palace.notices.services import notify
from tests.factories import make_member, make_palace, make_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def palace():
    return make_palace()


def as_user(client, user):
    client.force_login(user)
    return client


def hang(palace, title="检修", **fields):
    fields = {"audience": "public", "shown_from": timezone.now() - HOUR} | fields
    return Announcement.objects.create(palace=palace, title=title, body="四号场停用", **fields)


def text(answer) -> str:
    return answer.content.decode()


# --- announcements --------------------------------------------------------------------------------

AUDIENCES = {"visitor": ["public"], "member": ["members", "public"], "partner": ["members", "public"]}
AUDIENCES |= {
    "desk": ["members", "public", "staff"],
    "director": ["members", "public", "staff"],
    "director elsewhere": ["members", "public"],
}


@pytest.mark.parametrize(("who", "seen"), AUDIENCES.items())
def test_announcement_list_shows_what_is_for_the_reader(client, palace, who, seen):
    for audience in ("public", "members", "staff"):
        hang(palace, audience, audience=audience)
    role, _space, elsewhere = who.partition(" ")
    if role == "member":
        as_user(client, make_member().user)
    elif role != "visitor":
        as_user(client, make_user(role=role, palace=make_palace() if elsewhere else palace))
    visible = [
        a
        for a in Announcement.objects.order_by("title")
        if client.get(reverse("announcement_detail", args=[a.pk])).status_code == 200
    ]
    assert [a.title for a in visible] == seen
    if not elsewhere:
        page = text(client.get(reverse("announcement_list")))
        assert [title for title in ("members", "public", "staff") if f">{title}</span></a>" in page] == seen


@pytest.mark.parametrize(
    ("since", "until", "status"),
    [(-HOUR, None, 200), (-HOUR, HOUR, 200), (HOUR, None, 404), (-2 * HOUR, -HOUR, 404), (-HOUR, timedelta(0), 404)],
)
def test_announcement_detail_opens_while_it_hangs(client, palace, since, until, status):
    now = timezone.now()
    announcement = hang(palace, shown_from=now + since, shown_until=now + until if until is not None else None)
    assert client.get(reverse("announcement_detail", args=[announcement.pk])).status_code == status


def test_announcement_list_is_of_the_palace_in_use(client, palace):
    hang(palace, "这里")
    hang(make_palace(), "那里")
    page = text(client.get(reverse("announcement_list")))
    assert ("这里" in page, "那里" in page) == (True, False)
    assert "墙上挂着 1 条公告" in page


def test_announcement_list_is_also_there_when_empty(client, palace):
    assert "现在没有公告" in text(client.get(reverse("announcement_list")))


def test_announcement_is_shown_in_english(client, palace):
    announcement = hang(palace, title_en="Repairs", body_en="Court 4 is closed <b>now</b>")
    client.cookies["django_language"] = "en"
    page = text(client.get(reverse("announcement_detail", args=[announcement.pk])))
    assert "<h1>Repairs</h1>" in page
    assert "Court 4 is closed &lt;b&gt;now&lt;/b&gt;" in page


# --- the desk's pages about them ------------------------------------------------------------------

FORM = {"title": "停水", "body": "明天上午", "audience": "members", "shown_from": "2026-12-01T08:00"}


@pytest.mark.parametrize(
    ("role", "status"),
    [("", 403), ("desk", 403), ("finance", 403), ("venue_manager", 200), ("coordinator", 200), ("director", 200)],
)
def test_desk_announcements_open_with_the_right(client, palace, role, status):
    as_user(client, make_user(role=role, palace=palace) if role else make_user())
    pages = [
        reverse("desk_announcements"),
        reverse("desk_announcement_new"),
        reverse("desk_announcement", args=[hang(palace).pk]),
    ]
    assert [client.get(page).status_code for page in pages] == [status] * 3


def test_desk_announcement_new_hangs_one_up(client, palace):
    user = make_user(role="director", palace=palace)
    answer = as_user(client, user).post(reverse("desk_announcement_new"), FORM)
    made = Announcement.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("desk_announcements"))
    assert (made.palace, made.title, made.audience, made.created_by, made.shown_until) == (
        palace,
        "停水",
        "members",
        user,
        None,
    )


SAVED = {
    "coming": "存好了。还没到时候，到 12月5日 8:30 自己挂出来。",
    "hanging": "挂出去了。",
    "over": "存好了。这条的日子已经过了，墙上不挂。",
}


@pytest.mark.parametrize(
    ("since", "until", "state"),
    [
        ("2026-12-05T08:30", "", "coming"),
        ("2026-12-05T08:29", "", "hanging"),
        ("2026-12-05T08:00", "2026-12-05T08:30", "hanging"),
        ("2026-12-05T08:00", "2026-12-05T08:29", "over"),
    ],
)
def test_desk_announcement_says_whether_it_hangs_yet(client, palace, time_machine, since, until, state):
    time_machine.move_to(datetime(2026, 12, 5, 8, 29, tzinfo=timezone.get_default_timezone()), tick=False)
    as_user(client, make_user(role="director", palace=palace))
    for page in (reverse("desk_announcement_new"), None):
        page = page or reverse("desk_announcement", args=[Announcement.objects.get().pk])
        answer = client.post(page, FORM | {"shown_from": since, "shown_until": until})
        assert [str(each) for each in answer.wsgi_request._messages][-1] == SAVED[state]
    assert Announcement.objects.current().count() == int(state == "hanging")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "这一项要填。"),
        ({"audience": "world"}, "列表里没有“world”，从列表里选一项。"),
        ({"shown_from": "soon"}, "选日期和时间，或写成 2026-11-21 18:30 这样。"),
        ({"shown_until": "2026-12-01T08:00"}, "结束要晚于开始"),
        ({"title": "长" * 101}, "100"),
        ({"title": "a\x00b"}, "里面有存不了的字符"),
    ],
)
def test_desk_announcement_new_says_what_is_wrong(client, palace, change, sentence):
    as_user(client, make_user(role="director", palace=palace))
    answer = client.post(reverse("desk_announcement_new"), FORM | change)
    assert (answer.status_code, Announcement.objects.count()) == (422, 0)
    assert sentence in text(answer)


def test_desk_announcement_changes_one(client, palace):
    announcement = hang(palace)
    as_user(client, make_user(role="venue_manager", palace=palace))
    client.post(reverse("desk_announcement", args=[announcement.pk]), FORM)
    announcement.refresh_from_db()
    assert (announcement.title, announcement.created_by) != ("检修", None)


def test_desk_announcement_of_another_palace_does_not_exist(client, palace):
    elsewhere = hang(make_palace())
    as_user(client, make_user(role="director", palace=palace))
    assert client.get(reverse("desk_announcement", args=[elsewhere.pk])).status_code == 404
    assert client.post(reverse("desk_announcement_end", args=[elsewhere.pk])).status_code == 404
    assert Announcement.objects.current().count() == 1


def test_desk_announcement_end_takes_it_down(client, palace):
    hanging, coming = hang(palace), hang(palace, shown_from=timezone.now() + HOUR)
    as_user(client, make_user(role="director", palace=palace))
    for announcement in (hanging, hanging, coming):
        assert client.post(reverse("desk_announcement_end", args=[announcement.pk])).status_code == 302
    assert (list(Announcement.objects.all()), Announcement.objects.current().count()) == ([hanging], 0)


# --- own messages ---------------------------------------------------------------------------------


def write(member, n=1, **fields):
    common = {
        "member": member,
        "channel": "in_app",
        "kind": "booking_confirmed",
        "title": "订好了",
        "body": "周六见",
        "state": "sent",
    }
    return [Message.objects.create(**common | fields) for _n in range(n)]


def test_message_list_shows_ones_own_only(client, palace):
    mine, other = make_member(), make_member()
    write(mine, 2)
    write(mine, channel="sms", title="短信")
    write(other, title="别人的")
    page = text(as_user(client, mine.user).get(reverse("message_list")))
    assert "你有 2 条新消息" in page
    assert ("短信" in page, "别人的" in page) == (False, False)


@pytest.mark.parametrize("written", ["zh-hans", "en"])
def test_message_list_speaks_the_language_of_the_page(client, palace, written):
    """Whatever language the account had when the message was written."""
    member = make_member(user=make_user(language=written))
    notify(kind="member_verified", member=member, facts=dict)
    as_user(client, member.user)
    chinese = text(client.get(reverse("message_list")))
    client.cookies["django_language"] = "en"
    english = text(client.get(reverse("message_list")))
    words = ("会员核实好了", "You are verified")
    assert [[word in page for word in words] for page in (chinese, english)] == [[True, False], [False, True]]


def test_message_list_shows_an_old_message_as_it_was_written(client, palace):
    member = make_member()
    write(member)
    client.cookies["django_language"] = "en"
    page = text(as_user(client, member.user).get(reverse("message_list")))
    assert '<span lang="zh-Hans">周六见</span>' in page


def test_message_list_is_also_there_when_empty(client, palace):
    page = text(as_user(client, make_user()).get(reverse("message_list")))
    assert ("还没有消息" in page, "快到点了有提醒" in page) == (True, True)


@pytest.mark.parametrize("name", ["message_list", "job_list", "desk_announcements"])
def test_pages_of_persons_ask_a_visitor_to_sign_in(client, palace, name):
    answer = client.get(reverse(name))
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/sign-in/")


def test_message_open_marks_it_read_and_goes_on(client, palace):
    member = make_member()
    (linked,), (plain,) = write(member, link="/announcements/"), write(member)
    as_user(client, member.user)
    assert [client.post(reverse("message_open", args=[m.pk])).url for m in (linked, plain)] == [
        "/announcements/",
        reverse("message_list"),
    ]
    assert Message.objects.unread().count() == 0


def test_message_open_of_somebody_else_does_not_exist(client, palace):
    (message,) = write(make_member())
    assert as_user(client, make_member().user).post(reverse("message_open", args=[message.pk])).status_code == 404
    assert Message.objects.unread().count() == 1


def test_message_read_all_marks_ones_own(client, palace):
    mine, other = make_member(), make_member()
    write(mine, 3)
    write(other)
    as_user(client, mine.user).post(reverse("message_read_all"))
    assert [m.member for m in Message.objects.unread()] == [other]


@pytest.mark.parametrize("count", [1, 3])
def test_message_list_costs_the_same_for_one_and_three(client, palace, count, django_assert_num_queries):
    member = make_member()
    write(member, count)
    as_user(client, member.user)
    client.get(reverse("message_list"))
    with django_assert_num_queries(7):
        client.get(reverse("message_list"))


# --- long jobs ------------------------------------------------------------------------------------


@pytest.fixture
def job(palace, monkeypatch):
    monkeypatch.setitem(jobs.KINDS, "count", lambda job: {"text": "数完了"})
    user = make_user(role="desk", palace=palace)
    return jobs.start_job(kind="count", title="数数", params={}, by=user, palace=palace)


def test_job_detail_shows_progress_and_asks_again(client, job):
    as_user(client, job.created_by)
    assert 'hx-trigger="every 2s"' in text(client.get(reverse("job_detail", args=[job.pk])))
    Job.objects.filter(pk=job.pk).update(state="running")
    jobs.progress(job, 3, 10)
    part = text(client.get(reverse("job_detail", args=[job.pk]), headers={"HX-Request": "true"}))
    assert ('max="10" value="3"' in part, "<html" in part) == (True, False)


def test_job_detail_ends_with_its_result(client, job):
    jobs.run(job.pk)
    page = text(as_user(client, job.created_by).get(reverse("job_detail", args=[job.pk])))
    assert ("数完了" in page, "hx-trigger" in page) == (True, False)


def test_job_detail_of_somebody_else_does_not_exist(client, palace, job):
    as_user(client, make_user(role="director", palace=palace))
    assert client.get(reverse("job_detail", args=[job.pk])).status_code == 404
    assert client.post(reverse("job_retry", args=[job.pk])).status_code == 404


def test_job_retry_starts_a_failed_one_again(client, job):
    Job.objects.filter(pk=job.pk).update(state="failed", error="第 3 行没有姓名")
    as_user(client, job.created_by)
    assert "第 3 行没有姓名" in text(client.get(reverse("job_detail", args=[job.pk])))
    answer = client.post(reverse("job_retry", args=[job.pk]), follow=True)
    assert "重新开始了" in text(answer)
    assert Job.objects.get().state == "waiting"


def test_job_retry_of_one_that_runs_says_why_not(client, job):
    answer = as_user(client, job.created_by).post(reverse("job_retry", args=[job.pk]), follow=True)
    assert "这一项没有失败" in text(answer)


def test_job_list_says_since_when_the_oldest_message_waits(client, palace):
    as_user(client, make_user(role="desk", palace=palace))
    assert "消息都发出去了" in text(client.get(reverse("job_list")))
    outbox.put("booking_confirmed", {"booking": 1}, palace=palace)
    assert "最早一条没发出的消息" in text(client.get(reverse("job_list")))


@pytest.mark.parametrize(("role", "status"), [("", 403), ("partner", 403), ("desk", 200), ("finance", 200)])
def test_job_list_opens_for_staff(client, palace, role, status):
    as_user(client, make_user(role=role, palace=palace) if role else make_user())
    assert client.get(reverse("job_list")).status_code == status


def test_job_list_names_messages_that_were_given_up(client, job):
    OutboxMessage.objects.create(topic="x", dead=True)
    page = text(as_user(client, job.created_by).get(reverse("job_list")))
    assert ("1 项任务正在跑" in page, "1 条消息发不出去" in page) == (True, True)
    assert ("消息都发出去了" in page, "看放弃了哪些" in page) == (False, False)


def test_job_list_leads_the_administrator_to_what_was_given_up(client, palace):
    row = OutboxMessage.objects.create(topic="x", dead=True)
    as_user(client, make_user(role="admin", palace=palace))
    href = reverse("admin:core_outboxmessage_changelist") + "?dead=True"
    page = text(client.get(reverse("job_list")))
    assert (href in page, "其余消息都发出去了" in page) == (True, True)
    OutboxMessage.objects.create(topic="booking_confirmed")
    assert [shown.pk for shown in client.get(href).context["cl"].result_list] == [row.pk]


@pytest.mark.parametrize(("seconds", "shown"), [(110, False), (190, True)])
def test_staff_are_told_when_messages_do_not_get_out(client, palace, seconds, shown):
    row = outbox.put("x", {})
    OutboxMessage.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=seconds))
    sentence = "消息已经 3 分钟没发出去了"
    as_user(client, make_user(role="desk", palace=palace))
    assert (sentence in text(client.get(reverse("job_list")))) is shown
    as_user(client, make_member().user)
    assert sentence not in text(client.get(reverse("message_list")))

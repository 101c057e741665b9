"""A roster from an Excel file: what is read, what is written, each refusal, and the page that begins it."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from openpyxl import Workbook

from palace.accounts.models import RosterEntry
from palace.accounts.services import roster_import
from palace.accounts.services.members import register
from palace.core import jobs
from palace.core.models import Job
from tests.factories import make_member, make_palace, make_union, make_user

pytestmark = pytest.mark.django_db
HEADER = ("姓名", "会员卡号", "手机号", "工作单位", "类别")
PERSON = ("周小明", "9904 0001", 13800001111, "潮城绸厂", "劳模")


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def palace():
    return make_palace()


def workbook(*rows) -> SimpleUploadedFile:
    book, content = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return SimpleUploadedFile("roster.xlsx", content.getvalue())


def begin(palace, *rows, union=None) -> Job:
    fixed = {"by": make_user(role="venue_manager", palace=palace), "palace": palace}
    return roster_import.import_roster_file(file=workbook(*rows), union=union or palace.union, **fixed)


def run(palace, *rows, union=None) -> Job:
    job = begin(palace, *rows, union=union)
    jobs.run(job.pk)
    return Job.objects.get(pk=job.pk)


def entries() -> list[tuple]:
    return list(
        RosterEntry.objects.order_by("card_number").values_list("name", "card_number", "phone", "employer", "category")
    )


def code_of(file) -> str:
    with pytest.raises(ValidationError) as refused:
        roster_import.read_lines(file)
    return refused.value.error_dict["file"][0].code


def test_run_writes_each_line_and_forgets_the_file(palace):
    job = run(palace, HEADER, PERSON, (None,) * 5, ("Ann", 99040002.0, None, None, None))
    assert entries() == [
        ("周小明", "99040001", "+8613800001111", "潮城绸厂", "model_worker"),
        ("Ann", "99040002", "", "", "employee"),
    ]
    assert (job.state, job.done, job.total, job.result["problems"]) == ("done", 2, 2, [])
    assert (job.result["text"], job.params) == ("2 行进了花名册。", {"union": palace.union_id})


def test_run_takes_no_picture_for_a_name(palace):
    job = run(palace, HEADER, PERSON, ("🏸", 99040002, None, None, None))
    assert (len(entries()), job.result["problems"]) == (1, ["第 3 行：姓名只写文字，照着卡上写。"])


def test_run_twice_brings_a_card_up_to_date(palace):
    run(palace, HEADER, PERSON)
    run(palace, ("card number", "name", "Employer"), ("99040001", "周小明", "海塘绸厂"))
    assert entries() == [("周小明", "99040001", "", "海塘绸厂", "employee")]


def test_run_tells_the_lines_that_it_cannot_write(palace):
    other = make_union(parent=palace.union)
    RosterEntry.objects.create(union=other, name="别人", card_number="OTHER")
    RosterEntry.objects.create(union=palace.union, name="旧名", card_number="USED", member=make_member())
    lines = [("", "A1"), ("周小明", ""), ("周小明", "A2", "12"), ("周小明", "A3", "", "", "贵宾")]
    job = run(palace, HEADER, *lines, ("别人", "OTHER"), ("新名", "USED"), ("周" * 61, "A4"), ("好", "A5"))
    starts = [problem.partition("：")[0] for problem in job.result["problems"]]
    assert starts == [f"第 {n} 行" for n in range(2, 9)]
    assert (job.state, job.result["text"]) == (
        "done",
        "一共 8 行，1 行进了花名册，7 行没进，原因在下面。",
    )
    columns = [problem.split("：")[1] for problem in job.result["problems"]]
    assert (columns[:2], columns[6]) == (["姓名", "会员卡号"], "姓名")
    assert job.result["problems"][3:6] == [
        "第 5 行：没有“贵宾”这种会员类别。",
        "第 6 行：这张卡在别的工会的花名册里。",
        "第 7 行：这张卡已有账号，名字不一样。",
    ]


def test_run_shortens_a_long_list_of_problems(palace, monkeypatch):
    monkeypatch.setattr(roster_import, "MOST_PROBLEMS", 2)
    job = run(palace, HEADER, *[("", f"A{n}") for n in range(4)])
    assert (len(job.result["problems"]), job.result["problems"][2]) == (3, "还有 2 行也不行。")
    assert job.result["text"] == "一共 4 行，0 行进了花名册，4 行没进，原因在下面。"


@pytest.mark.parametrize(
    ("language", "title", "sentence"),
    [
        ("zh-hans", "做完了，有几行没成", "一共 3 行，1 行进了花名册，2 行没进，原因在下面。"),
        ("en", "Done, but not all of it", "1 of 3 lines are in the roster; 2 were refused, see below why."),
    ],
)
def test_page_of_an_import_counts_the_refused_lines_and_is_not_green(client, palace, language, title, sentence):
    user = make_user(role="venue_manager", palace=palace, language=language)
    client.force_login(user)
    client.cookies["django_language"] = language
    client.post(
        reverse("desk_roster"), {"union": palace.union_id, "file": workbook(HEADER, PERSON, ("", "A1"), ("好", ""))}
    )
    job = Job.objects.get()
    jobs.run(job.pk)
    page, listed = (client.get(reverse(*at)).content.decode() for at in (("job_detail", None, [job.pk]), ("job_list",)))
    assert (f'<div class="alert wait"><b>{title}</b><p>{sentence}' in page, "alert ok" in page) == (True, False)
    assert [('class="chip wait"' in each, 'class="chip ok"' in each) for each in (page, listed)] == [(True, False)] * 2


def test_who_stands_in_an_imported_roster_is_verified_at_once(palace):
    run(palace, HEADER, PERSON)
    user = register(phone="+8613800002222", name="周小明", card_number="99040001", palace=palace)
    assert (user.member.is_verified, user.member.category) == (True, "model_worker")


def test_read_lines_refuses_what_is_no_list(monkeypatch):
    bad = {
        "no_workbook": SimpleUploadedFile("roster.xlsx", b"name,card\n"),
        "no_columns": workbook(("姓名", "电话"), ("周小明", "1")),
        "no_rows": workbook(HEADER, (None, "", " ")),
    }
    assert {name: code_of(file) for name, file in bad.items()} == {name: name for name in bad}
    monkeypatch.setattr(roster_import, "MOST_UNPACKED", 100)
    assert code_of(workbook(HEADER, PERSON)) == "too_large"


def test_read_lines_takes_the_most_and_not_one_more(monkeypatch):
    monkeypatch.setattr(roster_import, "MOST_ROWS", 2)
    assert [line.number for line in roster_import.read_lines(workbook(HEADER, PERSON, PERSON))] == [2, 3]
    assert code_of(workbook(HEADER, PERSON, PERSON, PERSON)) == "too_many_rows"


def test_desk_roster_begins_a_job_and_shows_it(client, palace):
    user = make_user(role="venue_manager", palace=palace)
    client.force_login(user)
    sent = {"union": palace.union_id, "file": workbook(HEADER, PERSON)}
    answer = client.post(reverse("desk_roster"), sent)
    job = Job.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("job_detail", args=[job.pk]))
    jobs.run(job.pk)
    assert "1 行进了花名册。" in client.get(answer.url).content.decode()


def test_desk_roster_refuses_a_union_of_another_house_and_no_file(client, palace):
    client.force_login(make_user(role="venue_manager", palace=palace))
    foreign = make_palace().union
    answer = client.post(reverse("desk_roster"), {"union": foreign.pk, "file": workbook(HEADER, PERSON)})
    assert (answer.status_code, Job.objects.count()) == (422, 0)
    assert "选一个文件。" in client.post(reverse("desk_roster"), {"union": palace.union_id}).content.decode()

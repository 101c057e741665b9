"""The SMS adapter against the stand-in over a real socket: good, refused, limited, hanging, broken."""

import json
import socket
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils.translation import override

from palace.accounts import codes
from palace.accounts.models import PhoneCode
from palace.notices import sms
from palace.notices.errors import Refused, Unanswered, Unreachable
from palace.notices.signing import authorization, canonical_query
from palace.notices.standin import StandIn
from palace.notices.texts import sms_kinds, sms_template, standard_codes, templates_by_code

PHONE = "+8613900001234"
VALUES = {"code": "123456", "minutes": "10"}


@contextmanager
def serving(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def standing_in(settings, **options):
    keys = {"key_id": "demo", "secret": "demo"} | options
    with serving(StandIn(0, **keys)) as server:
        settings.SMS_ENDPOINT = server.address
        yield server


@pytest.fixture
def provider(settings):
    with standing_in(settings) as server:
        yield server


def send(phone=PHONE, kind="sign_in_code", values=VALUES, timeout=3):
    sms.send(phone, sms_template(kind, "zh-hans").code, values, timeout=timeout)


def refusal(**options) -> tuple[str, bool]:
    with pytest.raises(Refused) as refused:
        send(**options)
    return str(refused.value).partition(":")[0], refused.value.hopeless


def seen(server, query=""):
    with urllib.request.urlopen(f"{server.address}messages{query}", timeout=5) as answer:
        return [(m["phone"], m["text"]) for m in json.load(answer)]


# --- good -----------------------------------------------------------------------------------------


def test_send_reaches_the_provider(provider):
    send()
    send(phone="+85251234567")
    first = ("13900001234", "【工人文化宫】验证码 123456，10 分钟内有效，别告诉任何人。")
    assert seen(provider) == [("85251234567", first[1]), first]
    assert seen(provider, "?phone=13900001234") == [first]


def test_send_takes_any_text(provider):
    """Chinese, signs that queries use, a template's own signs, a line break."""
    values = {"when": "周六 11月21日", "where": "A&B=C+D %20 ${x}", "number": "~*/", "price": "¥15\n", "rule": "“退”"}
    send(kind="booking_confirmed", values=values)
    assert provider.messages[0]["values"] == values


def test_sign_in_code_speaks_the_language_of_the_page(provider):
    for language in ("zh-hans", "en"):
        with override(language):
            sms.send_sign_in_code(PHONE, "654321")
    assert [text for _phone, text in seen(provider)] == [
        "【工人文化宫】654321 is your code. It works for 10 minutes. Tell it to nobody.",
        "【工人文化宫】验证码 654321，10 分钟内有效，别告诉任何人。",
    ]


@pytest.mark.django_db
def test_codes_are_sent_by_sms(provider):
    codes.send_code(phone=PHONE, purpose="sign_in")
    assert [phone for phone, _text in seen(provider)] == ["13900001234"]


# --- refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SMS_ACCESS_KEY_SECRET": "wrong"}, "SignatureDoesNotMatch"),
        ({"SMS_ACCESS_KEY_ID": "other"}, "InvalidAccessKeyId.NotFound"),
    ],
)
def test_send_is_refused_with_wrong_keys(provider, settings, change, code):
    for name, value in change.items():
        setattr(settings, name, value)
    assert refusal() == (code, False)
    assert seen(provider) == []


def test_send_is_refused_with_a_clock_that_is_wrong(provider):
    with time_machine.travel("2026-01-01T00:00:00Z"):
        request = sms.signed_request("SendSms", {"PhoneNumbers": "13900001234"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert json.load(refused.value)["Code"] == "InvalidTimeStamp.Expired"


def test_a_request_is_taken_once(provider):
    request = sms.signed_request(
        "SendSms",
        {
            "PhoneNumbers": "13900001234",
            "TemplateCode": "SMS_480000001",
            "SignName": "宫",
            "TemplateParam": json.dumps(VALUES),
        },
    )
    urllib.request.urlopen(request, timeout=5).close()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert json.load(refused.value)["Code"] == "SignatureNonceUsed"
    assert len(provider.messages) == 1


def test_a_request_that_was_changed_is_refused(provider):
    request = sms.signed_request("SendSms", {"PhoneNumbers": "13900001234"})
    request.full_url = request.full_url.replace("13900001234", "13900009999")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert json.load(refused.value)["Code"] == "SignatureDoesNotMatch"


@pytest.mark.parametrize("missing", ["host", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"])
def test_a_signature_must_cover_what_makes_a_request_unique(provider, missing):
    request = sms.signed_request("SendSms", {})
    headers = {
        name.lower(): value for name, value in request.headers.items() if name.lower() not in (missing, "authorization")
    }
    whole = {"x-acs-content-sha256": ""} | headers
    signed = authorization("demo", "demo", "POST", "/", canonical_query({"RegionId": "cn-hangzhou"}), whole)
    for name in list(request.headers):
        if name.lower() == missing and missing != "host":
            request.remove_header(name)
    request.add_header("Authorization", signed)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert json.load(refused.value)["Code"] == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"phone": "12345"}, ("isv.MOBILE_NUMBER_ILLEGAL", True)),
        ({"values": {"code": "1"}}, ("isv.TEMPLATE_MISSING_PARAMETERS", True)),
    ],
)
def test_send_is_refused_for_ever_where_it_is_wrong(provider, options, code):
    assert refusal(**options) == code


def test_send_is_refused_without_sign_name(provider, settings):
    settings.SMS_SIGN_NAME = ""
    assert refusal() == ("isv.SMS_SIGNATURE_ILLEGAL", False)


def test_send_is_refused_with_an_unknown_template(provider):
    with pytest.raises(Refused, match=r"isv\.SMS_TEMPLATE_ILLEGAL"):
        sms.send(PHONE, "SMS_1", {}, timeout=3)


def test_send_is_refused_above_the_limit_of_a_number(settings):
    with standing_in(settings, per_minute=2) as provider:
        send()
        send()
        assert refusal() == ("isv.BUSINESS_LIMIT_CONTROL", False)
        send(phone="+8613900009999")
        assert len(provider.messages) == 3


# --- not there ------------------------------------------------------------------------------------


def test_send_without_settings_is_unreachable(settings):
    settings.SMS_ENDPOINT = ""
    with pytest.raises(Unreachable, match="SMS_ENDPOINT"):
        send()


def test_send_to_nobody_is_unreachable_and_surely_not_out(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.SMS_ENDPOINT = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with pytest.raises(Unreachable, match="refused") as trouble:
        send()
    assert trouble.type is Unreachable


def test_send_to_a_provider_that_hangs_is_unreachable(settings):
    """It takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.SMS_ENDPOINT = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(Unanswered, match="timed out"):
            send(timeout=0.2)


@contextmanager
def answering(settings, status, body, headers=()):
    class Fixed(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Fixed)) as server:
        settings.SMS_ENDPOINT = f"http://127.0.0.1:{server.server_port}/"
        yield server


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>"),
        (200, b"[]"),
        (200, b""),
        (200, b"{}"),
        (200, b"\xff\xfe"),
        (502, b"bad gateway"),
        (503, b'{"Code": "ServiceUnavailable", "Message": "later"}'),
        (200, b'{"Code": "isp.SYSTEM_ERROR", "Message": "oops"}'),
    ],
)
def test_send_to_a_broken_provider_is_unanswered(settings, status, body):
    with answering(settings, status, body), pytest.raises(Unanswered):
        send()


def test_send_to_a_provider_that_asks_for_patience_is_surely_not_out(settings):
    body = b'{"Code": "Throttling.User", "Message": "slow down"}'
    with answering(settings, 400, body), pytest.raises(Unreachable) as trouble:
        send()
    assert trouble.type is Unreachable


def test_send_does_not_follow_a_redirect(settings, provider):
    elsewhere = provider.address
    with answering(settings, 302, b"", [("Location", elsewhere)]), pytest.raises(Unreachable):
        send()


def test_a_number_limit_is_no_dead_provider(settings):
    body = b'{"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "limit"}'
    with answering(settings, 200, body):
        assert refusal() == ("isv.BUSINESS_LIMIT_CONTROL", False)


@pytest.mark.django_db
def test_a_code_that_cannot_be_sent_is_said_and_forgotten(settings):
    settings.SMS_ENDPOINT = ""
    with pytest.raises(ValidationError) as refused:
        codes.send_code(phone=PHONE, purpose="sign_in")
    assert (refused.value.code, PhoneCode.objects.count()) == ("code_not_sent", 0)


# --- is it out? -----------------------------------------------------------------------------------


def today():
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def is_out(reference, phone=PHONE, day=None):
    return sms.is_out(phone, reference, [day or today()], timeout=3)


def send_with(reference, phone=PHONE):
    sms.send(phone, sms_template("sign_in_code", "zh-hans").code, VALUES, timeout=3, reference=reference)


def test_is_out_knows_a_message_by_its_reference_number_and_day(provider):
    send_with("7.1")
    assert is_out("7.1")
    yesterday = today() - timedelta(days=1)
    assert [is_out("7.2"), is_out("7.1", phone="+8613900009999"), is_out("7.1", day=yesterday)] == [False] * 3
    assert sms.is_out(PHONE, "7.1", [yesterday, today()], timeout=3)


def test_is_out_reads_to_the_last_page(provider, monkeypatch):
    monkeypatch.setattr(sms, "PAGE", 2)
    for n in range(5):
        send_with(f"{n}.1")
    assert [is_out(f"{n}.1") for n in range(6)] == [True] * 5 + [False]


def test_the_provider_sends_again_what_it_is_told_again(provider):
    """The reference is no key: this is why it is asked."""
    send_with("7.1")
    send_with("7.1")
    assert len(provider.messages) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"Code": "OK"}',
        b'{"Code": "OK", "TotalCount": "1", "SmsSendDetailDTOs": {"SmsSendDetailDTO": []}}',
        b'{"Code": "OK", "TotalCount": "many", "SmsSendDetailDTOs": {"SmsSendDetailDTO": []}}',
        b'{"Code": "OK", "TotalCount": "1", "SmsSendDetailDTOs": {"SmsSendDetailDTO": ["7.1"]}}',
        b'{"Code": "Throttling.User", "Message": "slow down"}',
    ],
)
def test_is_out_is_unanswered_where_the_list_cannot_be_read(settings, body):
    with answering(settings, 200, body), pytest.raises(Unanswered):
        is_out("7.1")


def test_is_out_is_unanswered_where_nobody_listens(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.SMS_ENDPOINT = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with pytest.raises(Unanswered, match="QuerySendDetails"):
        is_out("7.1")


def test_is_out_is_refused_without_the_right_to_ask(settings):
    body = b'{"Code": "isv.RAM_PERMISSION_DENY", "Message": "no right"}'
    with answering(settings, 403, body), pytest.raises(Refused, match="RAM_PERMISSION_DENY"):
        is_out("7.1")


# --- the stand-in itself --------------------------------------------------------------------------


def test_the_stand_in_answers_no_other_host(provider):
    request = urllib.request.Request(f"{provider.address}messages", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert refused.value.code == 421


@pytest.mark.parametrize(
    "change", [{"SendDate": "2026-11-20"}, {"PageSize": 51}, {"PageSize": 0}, {"CurrentPage": 0}, {"PhoneNumber": "1"}]
)
def test_the_stand_in_refuses_a_question_that_is_not_well_formed(provider, change):
    asked = {"PhoneNumber": "13900001234", "SendDate": "20261120", "PageSize": 50, "CurrentPage": 1}
    assert sms.ask("QuerySendDetails", asked, 3)["Code"] == "OK"
    assert sms.ask("QuerySendDetails", asked | change, 3)["Code"] in ("InvalidParameter", "isv.MOBILE_NUMBER_ILLEGAL")


@pytest.mark.parametrize(
    ("method", "path", "data", "status"), [("GET", "", None, 404), ("POST", "", b"", 400), ("POST", "", b"body", 400)]
)
def test_the_stand_in_refuses_what_is_not_signed(provider, method, path, data, status):
    request = urllib.request.Request(provider.address + path, data=data, method=method)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert refused.value.code == status


def test_the_stand_in_keeps_messages_across_a_restart(settings, tmp_path):
    file = tmp_path / "sms.jsonl"
    with standing_in(settings, file=file):
        send()
    file.write_text(file.read_text() + '{"cut')
    with standing_in(settings, file=file) as again:
        assert [phone for phone, _text in seen(again)] == ["13900001234"]


def test_sms_standin_says_that_its_port_is_taken(provider):
    with pytest.raises(CommandError, match="cannot be used"):
        call_command("sms_standin", "--port", str(provider.server_port))


# --- templates ------------------------------------------------------------------------------------


def test_sms_template_of_the_house_falls_back_to_chinese(settings):
    settings.SMS_TEMPLATES = {"sign_in_code": "SMS_9", "member_verified": "SMS_8", "member_verified.en": "SMS_7"}
    chosen = [sms_template(kind, "en") for kind in ("sign_in_code", "member_verified", "booking_pending")]
    assert [template and template.code for template in chosen] == ["SMS_9", "SMS_7", None]
    assert chosen[0].text == "验证码 ${code}，${minutes} 分钟内有效，别告诉任何人。"


def test_standard_codes_are_all_different():
    assert len(set(standard_codes().values())) == 2 * len(sms_kinds()) == len(templates_by_code())


@pytest.mark.parametrize("kind", sms_kinds())
def test_both_languages_of_a_template_take_the_same_values(kind):
    chinese, english = (sms_template(kind, language) for language in ("zh-hans", "en"))
    assert chinese.text != english.text
    assert sorted(chinese.names) == sorted(english.names)


def test_sms_templates_prints_all():
    out = StringIO()
    call_command("sms_templates", stdout=out)
    assert len(out.getvalue().splitlines()) == 2 * len(sms_kinds())

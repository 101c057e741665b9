"""Stand-in for the SMS provider: the same HTTP interface and signature, on this machine, for the demonstration and tests.

Nothing leaves the machine. It checks the signature, refuses as the provider does, and shows the last messages at
``GET /messages``. It listens on 127.0.0.1 only and answers no other host name, so no page of the web can read it.
"""

import hmac
import json
import re
import threading
import time
import uuid
from collections import deque
from datetime import UTC, datetime, timedelta, timezone
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from .signing import NOTHING, canonical_query, parts_of, signature, signed_names
from .texts import templates_by_code

KEPT = 500
CLOCK_TOLERANCE = timedelta(minutes=15)
CHINA = timezone(timedelta(hours=8))
PHONE = re.compile(r"1[3-9]\d{9}|[2-9]\d{6,14}")
OWN_NAMES = {"127.0.0.1", "localhost"}
# What a signature must cover; without it a request could be changed or repeated.
MUST_SIGN = {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}


class Fault(Exception):
    """An answer other than OK; ``status`` is 200 where the service refuses and 4xx where the gateway does."""

    def __init__(self, code: str, message: str, status: int = HTTPStatus.OK):
        super().__init__(message)
        self.code, self.status = code, status


class StandIn(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, *, key_id: str, secret: str, per_minute: int = 0, file: Path | None = None):
        """``per_minute``: most messages for a number, 0 for no limit. ``file`` keeps the messages across a restart."""
        self.key_id, self.secret, self.per_minute, self.file = key_id, secret, per_minute, file
        self.templates = templates_by_code()
        self.lock = threading.Lock()
        self.nonces: deque[str] = deque(maxlen=10000)
        self.messages = deque(read_lines(file), maxlen=KEPT)
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    # --- the gateway: who asks, and is the request whole? ---

    def admit(self, method: str, path: str, query: dict[str, str], headers: dict[str, str]) -> None:
        parts = parts_of(headers.get("authorization", ""))
        if not parts.get("Credential") or not parts.get("Signature"):
            raise Fault("MissingSignature", "The request is not signed.", 400)
        if parts["Credential"] != self.key_id:
            raise Fault("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404)
        self.refuse_wrong_signature(parts, method, path, query, headers)
        self.refuse_old(headers["x-acs-date"])
        self.refuse_repeated(headers["x-acs-signature-nonce"])
        if headers["x-acs-action"] not in ("SendSms", "QuerySendDetails") or headers["x-acs-version"] != "2017-05-25":
            raise Fault("InvalidAction.NotFound", "Specified api is not found.", 404)

    def refuse_wrong_signature(self, parts, method, path, query, headers) -> None:
        named = set(parts.get("SignedHeaders", "").split(";"))
        whole = named >= MUST_SIGN and sorted(named) == signed_names(headers)
        if whole and headers["x-acs-content-sha256"] == NOTHING:
            expected = signature(self.secret, method, path, canonical_query(query), headers)
            if hmac.compare_digest(expected.encode(), parts["Signature"].encode()):
                return
        raise Fault("SignatureDoesNotMatch", "Specified signature does not match our calculation.", 400)

    def refuse_old(self, date: str) -> None:
        try:
            sent = datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            raise Fault("InvalidTimeStamp.Format", "Specified time stamp is not well formatted.", 400) from None
        if abs(datetime.now(UTC) - sent) > CLOCK_TOLERANCE:
            raise Fault("InvalidTimeStamp.Expired", "Specified time stamp is expired.", 400)

    def refuse_repeated(self, nonce: str) -> None:
        with self.lock:
            if nonce in self.nonces:
                raise Fault("SignatureNonceUsed", "Specified signature nonce was used already.", 400)
            self.nonces.append(nonce)

    # --- the service: may this message go out? ---

    def send(self, query: dict[str, str]) -> dict:
        phone, template, values = query.get("PhoneNumbers", ""), query.get("TemplateCode", ""), values_of(query)
        if not PHONE.fullmatch(phone):
            raise Fault("isv.MOBILE_NUMBER_ILLEGAL", "The mobile number is not valid.")
        if not query.get("SignName"):
            raise Fault("isv.SMS_SIGNATURE_ILLEGAL", "The sign name does not exist.")
        if template not in self.templates:
            raise Fault("isv.SMS_TEMPLATE_ILLEGAL", "The template does not exist.")
        if set(self.templates[template].names) - set(values):
            raise Fault("isv.TEMPLATE_MISSING_PARAMETERS", "A value of the template is missing.")
        return self.keep(phone, query["SignName"], template, values, query.get("OutId", ""))

    def keep(self, phone, sign, template, values, out_id) -> dict:
        text = f"【{sign}】{self.templates[template].filled(values)}"
        message = {
            "phone": phone,
            "template": template,
            "values": values,
            "text": text,
            "at": time.time(),
            "id": uuid.uuid4().hex,
            "out_id": out_id,
        }
        with self.lock:
            self.refuse_too_many(phone, message["at"])
            self.messages.append(message)
            if self.file:
                self.file.write_text("".join(json.dumps(m, ensure_ascii=False) + "\n" for m in self.messages))
        return {"Code": "OK", "Message": "OK", "BizId": message["id"], "RequestId": request_id()}

    def list_sent(self, query: dict[str, str]) -> dict:
        """QuerySendDetails: what went to a number on a day, newest first, a page of at most 50."""
        phone, day = query.get("PhoneNumber", ""), query.get("SendDate", "")
        size, page = (
            int(query[name]) if query.get(name, "").isdecimal() else 0 for name in ("PageSize", "CurrentPage")
        )
        if not PHONE.fullmatch(phone):
            raise Fault("isv.MOBILE_NUMBER_ILLEGAL", "The mobile number is not valid.")
        if not re.fullmatch(r"\d{8}", day) or not 1 <= size <= 50 or page < 1:
            raise Fault("InvalidParameter", "SendDate, PageSize or CurrentPage is not valid.", 400)
        with self.lock:
            found = [m for m in reversed(self.messages) if m["phone"] == phone and clock(m["at"], "%Y%m%d") == day]
        rows = [detail(message) for message in found[(page - 1) * size : page * size]]
        answer = {"Code": "OK", "Message": "OK", "RequestId": request_id(), "TotalCount": str(len(found))}
        return answer | {"SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}}

    def refuse_too_many(self, phone: str, now: float) -> None:
        recent = sum(m["phone"] == phone and now - m["at"] < 60 for m in self.messages)
        if self.per_minute and recent >= self.per_minute:
            raise Fault("isv.BUSINESS_LIMIT_CONTROL", "The limit of messages a minute is reached.")


def read_lines(file: Path | None) -> list[dict]:
    """Messages of an earlier run; a line that was cut by a kill is dropped."""
    lines = file.read_text().splitlines() if file and file.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def clock(at: float, form: str) -> str:
    """In the time of the service, which is China's."""
    return datetime.fromtimestamp(at, CHINA).strftime(form)


def detail(message: dict) -> dict:
    """One line of QuerySendDetails; 3 is "arrived"."""
    moment = clock(message["at"], "%Y-%m-%d %H:%M:%S")
    shown = {"PhoneNum": message["phone"], "TemplateCode": message["template"], "Content": message["text"]}
    return shown | {
        "OutId": message.get("out_id", ""),
        "SendStatus": 3,
        "ErrCode": "DELIVERED",
        "SendDate": moment,
        "ReceiveDate": moment,
    }


def values_of(query: dict) -> dict:
    try:
        values = json.loads(query.get("TemplateParam", "{}"))
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise Fault("isv.INVALID_JSON_PARAM", "TemplateParam is not a JSON object.")
    return values


def request_id() -> str:
    return str(uuid.uuid4()).upper()


class Handler(BaseHTTPRequestHandler):
    server: StandIn
    timeout = 15  # a silent client does not keep its thread
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        """SendSms and QuerySendDetails, as the provider takes them: parameters in the query, an empty body."""
        try:
            self.read_nothing()
            path, query = self.wanted()
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.server.admit("POST", path, query, headers)
            serve = self.server.send if headers["x-acs-action"] == "SendSms" else self.server.list_sent
            self.answer(HTTPStatus.OK, serve(query))
        except Fault as fault:
            self.answer(fault.status, {"Code": fault.code, "Message": str(fault), "RequestId": request_id()})

    def do_GET(self):
        """/messages: the last ones, newest first; ``?phone=`` for one number."""
        path, query = self.wanted()
        if path != "/messages":
            self.answer(HTTPStatus.NOT_FOUND, {"Code": "NotFound", "Message": "Only /messages can be read."})
            return
        with self.server.lock:
            messages = [m for m in reversed(self.server.messages) if query.get("phone", m["phone"]) == m["phone"]]
        self.answer(HTTPStatus.OK, messages)

    def parse_request(self):
        """Another host name is a page of the web that had its name point here."""
        fine = super().parse_request()
        if fine and urlsplit(f"//{self.headers.get('Host', '')}").hostname not in OWN_NAMES:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return False
        return fine

    def wanted(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        return parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))

    def read_nothing(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if length != "0":
            self.close_connection = True
            raise Fault("InvalidParameter", "The body must be empty.", 400)

    def answer(self, status: int, content) -> None:
        body = json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Quiet: requests carry phone numbers."""

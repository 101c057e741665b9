"""Text messages through Alibaba Cloud SMS (Dysmsapi 2017-05-25: SendSms, QuerySendDetails), without its SDK.

The service sends what it is told as often as it is told. Our reference travels along as OutId, and by it the service
is asked whether a message is out when an answer was lost.
"""

import json
import socket
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from django.conf import settings
from django.utils.translation import get_language

from palace.accounts import codes

from .errors import Refused, Unanswered, Unreachable
from .signing import NOTHING, authorization, canonical_query
from .texts import sms_template

VERSION = "2017-05-25"
LONGEST_ANSWER = 64 * 1024
PAGE = 50  # the most that the service lists at once
LOOPBACK = {"127.0.0.1", "::1", "localhost"}

# Nothing that waits or that we could change makes these good: this number, or this text, is refused for ever.
HOPELESS = {
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isv.BLACK_KEY_CONTROL_LIMIT",
    "isv.PARAM_LENGTH_LIMIT",
    "isv.TEMPLATE_MISSING_PARAMETERS",
    "isv.TEMPLATE_PARAMS_ILLEGAL",
    "isv.INVALID_JSON_PARAM",
    "isv.DENY_IP_RANGE",
}


def is_set() -> bool:
    """Whether this house sends text messages at all."""
    return bool(settings.SMS_ENDPOINT and settings.SMS_ACCESS_KEY_ID)


def send(to: str, template: str, values: dict, *, timeout: float, reference: str = "") -> None:
    """Send one message. Raises ``Unreachable`` (or its kind ``Unanswered``) or ``Refused``."""
    if not is_set():
        raise Unreachable("SMS_ENDPOINT and SMS_ACCESS_KEY_ID are not set")
    parameters = {
        "PhoneNumbers": national(to),
        "SignName": settings.SMS_SIGN_NAME,
        "TemplateCode": template,
        "TemplateParam": json.dumps(values, ensure_ascii=False),
    }
    if reference:
        parameters["OutId"] = reference
    judge(ask("SendSms", parameters, timeout))


def is_out(to: str, reference: str, days: Iterable[date], *, timeout: float) -> bool:
    """Whether the service took the message of that ``reference`` on one of ``days``.

    Raises ``Unanswered`` or ``Refused`` where it does not say: then nobody knows.
    """
    return any(reference in references(to, day, timeout) for day in days)


def references(to: str, day: date, timeout: float) -> set[str]:
    """Of all messages that the service took for the number ``to`` on that day of its calendar."""
    found: list[str] = []
    total, page = 1, 0
    while len(found) < total:
        page += 1
        parameters = {"PhoneNumber": national(to), "SendDate": f"{day:%Y%m%d}", "PageSize": PAGE, "CurrentPage": page}
        try:
            answer = ask("QuerySendDetails", parameters, timeout)
            judge(answer)
            total, listed = int(answer["TotalCount"]), answer["SmsSendDetailDTOs"]["SmsSendDetailDTO"]
            found += [str(row.get("OutId", "")) for row in listed]
        except Unreachable as trouble:
            raise Unanswered(f"QuerySendDetails: {trouble}") from trouble
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unanswered("QuerySendDetails: the answer has no list") from error
        if not listed and len(found) < total:  # seen: a count without its rows, where they are still being written
            raise Unanswered("QuerySendDetails: the list is shorter than its count")
    return set(found)


def national(phone: str) -> str:
    """Numbers of the mainland without, all others with their country's code, and never a plus sign."""
    return phone.removeprefix("+86").removeprefix("+")


def ask(action: str, parameters: dict, timeout: float) -> dict:
    """The provider's answer; errors of the gateway are answers too."""
    try:
        with opener().open(signed_request(action, parameters), timeout=timeout) as answer:
            return parsed(answer.read(LONGEST_ANSWER))
    except HTTPError as error:
        with error:
            return parsed(error.read(LONGEST_ANSWER))
    except (OSError, HTTPException) as error:
        kind = Unreachable if never_left(error) else Unanswered
        raise kind(f"{type(error).__name__}: {error}") from error


def never_left(error: Exception) -> bool:
    """Nobody took the connection. All else, a time-out above all, leaves open what the provider did."""
    return isinstance(error, URLError) and isinstance(error.reason, ConnectionRefusedError | socket.gaierror)


class NoRedirects(HTTPRedirectHandler):
    """A signed request goes to the address it was signed for, or nowhere."""

    def redirect_request(self, *arguments):
        return None


def opener():
    """A proxy of the machine serves for the world outside, never for the stand-in beside us."""
    near = urlsplit(settings.SMS_ENDPOINT).hostname in LOOPBACK
    return build_opener(ProxyHandler({}) if near else ProxyHandler(), NoRedirects())


def signed_request(action: str, parameters: dict) -> Request:
    address = urlsplit(settings.SMS_ENDPOINT)
    query = canonical_query(parameters | {"RegionId": settings.SMS_REGION})
    headers = {
        "host": address.netloc,
        "x-acs-action": action,
        "x-acs-version": VERSION,
        "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": uuid.uuid4().hex,
        "x-acs-content-sha256": NOTHING,
    }
    keys = (settings.SMS_ACCESS_KEY_ID, settings.SMS_ACCESS_KEY_SECRET)
    headers["authorization"] = authorization(*keys, "POST", "/", query, headers)
    url = f"{address.scheme}://{address.netloc}/?{query}"
    return Request(url, headers=headers, method="POST")  # without data there is no content type to sign


def parsed(body: bytes) -> dict:
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise Unanswered("the answer is not JSON") from error
    if not isinstance(answer, dict):
        raise Unanswered("the answer is not an object")
    return answer


def judge(answer: dict) -> None:
    code = str(answer.get("Code", ""))
    if code == "OK":
        return
    reason = f"{code}: {answer.get('Message', '')}"[:300]
    if code.startswith("Throttling"):
        raise Unreachable(reason)
    if code.startswith(("isp.", "ServiceUnavailable", "InternalError")) or not code:
        raise Unanswered(reason)  # it broke, we do not know where
    raise Refused(reason, hopeless=code in HOPELESS)


# --- codes for signing in: at once, or not at all -------------------------------------------------


def send_sign_in_code(phone: str, digits: str) -> None:
    """Set as ``palace.accounts.codes.sender``. The person waits for it, so three seconds are all it gets."""
    template = sms_template("sign_in_code", get_language() or "")
    if template is None:
        raise Refused("SMS_TEMPLATES has no sign_in_code", hopeless=False)
    minutes = round(codes.LIFE.total_seconds() / 60)
    send(phone, template.code, {"code": digits, "minutes": str(minutes)}, timeout=settings.SMS_CODE_TIMEOUT)

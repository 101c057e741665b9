"""What the hot calls do for themselves, since they leave before the middleware: language, refusals, a dead connection.

A hot view takes the request and returns a response or raises ``Refusal`` or ``ValidationError``. It must be safe to call
twice: a read, or a write with an idempotency key.
"""

import logging
from functools import wraps

import orjson
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _

from .api import headers_of, refusal_body, status_of, unavailable_body
from .parsers import MAX_BODY
from .throttles import pause_of

JSON = "application/json"
logger = logging.getLogger(__name__)


class Refusal(Exception):
    """An answer that is not an effect: ``status``, and the form of every error."""

    def __init__(
        self, status: int, code: str, message: str, *, fields: dict | None = None, headers: dict | None = None
    ):
        super().__init__(code)
        self.status, self.headers = status, headers
        self.body = {"code": code, "message": str(message), "fields": fields or {}}


def hot(view):
    """Make ``view`` answer in the caller's language, and with 503 instead of a stack trace where the database is gone."""

    @wraps(view)
    def answer(request, **kwargs):
        with translation.override(get_language_from_request(request)):
            response = answered(view, request, kwargs)
            response.headers["Content-Language"] = translation.get_language()
        response.headers["Vary"] = "Accept-Language, Authorization"
        # Django writes a warning for every 4xx; here they are nearly all the answers of a crowd.
        response._has_been_logged = response.status_code < 500
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    answer.csrf_exempt = True
    return answer


def answered(view, request, kwargs) -> HttpResponse:
    try:
        return on_a_live_connection(view, request, kwargs)
    except Refusal as refused:
        return as_response(refused.body, refused.status, refused.headers)
    except ValidationError as error:
        body = refusal_body(error)
        return as_response(body, status_of(body["code"]), headers_of(body["code"]))
    except (OperationalError, InterfaceError) as error:
        logger.warning("The database does not answer %s", request.path_info, exc_info=True)
        return as_response(unavailable_body(error), 503, headers_of("unavailable"))


def on_a_live_connection(view, request, kwargs) -> HttpResponse:
    """Spares the round trip by which Django asks whether a kept connection lives: one that does not is replaced, once."""
    line = connections[DEFAULT_DB_ALIAS]
    kept = line.connection is not None and not line.in_atomic_block
    line.health_check_done = True  # type: ignore[attr-defined]
    try:
        return view(request, **kwargs)
    except (OperationalError, InterfaceError):
        if not kept or not line.connection or not line.connection.closed:
            raise
        line.close()
        return view(request, **kwargs)


def as_response(value, status: int = 200, headers: dict | None = None) -> HttpResponse:
    return HttpResponse(orjson.dumps(value), content_type=JSON, status=status, headers=headers)


def refuse_too_many(scope: str, who: str) -> None:
    pause = pause_of(scope, who) if who else 0
    if pause:
        message = _("Too many calls. Try again in %(seconds)s seconds.") % {"seconds": pause}
        raise Refusal(429, "throttled", message, headers={"Retry-After": str(pause)})


def json_body(request) -> dict:
    """The object that the request carries. Refuses by its length before reading it."""
    refuse_other_type(request.META.get("CONTENT_TYPE", ""))
    refuse_length(request.META)
    try:
        value = orjson.loads(request.body)  # kept by the request: the view may be called again
    except ValueError:
        raise Refusal(400, "parse_error", _("This is not valid JSON.")) from None
    if not isinstance(value, dict):
        raise Refusal(400, "parse_error", _("Send one JSON object."))
    return value


def refuse_other_type(content_type: str) -> None:
    if content_type.partition(";")[0].strip().lower() != JSON:
        raise Refusal(415, "unsupported_media_type", _("Send JSON, with the header Content-Type: application/json."))


def refuse_length(meta: dict) -> None:
    text = meta.get("CONTENT_LENGTH") or ""
    if not text and meta.get("HTTP_TRANSFER_ENCODING"):
        raise Refusal(411, "length_required", _("Send the length of the body in Content-Length."))
    if text.isdecimal() and int(text) > MAX_BODY:
        raise Refusal(413, "too_large", _("This request is larger than 2 MB."))


def refuse_unknown(names, known) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        message = _("This field is not known.")
        raise Refusal(400, "unknown_field", message, fields={name: [message] for name in unknown})

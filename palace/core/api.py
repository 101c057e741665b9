"""What every call of the API shares: pages, the form of errors, refusals in words."""

import logging
import math

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError
from django.db.models import ProtectedError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, serializers, status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler as drf_handler

# Refusals that are not 400: somebody was faster, the state is another, the key or the caller is not right, come back later.
STATUSES = {
    "taken": 409,
    "too_late": 409,
    "not_active": 409,
    "key_reused": 422,
    "not_allowed": 403,
    "second_factor": 403,
    "wrong": 401,
    "locked_out": 429,
    "too_many_tries": 429,
    "busy": 503,
    "unavailable": 503,
}
HEADERS = {401: {"WWW-Authenticate": "Token"}, 503: {"Retry-After": "2"}}
NO_FIELD = api_settings.NON_FIELD_ERRORS_KEY
logger = logging.getLogger(__name__)


def status_of(code: str) -> int:
    return STATUSES.get(code, status.HTTP_400_BAD_REQUEST)


def headers_of(code: str) -> dict[str, str]:
    return HEADERS.get(status_of(code), {})


def waited_in_vain(error: Exception) -> bool:
    """Whether the database answered, but not in time: a lock or the statement took too long."""
    return getattr(error.__cause__, "sqlstate", None) in {"55P03", "57014"}


def unavailable_body(error: Exception) -> dict:
    """Why the database does not serve this now: somebody holds what is asked for, or it does not answer at all."""
    if waited_in_vain(error):
        message = _("Somebody is changing the same at this moment. Nothing was changed; try again in some seconds.")
        return {"code": "busy", "message": message, "fields": {}}
    message = _("The service is not reachable for a moment. Nothing was changed; try again in some seconds.")
    return {"code": "unavailable", "message": message, "fields": {}}


@csrf_exempt
def not_found(request, **kwargs):
    """For addresses below /api/ that do not exist: the form of every other error."""
    return JsonResponse({"code": "not_found", "message": _("There is nothing here."), "fields": {}}, status=404)


def number_within(text: str, most: int) -> int | None:
    """A whole number from 1 to ``most`` as it stands in an address, else None."""
    short = text.isascii() and text.isdecimal() and len(text) <= len(str(most))  # a long one is slow to read
    return int(text) if short and 1 <= int(text) <= most else None


class Pages(PageNumberPagination):
    page_size = 50
    invalid_page_message = gettext_lazy("There is no such page.")
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_size(self, request):
        """A page size that is no number from 1 to 200 is refused rather than passed over."""
        text = request.query_params.get(self.page_size_query_param, "")
        size = number_within(text, self.max_page_size) if text else self.page_size
        if size is None:
            raise serializers.ValidationError({self.page_size_query_param: [_("Write a number from 1 to 200.")]})
        return size

    def get_schema_operation_parameters(self, view):
        """Both are numbers from 1 on; a page has a largest size."""
        most = {self.page_size_query_param: {"maximum": self.max_page_size}}
        parameters = super().get_schema_operation_parameters(view)
        return [p | {"schema": p["schema"] | {"minimum": 1} | most.get(p["name"], {})} for p in parameters]


class StrictFilters(DjangoFilterBackend):
    """Unknown filters are refused: a slip of the pen must not answer with everything."""

    def filter_queryset(self, request, queryset, view):
        filterset = self.get_filterset_class(view, queryset)
        known = {*(filterset.base_filters if filterset else ()), "page", "page_size"}
        refuse_unknown(set(request.query_params) - known)
        return super().filter_queryset(request, queryset, view)


def refuse_unknown(names: set[str]) -> None:
    if names:
        message = _("This field is not known.")
        raise serializers.ValidationError({name: [message] for name in sorted(names)}, code="unknown_field")


class Text(serializers.CharField):
    """Words. A number is none, and each refusal says what to do."""

    default_error_messages = {
        "required": gettext_lazy("Send this field too."),
        "null": gettext_lazy("Write some words here."),
        "blank": gettext_lazy("Write some words here."),
        "invalid": gettext_lazy("Write words in quotation marks, not a number or a list."),
        "max_length": gettext_lazy("Write at most {max_length} letters."),
    }

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictSerializer(serializers.Serializer):
    """Unknown fields are refused, so that nobody believes he has set a price."""

    default_error_messages = {"invalid": gettext_lazy("Send one JSON object.")}

    def to_internal_value(self, data):
        if isinstance(data, dict):
            refuse_unknown(set(data) - set(self.fields))
        return super().to_internal_value(data)


class ErrorSerializer(serializers.Serializer):
    """Every refusal: a code for programs, a sentence for people, sentences by field."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


def exception_handler(error, context):
    """``{"code", "message", "fields"}`` for every refusal; Django's own errors become 400 and 409, never 500."""
    if isinstance(error, ValidationError):
        return refusal(error)
    if isinstance(error, ProtectedError):
        message = _("This is still in use. Remove what refers to it first.")
        return Response({"code": "in_use", "message": message, "fields": {}}, status=status.HTTP_409_CONFLICT)
    if isinstance(error, OperationalError | InterfaceError):
        logger.warning("The database does not answer", exc_info=error)
        return Response(unavailable_body(error), status=503, headers=headers_of("unavailable"))
    if isinstance(error, Http404):
        error = NotFound(_("There is nothing here."))
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(_("Your account may not do this."))
    elif type(error) in SENTENCES:
        error.detail = exceptions.ErrorDetail(sentence_of(error), error.default_code)
    response = drf_handler(error, context)
    if response is not None:
        response.data = body_of(error)
    return response


# What the framework refuses, in our words.
SENTENCES = {
    exceptions.NotAuthenticated: gettext_lazy("Send a key in the header Authorization, as Token and the key."),
    exceptions.MethodNotAllowed: gettext_lazy(
        "This address is called in another way. The description of the API says how."
    ),
    exceptions.NotAcceptable: gettext_lazy("This address answers in JSON. Send the header Accept: application/json."),
    exceptions.UnsupportedMediaType: gettext_lazy("Send JSON, with the header Content-Type: application/json."),
    exceptions.Throttled: gettext_lazy("Too many calls. Try again in %(seconds)s seconds."),
}


def sentence_of(error: APIException) -> str:
    return SENTENCES[type(error)] % {"seconds": math.ceil(getattr(error, "wait", None) or 1)}


def refusal(error: ValidationError) -> Response:
    body = refusal_body(error)
    return Response(body, status=status_of(body["code"]), headers=headers_of(body["code"]))


def refusal_body(error: ValidationError) -> dict:
    """The first sentence, its code, and all sentences by field."""
    first = error
    fields = {}
    if hasattr(error, "error_dict"):
        fields = {
            name: [m for e in errors for m in e.messages]
            for name, errors in error.error_dict.items()
            if name != NON_FIELD_ERRORS
        }
        first = next(iter(error.error_dict.values()))[0]
    elif error.error_list:
        first = error.error_list[0]
    return {"code": first.code or "invalid", "message": first.messages[0], "fields": fields}


def body_of(error: APIException) -> dict:
    detail = error.detail
    if isinstance(detail, dict):
        fields = {
            name: [str(x) for x in (value if isinstance(value, list) else [value])]
            for name, value in detail.items()
            if name != NO_FIELD
        }
        first = next(iter(detail.values()))
        first = first[0] if isinstance(first, list) else first
        return {"code": getattr(first, "code", "invalid"), "message": str(first), "fields": fields}
    if isinstance(detail, list):
        detail = detail[0]
    return {"code": getattr(detail, "code", "invalid"), "message": str(detail), "fields": {}}

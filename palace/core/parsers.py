"""What bodies the API reads."""

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_BODY = 2 * 1024 * 1024


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = gettext_lazy("This request is larger than 2 MB.")


class StrictJSONParser(BaseParser):
    """JSON of at most 2 MB, refused by its length before it is read; no NaN, no half characters."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        if int(parser_context["request"].META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
            raise TooLarge
        try:
            return orjson.loads(stream.read())
        except ValueError:
            raise ParseError(_("This is not valid JSON.")) from None

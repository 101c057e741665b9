"""Pictures from the store. Only names that ``pictures.clean_picture`` gives are served, so nothing else can be reached."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

PICTURE = re.compile(r"(venues|plans)/[0-9a-zA-Z_]{32,60}\.(jpg|png)")
TYPES = {"jpg": "image/jpeg", "png": "image/png"}
FOREVER = "public, max-age=31536000, immutable"  # a new picture has a new name


@require_safe
def media(request, path: str):
    match = PICTURE.fullmatch(path)
    if match is None or not default_storage.exists(path):
        raise Http404
    response = FileResponse(default_storage.open(path), content_type=TYPES[match[2]])
    response.headers["Cache-Control"] = FOREVER
    return response

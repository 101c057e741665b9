"""Pictures that people upload: judged by their content, drawn anew, so that nothing but pixels is kept."""

import io
import uuid
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 50_000_000  # a camera of fifty megapixels; more is a bomb
LONGEST_SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")


class Pictured(models.Model):
    """A record with a picture of its own in ``picture_field``. The file goes with it, once that is committed."""

    picture_field = ""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        drop_unused(self)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        drop_unused(self)
        return super().delete(*args, **kwargs)


def drop_unused(record: Pictured) -> None:
    """After the commit remove the file that is stored for ``record`` now, unless a row still names it then."""
    model, field = type(record), record.picture_field
    rows = model._base_manager.filter(pk=record.pk)
    name = rows.values_list(field, flat=True).first()
    storage = model._meta.get_field(field).storage  # type: ignore[union-attr]

    def drop() -> None:
        if not model._base_manager.filter(**{field: name}).exists():
            storage.delete(name)

    if name:
        transaction.on_commit(drop, robust=True)  # the record is right, whatever the store says


def clean_picture(file) -> ContentFile:
    """``file`` as a fresh JPEG or PNG under a random name: turned upright, at most 1,600 px, without EXIF.

    Raises ``ValidationError``: ``picture_heavy``, ``picture_kind``, ``picture_large`` or ``picture_broken``.
    """
    if file.size > MOST_BYTES:
        raise ValidationError(_("This picture is larger than 8 MB. Save it smaller and try again."), "picture_heavy")
    image = opened(file)
    if image.width * image.height > MOST_PIXELS:
        raise ValidationError(_("This picture has too many pixels. Save it smaller and try again."), "picture_large")
    return written(image.format or "", drawn(image))


def opened(file) -> Image.Image:
    """The picture's head only: no pixel is unpacked yet."""
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # counted by us, more strictly
        try:
            return Image.open(file, formats=FORMATS)
        except Image.DecompressionBombError as error:
            text = _("This picture has too many pixels. Save it smaller and try again.")
            raise ValidationError(text, "picture_large") from error
        except Exception as error:  # a hostile file may raise anything
            text = _("This is not a picture we can show. Choose a JPEG, PNG or WebP file.")
            raise ValidationError(text, "picture_kind") from error


def drawn(image: Image.Image) -> Image.Image:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # the library that makes PDFs turns it on for the whole process
    try:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return upright.convert("RGBA" if image.format == "PNG" and upright.has_transparency_data else "RGB")
    except Exception as error:  # cut off, or made to break a reader
        text = _("This picture is damaged. Open it on your computer, save it again, then upload it.")
        raise ValidationError(text, "picture_broken") from error


def written(kind: str, image: Image.Image) -> ContentFile:
    target = io.BytesIO()
    fresh = Image.frombytes(image.mode, image.size, image.tobytes())  # leaves every kind of metadata behind
    if kind == "PNG":
        fresh.save(target, "PNG", optimize=True)
    else:
        fresh.save(target, "JPEG", quality=85, optimize=True, progressive=True)
    return ContentFile(target.getvalue(), name=f"{uuid.uuid4().hex}.{'png' if kind == 'PNG' else 'jpg'}")

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFile

from palace.core import pictures
from palace.core.pictures import clean_picture


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def image_bytes(kind: str = "JPEG", size=(60, 40), mode: str = "RGB", **options) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, "red").save(target, kind, **options)
    return target.getvalue()


def refusal(content: bytes, name: str = "photo.jpg") -> str:
    with pytest.raises(ValidationError) as caught:
        clean_picture(upload(content, name))
    return caught.value.code


def huge_png(width: int, height: int) -> bytes:
    """A few hundred bytes that unpack to billions of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("kind", "mode", "expected"),
    [
        ("JPEG", "RGB", "JPEG"),
        ("JPEG", "CMYK", "JPEG"),
        ("WEBP", "RGB", "JPEG"),
        ("PNG", "RGBA", "PNG"),
        ("PNG", "P", "PNG"),
    ],
)
def test_clean_picture_draws_every_kind_anew(kind, mode, expected):
    target = io.BytesIO()
    Image.new(mode, (60, 40)).save(target, kind)
    image = Image.open(clean_picture(upload(target.getvalue())))
    assert (image.format, image.size) == (expected, (60, 40))


def test_clean_picture_names_the_file_itself():
    file = clean_picture(upload(image_bytes(), "../../etc/passwd.php"))
    assert (len(file.name), file.name[-4:], file.name[:-4].isalnum()) == (36, ".jpg", True)


def test_clean_picture_drops_exif_and_turns_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "where I live"
    source = image_bytes(size=(60, 40), exif=exif, comment=b"secret")
    image = Image.open(clean_picture(upload(source)))
    assert (image.size, dict(image.getexif()), b"where I live" in source) == ((40, 60), {}, True)
    assert "comment" not in image.info


@pytest.mark.parametrize(
    ("size", "expected"), [((1600, 900), (1600, 900)), ((3200, 1800), (1600, 900)), ((900, 1601), (899, 1600))]
)
def test_clean_picture_caps_the_longest_side(size, expected):
    assert Image.open(clean_picture(upload(image_bytes(size=size)))).size == expected


HOSTILE = {
    "svg with a script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "renamed program": b"MZ\x90\x00" + b"\0" * 200,
    "page": b"<html><script>alert(1)</script></html>",
    "animated": image_bytes("GIF"),
    "document": b"%PDF-1.7\n",
    "nothing in it": b"\0",
    "only a head": b"\xff\xd8\xff",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_clean_picture_refuses_what_is_no_picture(content):
    assert refusal(content) == "picture_kind"


@pytest.mark.parametrize("size", [(7072, 7071), (50_000, 50_000), (200_000, 200_000)])
def test_clean_picture_refuses_a_bomb_before_unpacking_it(size):
    assert refusal(huge_png(*size), "bomb.png") == "picture_large"


def test_clean_picture_takes_as_many_pixels_as_the_limit(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 60 * 40)
    assert Image.open(clean_picture(upload(image_bytes()))).size == (60, 40)
    assert refusal(image_bytes(size=(61, 40))) == "picture_large"


def test_clean_picture_refuses_a_heavy_file(monkeypatch):
    content = image_bytes()
    monkeypatch.setattr(pictures, "MOST_BYTES", len(content))
    assert clean_picture(upload(content)).size > 0
    assert refusal(content + b"\0") == "picture_heavy"


def test_clean_picture_refuses_a_cut_off_file():
    assert refusal(image_bytes(size=(400, 400))[:-300]) == "picture_broken"
    assert refusal(huge_png(1000, 1000), "cut.png") == "picture_broken"


def test_clean_picture_refuses_a_cut_off_file_where_the_process_makes_pdfs_too(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert refusal(image_bytes(size=(400, 400))[:-300]) == "picture_broken"


def test_clean_picture_leaves_hidden_script_behind():
    source = image_bytes() + b"<script>alert(1)</script>"
    assert b"<script>" not in clean_picture(upload(source)).read()

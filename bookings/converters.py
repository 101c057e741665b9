"""What an address may hold."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class Number(StringConverter):
    """A booking's number: digits, also with a nought in front."""

    regex = "[0-9]{8,12}"


register_converter(Number, "booking_number")

"""Bookings for other systems. The two hot calls are plain views (``bookings.hot``); here they are declared for the schema."""

from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from palace.core.api import ErrorSerializer, StrictSerializer, Text

from . import hot
from .answers import ORDER
from .models import Booking, BookingStatus
from .services import cancel_booking


class SlotSerializer(serializers.Serializer):
    """``places`` and ``free`` are 1 or 0 for an exclusive unit, heads for a shared one; ``reason`` is empty where bookable."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    places = serializers.IntegerField(min_value=1)
    free = serializers.IntegerField(min_value=0)
    price_fen = serializers.IntegerField(min_value=0)
    bookable = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)


class BookingRequestSerializer(StrictSerializer):
    """``member`` names a dependant of the caller."""

    unit = serializers.IntegerField(min_value=1)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    party_size = serializers.IntegerField(min_value=1)
    member = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class BookingSerializer(serializers.ModelSerializer):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=BookingStatus.values)
    paid = serializers.BooleanField(source="is_paid")

    class Meta:
        model = Booking
        fields = ORDER
        read_only_fields = fields


class CancelSerializer(StrictSerializer):
    reason = Text(max_length=200)


class BookingFilter(filters.FilterSet):
    status = filters.ChoiceFilter(choices=BookingStatus.choices)


ERRORS = {"4XX": ErrorSerializer, 503: ErrorSerializer}
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    OpenApiParameter.HEADER,
    required=True,
    description="A new one for every new booking; the same one to repeat a request whose answer was lost.",
)


@extend_schema_view(
    list=extend_schema(summary="The caller's own bookings", responses={200: BookingSerializer(many=True)} | ERRORS),
    retrieve=extend_schema(summary="One of them", responses={200: BookingSerializer} | ERRORS),
)
class BookingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = BookingSerializer
    filterset_class = BookingFilter
    lookup_value_converter = "int"
    queryset = Booking.objects.none()

    def get_queryset(self):
        return Booking.objects.own(self.request.user).select_related("unit") if self.request.user.pk else self.queryset

    @extend_schema(
        summary="Book", request=BookingRequestSerializer, responses={201: BookingSerializer} | ERRORS, parameters=[KEY]
    )
    def create(self, request):
        return hot.book(request._request)

    @extend_schema(
        summary="Cancel while cancel_before is ahead, or while it is pending",
        request=CancelSerializer,
        responses={200: BookingSerializer} | ERRORS,
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk):
        booking = self.get_object()
        asked = CancelSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        booking = cancel_booking(booking=booking, by=request.user, **asked.validated_data)
        return Response(self.get_serializer(booking).data)


class SlotsView(APIView):
    """Declares the hot call; a HEAD request comes through here as well."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []

    @extend_schema(
        operation_id="units_slots_list",
        summary="Slots of a unit, with price and answer for the caller",
        description="Without a key as anybody sees them. Send If-None-Match with the last ETag to be told 304 while nothing changed.",
        auth=[{"tokenAuth": []}, {}],
        parameters=[
            OpenApiParameter("date", OpenApiTypes.DATE, description="First day, Asia/Shanghai; today where left out."),
            OpenApiParameter("days", {"type": "integer", "minimum": 1, "maximum": 14, "default": 1}),
        ],
        responses={200: SlotSerializer(many=True), 304: None} | ERRORS,
        filters=False,
    )
    def get(self, request, pk):
        return hot.slots(request._request, pk=str(pk))

"""Venues and units for other systems: what the public sees."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny

from palace.core.api import ErrorSerializer
from palace.unions.models import Palace

from .models import Unit, UnitMode, Venue, VenueKind


class VenueSerializer(serializers.ModelSerializer):
    kind = serializers.ChoiceField(choices=VenueKind.values)

    class Meta:
        model = Venue
        fields = ["id", "palace", "kind", "name", "name_en", "floor", "floor_en", "summary", "summary_en"]


class UnitSerializer(serializers.ModelSerializer):
    mode = serializers.ChoiceField(choices=UnitMode.values)

    class Meta:
        model = Unit
        fields = ["id", "venue", "palace", "name", "name_en", "mode", "capacity"]


class VenueFilter(filters.FilterSet):
    palace = filters.ModelChoiceFilter(queryset=Palace.objects.open())
    kind = filters.ChoiceFilter(choices=VenueKind.choices)


class UnitFilter(filters.FilterSet):
    palace = filters.ModelChoiceFilter(queryset=Palace.objects.open())
    venue = filters.ModelChoiceFilter(queryset=Venue.objects.open())
    mode = filters.ChoiceFilter(choices=UnitMode.choices)


@extend_schema_view(
    list=extend_schema(summary="Venues", auth=[], responses={200: VenueSerializer(many=True), "4XX": ErrorSerializer}),
    retrieve=extend_schema(summary="One venue", auth=[], responses={200: VenueSerializer, "4XX": ErrorSerializer}),
)
class VenueViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Venue.objects.open()
    serializer_class = VenueSerializer
    permission_classes = [AllowAny]
    filterset_class = VenueFilter
    lookup_value_converter = "int"


@extend_schema_view(
    list=extend_schema(
        summary="Units: what can be booked", auth=[], responses={200: UnitSerializer(many=True), "4XX": ErrorSerializer}
    ),
    retrieve=extend_schema(summary="One unit", auth=[], responses={200: UnitSerializer, "4XX": ErrorSerializer}),
)
class UnitViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Unit.objects.bookable()
    serializer_class = UnitSerializer
    permission_classes = [AllowAny]
    filterset_class = UnitFilter
    lookup_value_converter = "int"

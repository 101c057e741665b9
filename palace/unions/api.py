"""Palaces for other systems."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny

from palace.core.api import ErrorSerializer

from .models import Palace


class PalaceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Palace
        fields = ["id", "slug", "name", "name_en", "region_code", "address", "address_en", "phone"]


@extend_schema_view(
    list=extend_schema(
        summary="Palaces that are open to the public",
        auth=[],
        responses={200: PalaceSerializer(many=True), "4XX": ErrorSerializer},
    ),
    retrieve=extend_schema(summary="One palace", auth=[], responses={200: PalaceSerializer, "4XX": ErrorSerializer}),
)
class PalaceViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Palace.objects.open()
    serializer_class = PalaceSerializer
    permission_classes = [AllowAny]
    filterset_fields = ["region_code"]
    lookup_value_converter = "int"

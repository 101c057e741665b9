"""Keys of the API: phone and password for a token. Members only; a key would spare staff their second factor."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from palace.core.actor import acted_by
from palace.core.api import ErrorSerializer, StrictSerializer, Text
from palace.core.throttles import AddressThrottle, TokenThrottle

from .services.access import check_password
from .tokens import issue_token


class CredentialsSerializer(StrictSerializer):
    phone = Text(max_length=20)
    password = Text(max_length=128, trim_whitespace=False)


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField()


class TokenView(APIView):
    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [AddressThrottle, TokenThrottle]

    @extend_schema(
        summary="A key for phone and password",
        auth=[],
        request=CredentialsSerializer,
        responses={200: TokenSerializer, "4XX": ErrorSerializer, 503: ErrorSerializer},
    )
    def post(self, request):
        asked = CredentialsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user = check_password(request._request, **asked.validated_data)
        acted_by(user.pk)
        token = issue_token(user=user, agent=request.META.get("HTTP_USER_AGENT", ""))
        return Response({"token": token}, status=status.HTTP_200_OK, headers={"Cache-Control": "no-store"})

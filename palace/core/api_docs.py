"""The page that shows the API and tries it out. All files come from this server."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularSwaggerSplitView


@method_decorator(csp_update({"style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:"]}), name="dispatch")
class DocumentationView(SpectacularSwaggerSplitView):
    """Its page writes styles of its own, so styles are freer here than elsewhere; scripts are not."""

    url_name = "api:schema"


class TokenScheme(OpenApiAuthenticationExtension):
    """How callers prove who they are, for the document."""

    target_class = "palace.accounts.tokens.TokenAuthentication"
    name = "tokenAuth"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Token …, from /api/v1/tokens/",
        }

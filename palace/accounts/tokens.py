"""Keys of the API: ``Authorization: Token …``. One query fetches the account and its member."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

from palace.core.actor import acted_by
from palace.core.rows import json_call

from .models import ApiToken, Member, User

LIFETIME = timedelta(days=30)
KEYWORD = "Token "
# In the order of the models. The other fields are fetched when somebody asks for them; the hot calls do not.
USER_FIELDS = ("id", "phone", "name", "is_active")
MEMBER_FIELDS = ("id", "user_id", "guardian_id", "name", "category", "state")


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def issue_token(*, user: User, agent: str = "") -> str:
    """A new key of ``user``, shown once; the database keeps its digest only.

    Raises ``second_factor`` for accounts with a role: a key would be a way in without it.
    """
    if user.needs_second_factor:
        raise ValidationError(
            _("Keys are for members. Accounts with a role sign in on the page, with their second factor."),
            code="second_factor",
        )
    key = secrets.token_urlsafe(32)
    agent = agent.replace("\0", "")[:200]
    ApiToken.objects.create(digest=digest_of(key), user=user, expires_at=timezone.now() + LIFETIME, agent=agent)
    return key


def key_in(header: str) -> str:
    """The key of an Authorization header, "" where it holds none."""
    return header[len(KEYWORD) :].strip() if header.startswith(KEYWORD) else ""


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who holds a key: the account with its member, and ``facts``, the words of the database that they are made of."""

    digest: str
    facts: dict
    user: User
    read_at: float  # of the process's own clock


MOST_KEPT = 5000
_kept: dict[str, KeyHolder] = {}


def holder_of(header: str) -> KeyHolder | None:
    """Who holds the key of an Authorization header now; None where it is not valid. One query.

    ``user.member`` is loaded with ``hardship``, or raises as usual where the account has no member.
    """
    key = key_in(header)
    if not key:
        return None
    digest = digest_of(key)
    facts = json_call("token_holder", digest)
    if facts is None:
        _kept.pop(digest, None)
        return None
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    holder = _kept[digest] = KeyHolder(digest, facts, with_member(**facts), monotonic())
    return holder


def kept_holder(header: str, seconds: int) -> KeyHolder | None:
    """Who held the key when this process last asked, if that is at most ``seconds`` ago."""
    holder = _kept.get(digest_of(key_in(header)))
    return holder if holder and monotonic() - holder.read_at <= seconds else None


def user_of(header: str) -> User | None:
    """The account behind an Authorization header; None where the key is not valid. One query."""
    holder = holder_of(header)
    return holder.user if holder else None


def with_member(account, phone, name, member, member_name, state, category, guardian, hardship) -> User:
    user, own = User.from_db("default", USER_FIELDS, (account, phone, name, True)), None
    if member is not None:
        own = Member.from_db("default", MEMBER_FIELDS, (member, account, guardian, member_name, category, state))
        own.hardship = hardship
    User.member.related.set_cached_value(user, own)
    return user


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request):
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        user = user_of(header)
        if user is None:
            raise AuthenticationFailed(token_invalid(), code="token_invalid")
        acted_by(user.pk)
        return user, None

    def authenticate_header(self, request):
        return "Token"


def token_invalid() -> str:
    return _("This key is not valid. Ask for a new one with your phone and password.")

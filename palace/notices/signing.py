"""Signature version 3 (ACS3-HMAC-SHA256) of the SMS provider's HTTP interface, made and checked.

Used by the sender and by its stand-in. Described by Alibaba Cloud under "Request syntax and signature method V3".
"""

import hashlib
import hmac
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"
NOTHING = hashlib.sha256(b"").hexdigest()


def canonical_query(parameters: dict[str, str]) -> str:
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in sorted(parameters.items()))


def encoded(text: str) -> str:
    return quote(str(text), safe="-_.~")


def signed_names(headers: dict[str, str]) -> list[str]:
    """Names of the headers that are signed: host, content-type and all that begin with x-acs-."""
    return sorted(name for name in headers if name in ("host", "content-type") or name.startswith("x-acs-"))


def signature(secret: str, method: str, path: str, query: str, headers: dict[str, str]) -> str:
    """``headers`` have names in small letters; only the signed ones are read. The body is empty."""
    names = signed_names(headers)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    request = "\n".join([method, path, query, lines, ";".join(names), headers["x-acs-content-sha256"]])
    digest = hashlib.sha256(request.encode()).hexdigest()
    return hmac.new(secret.encode(), f"{ALGORITHM}\n{digest}".encode(), hashlib.sha256).hexdigest()


def authorization(key_id: str, secret: str, method: str, path: str, query: str, headers: dict[str, str]) -> str:
    names = ";".join(signed_names(headers))
    signed = signature(secret, method, path, query, headers)
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signed}"


def parts_of(value: str) -> dict[str, str]:
    """Credential, SignedHeaders and Signature of an Authorization header; {} for anything else."""
    algorithm, _space, rest = value.partition(" ")
    pairs = [part.strip().partition("=") for part in rest.split(",")]
    return {name: text for name, _equals, text in pairs} if algorithm == ALGORITHM else {}

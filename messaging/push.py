"""Push messages to browsers: our public key, and which push services we send to (RFC 8030, RFC 8292)."""

from base64 import urlsafe_b64encode
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid01

LOCAL = ("127.0.0.1", "localhost")


def public_key() -> str:
    """Our key as a browser wants it (`applicationServerKey`): base64url of the uncompressed point, without padding."""
    return _public_key(settings.VAPID_PRIVATE_KEY)


@lru_cache(maxsize=2)
def _public_key(private: str) -> str:
    key = Vapid01.from_string(private_key=private).public_key
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def is_push_service(endpoint: str) -> bool:
    """Whether we send to this address: a host of PUSH_HOSTS (with a dot in front: everything below it), by https.

    Plain http only to a host named as it is, for tests and the demo: what a browser hands over is typed by whoever
    likes, and must not send us into our own network.
    """
    try:
        parts = urlsplit(endpoint)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    if not host or parts.username:
        return False
    if parts.scheme == "http":
        return host in LOCAL and host in settings.PUSH_HOSTS
    named = any(host == known or (known.startswith(".") and host.endswith(known)) for known in settings.PUSH_HOSTS)
    return parts.scheme == "https" and named

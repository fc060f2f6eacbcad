"""One time limit over all that happens for one parcel: finding the address, connecting, sending, every byte of the
answer. The limits of the libraries are per read, so that a server that drips would hold us for ever.

Its clock is the thread's own: a thread carries one parcel at a time. `session()` is the way to speak HTTP within it,
and all that the clients of our providers use.
"""

import http.client
import io
import ipaddress
import queue
import socket
import threading
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from messaging.channels.parcel import ChannelError

KEEP_IDLE = 20.0  # seconds; servers close idle connections, so an older one is not trusted
LONGEST_ANSWER = 1_000_000  # bytes; nobody has that much to say about one message


class _Clock(threading.local):
    """Of this thread: when (monotonic) its parcel must be done, and whether the server has some of it already."""

    deadline = 0.0
    handed_over = False
    session: "Session | None" = None
    used_at = 0.0


_clock = _Clock()


def start(seconds: float) -> None:
    """The clock of one parcel starts."""
    _clock.deadline = time.monotonic() + seconds
    _clock.handed_over = False


def left() -> float:
    """Return how many seconds are left. Raises TimeoutError when none are."""
    seconds = _clock.deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("it took too long")
    return seconds


def open_socket(host: str, port: int) -> socket.socket:
    """Connect within the time that is left, whatever number of addresses the host has. Raises OSError."""
    addresses = _resolve(host, port)
    for number, (family, kind, protocol, _, address) in enumerate(addresses, start=1):
        sock = socket.socket(family, kind, protocol)
        try:
            # One that does not answer leaves time for the next one.
            sock.settimeout(left() if number == len(addresses) else left() / 2)
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(left())
        except OSError:
            sock.close()
            if number == len(addresses):
                raise
        else:
            return sock
    raise OSError("the host has no address")


def _resolve(host: str, port: int) -> list[Any]:
    """The addresses of a host. The resolver knows no limit, so it is asked in a thread that nobody waits for."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    else:
        return socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    found: queue.SimpleQueue[list[Any] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = found.get(timeout=left())
    except queue.Empty:
        raise TimeoutError("the resolver took too long") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def reader(sock: socket.socket, longest: int | None = None) -> io.BufferedReader:
    """Return what comes in over a socket, each byte within the time that is left, and `longest` bytes at most."""
    return io.BufferedReader(_Reading(sock, sock.makefile("rb"), longest))


class _Reading(io.RawIOBase):
    """A socket as a file that looks at the clock before every read."""

    def __init__(self, sock: socket.socket, source: io.BufferedReader, longest: int | None) -> None:
        self._sock, self._source, self._longest, self._count = sock, source, longest, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(left())
        count = self._source.readinto1(buffer)
        self._count += count
        if self._longest is not None and self._count > self._longest:
            raise OSError("the answer has no end")
        return count

    def close(self) -> None:
        self._source.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """Its status line, headers and body all come through `_Reading`."""

    def __init__(self, sock: socket.socket, *args: Any, **how: Any) -> None:
        super().__init__(sock, *args, **how)
        self.fp.close()
        self.fp = reader(sock, LONGEST_ANSWER)


class _Limited(HTTPConnection):
    """A connection that lives by this thread's clock."""

    response_class = _Answer

    def _new_conn(self) -> socket.socket:
        try:
            return open_socket(self._dns_host, self.port or self.default_port)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "it took too long") from error
        except OSError as error:
            raise NewConnectionError(self, type(error).__name__) from error

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.sock.settimeout(left())
        _clock.handed_over = True
        super().send(data)


class _LimitedSecure(_Limited, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Limited


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _LimitedSecure


class _Adapter(HTTPAdapter):
    """Makes our connections, and never tries anything twice by itself."""

    def init_poolmanager(self, *args: Any, **how: Any) -> None:
        super().init_poolmanager(*args, **how)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class Session(requests.Session):
    """HTTP within this thread's clock. Follows no redirect: nobody sends our messages elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # no proxy and no netrc: these decide where messages and keys go
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter())

    def request(self, method: Any, url: Any, *args: Any, **how: Any) -> requests.Response:
        return super().request(method, url, *args, **{**how, "timeout": left(), "allow_redirects": False})


def session() -> Session:
    """Return this thread's session, with its open connections while they are fresh."""
    if _clock.session is not None and time.monotonic() - _clock.used_at > KEEP_IDLE:
        close()
    if _clock.session is None:
        _clock.session = Session()
    _clock.used_at = time.monotonic()
    return _clock.session


def close() -> None:
    """Let go of this thread's connections."""
    if _clock.session is not None:
        _clock.session.close()
        _clock.session = None


def no_answer(error: Exception) -> ChannelError:
    """Return what went wrong when there is no answer, or one that cannot be read; it names no address."""
    return ChannelError(f"no answer: {type(error).__name__}", maybe_sent=_clock.handed_over, about_us=True)


def unreadable(status: int) -> ChannelError:
    """Return what went wrong when the server seems to be glad, and says something else than it should."""
    return ChannelError(f"{status}, and an answer that cannot be read", maybe_sent=True, about_us=True)

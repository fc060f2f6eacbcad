"""Mail by SMTP: frozen bytes over a connection that is kept per thread."""

import io
import smtplib
import socket
import ssl
import threading
import time
from email.utils import parseaddr
from typing import Any

from django.conf import settings

from messaging.channels import limit
from messaging.channels.parcel import ChannelError, Parcel, Receipt

PROVIDER = "smtp"
ABOUT_US = (421, 454, 530, 535, 538)  # the server goes away, or wants us to prove who we are: not this address
KEEP_IDLE = 20.0  # seconds; relays close idle connections, so an older one is not trusted


class _Connection(smtplib.SMTP):
    """SMTP within one time limit for all of a mail, so that a server that drips cannot hold us up."""

    file: io.BufferedReader | None

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock:
            self.file = limit.reader(self.sock)
        return super().getreply()

    def send(self, s: Any) -> None:
        self._hurry()
        super().send(s)

    def _get_socket(self, host: str, port: int, _timeout: float) -> socket.socket:
        return limit.open_socket(host, port)

    def _hurry(self) -> None:
        seconds = limit.left()
        if self.sock:
            self.sock.settimeout(seconds)


class _SecureConnection(_Connection, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        return self.context.wrap_socket(super()._get_socket(host, port, timeout), server_hostname=host)


class _Kept(threading.local):
    """The connection of this thread."""

    connection: _Connection | None = None
    used_at = 0.0


_kept = _Kept()


def send(parcel: Parcel) -> Receipt:
    """Hand one frozen mail to the relay. Raises ChannelError: 4xx and no connection are temporary, 5xx permanent."""
    limit.start(settings.MAIL_TIMEOUT)
    connection, fresh = _connect()
    try:
        try:
            _envelope(connection, parcel)
        except (smtplib.SMTPServerDisconnected, ConnectionError):
            if fresh:
                raise
            connection = _open()  # the relay closed the kept connection meanwhile; nothing was handed over yet
            _envelope(connection, parcel)
    except ChannelError:
        _reset(connection)
        raise
    except (smtplib.SMTPException, OSError) as error:
        close()
        raise ChannelError(f"no answer to the envelope: {_said(error)}", about_us=True) from None
    try:
        code, answer = connection.data(parcel.content)
    except smtplib.SMTPDataError as error:  # refused at the word DATA
        _reset(connection)
        raise _refused(error.smtp_code, error.smtp_error) from None
    except (smtplib.SMTPException, OSError) as error:
        close()  # cut after DATA: the relay may have taken it
        raise ChannelError(f"no answer after the text: {_said(error)}", maybe_sent=True, about_us=True) from None
    if code != 250:
        _reset(connection)
        raise _refused(code, answer)
    _kept.used_at = time.monotonic()
    return Receipt(provider=PROVIDER)


def close() -> None:
    """Let go of this thread's connection."""
    if _kept.connection is not None:
        _kept.connection.close()
        _kept.connection = None


def _connect() -> tuple[_Connection, bool]:
    connection = _kept.connection
    if connection is not None and time.monotonic() - _kept.used_at < KEEP_IDLE:
        return connection, False
    try:
        return _open(), True
    except (smtplib.SMTPException, OSError) as error:
        close()
        raise ChannelError(f"no connection: {_said(error)}", about_us=True) from None


def _open() -> _Connection:
    close()
    how: dict[str, Any] = {
        "host": settings.EMAIL_HOST,
        "port": settings.EMAIL_PORT,
        "timeout": settings.MAIL_TIMEOUT,
        "local_hostname": settings.MAIL_DOMAIN,  # without it smtplib asks the resolver for a name, without a limit
    }
    if settings.EMAIL_USE_SSL:
        connection: _Connection = _SecureConnection(context=ssl.create_default_context(), **how)
    else:
        connection = _Connection(**how)
    _kept.connection, _kept.used_at = connection, time.monotonic()  # from here on close() reaches it
    if settings.EMAIL_USE_TLS:
        connection.starttls(context=ssl.create_default_context())
    connection.ehlo_or_helo_if_needed()
    if settings.EMAIL_HOST_USER:
        connection.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    return connection


def _envelope(connection: _Connection, parcel: Parcel) -> None:
    code, answer = connection.mail(parseaddr(settings.MAIL_FROM)[1])
    if code != 250:  # about us, not about this reader: once it is repaired the mail must still go out
        raise ChannelError(f"sender refused: {_words(code, answer)}", about_us=True)
    code, answer = connection.rcpt(parcel.address)
    if code not in (250, 251):
        raise _refused(code, answer, maybe_sent=False)


def _reset(connection: _Connection) -> None:
    """Ready for the next mail; a relay that sent us away (421) or does not listen gets a new connection."""
    try:
        code, _ = connection.rset()
    except (smtplib.SMTPException, OSError):
        code = 0
    if code != 250:
        close()


def _refused(code: int, answer: bytes | str, *, maybe_sent: bool = True) -> ChannelError:
    if not 400 <= code < 600:  # no refusal, and not what it should be
        return ChannelError(_words(code, answer), maybe_sent=maybe_sent, about_us=True)
    about_us = code in ABOUT_US
    return ChannelError(_words(code, answer), permanent=code >= 500 and not about_us, about_us=about_us)


def _words(code: int, answer: bytes | str) -> str:
    return f"{code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"


def _said(error: Exception) -> str:
    return f"{type(error).__name__} {error}"

"""`python -m bondgenoten.local.network`: run the pretend phone network until SIGTERM or SIGINT."""

import argparse
import asyncio
import os
import signal
import threading
from pathlib import Path

from aiosmtpd.smtp import SMTP

from bondgenoten.local.network.calls import RINGS, Switchboard
from bondgenoten.local.network.courier import Site
from bondgenoten.local.network.exchange import Exchange
from bondgenoten.local.network.mail import Deliver
from bondgenoten.local.network.people import People
from bondgenoten.local.network.web import Network
from bondgenoten.local.ports import HOST


async def serve(http_port: int, smtp_port: int, people: Path | None, site: Site, rings: float) -> None:
    """Serve SMTP and HTTP on these ports of 127.0.0.1 until a signal comes."""
    loop = asyncio.get_running_loop()
    enough = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, enough.set)
    exchange = Exchange(site=site)
    switchboard = Switchboard(exchange)
    switchboard.rings = rings
    deliver = Deliver(exchange)
    await loop.create_server(
        lambda: SMTP(deliver, hostname="telefoons.example", enable_SMTPUTF8=True), HOST, smtp_port, backlog=512
    )
    web = Network(http_port, exchange, switchboard, People(people))
    threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    await enough.wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="bondgenoten.local.network", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="of the page and the providers' APIs")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--people", type=Path, help='JSON: {address: {"name": ..., "about": ...}}')
    parser.add_argument("--site", default="", help="where receipts, replies and keys go: http://127.0.0.1:8000")
    parser.add_argument("--rings", type=float, default=RINGS, help="seconds that a phone rings")
    asked = parser.parse_args()
    # Tokens come by the environment: a command line is there for everybody on the machine to read.
    tokens = {
        "notify_token": os.environ.get("NOTIFY_WEBHOOK_TOKEN", ""),
        "twilio_token": os.environ.get("TWILIO_AUTH_TOKEN", ""),
        "twilio_sid": os.environ.get("TWILIO_ACCOUNT_SID", ""),
    }
    site = Site(asked.site.rstrip("/"), **tokens)
    asyncio.run(serve(asked.port, asked.smtp_port, asked.people, site, asked.rings))
    os._exit(0)  # a request that hangs as it was told to must not keep the process


if __name__ == "__main__":
    main()

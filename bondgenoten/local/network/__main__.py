"""`python -m bondgenoten.local.network`: run the pretend phone network until SIGTERM or SIGINT."""

import argparse
import asyncio
import signal
import threading
from pathlib import Path

from aiosmtpd.smtp import SMTP

from bondgenoten.local.network.behaviour import Behaviour
from bondgenoten.local.network.book import Book
from bondgenoten.local.network.mail import Deliver
from bondgenoten.local.network.people import People
from bondgenoten.local.network.web import Network
from bondgenoten.local.ports import HOST


async def serve(http_port: int, smtp_port: int, people: Path | None) -> None:
    """Serve SMTP and HTTP on these ports of 127.0.0.1 until a signal comes."""
    loop = asyncio.get_running_loop()
    enough = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, enough.set)
    book, behaviour = Book(), Behaviour()
    deliver = Deliver(book, behaviour)
    await loop.create_server(
        lambda: SMTP(deliver, hostname="telefoons.example", enable_SMTPUTF8=True), HOST, smtp_port, backlog=128
    )
    web = Network(http_port, book, behaviour, People(people))
    threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    await enough.wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="bondgenoten.local.network", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="of the page and the SMS API")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--people", type=Path, help='JSON: {address: {"name": ..., "about": ...}}')
    asked = parser.parse_args()
    asyncio.run(serve(asked.port, asked.smtp_port, asked.people))


if __name__ == "__main__":
    main()

"""Ports on this machine: which are free, and which a server had the last time."""

import json
import socket
from pathlib import Path

HOST = "127.0.0.1"  # everything here is for this machine alone: the servers ask for no password


def is_free(port: int) -> bool:
    """Whether nothing listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether something accepts connections on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((HOST, port)) == 0


def free_port() -> int:
    """Return a port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def remembered_port(folder: Path, name: str) -> int:
    """Return the port that `name` had in this folder when it is free still, else a free one, and remember it."""
    memory = folder / "ports.json"
    ports: dict[str, int] = json.loads(memory.read_text()) if memory.exists() else {}
    if name not in ports or not is_free(ports[name]):
        ports[name] = free_port()
        memory.write_text(json.dumps(ports, indent=1))
    return ports[name]

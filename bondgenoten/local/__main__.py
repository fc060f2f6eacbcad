"""`python -m bondgenoten.local`: the demo, one of its servers in the foreground, or a step of an installation.

demo, reset         what `make demo` and `make demo-reset` run
postgres, valkey    one server, until SIGTERM or SIGINT
provision, grant    roles, database and rights on any PostgreSQL server (see docker-compose.yml)
healthy             whether the site on port 8000 says that all is well
"""

import argparse
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from bondgenoten.local import demo, postgres, provision, valkey
from bondgenoten.local.ports import remembered_port
from bondgenoten.local.running import CannotStart, run_in_foreground

FOLDER = demo.ROOT / ".local"
PASSWORDS = {provision.OWNER: "OWNER_PASSWORD", "web": "WEB_PASSWORD", "worker": "WORKER_PASSWORD"}


def main() -> int:
    """Do what the command line asks and return an exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bondgenoten.local", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=["demo", "reset", "postgres", "valkey", "provision", "grant", "healthy"])
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where data and logs are kept")
    asked = parser.parse_args()
    try:
        return _do(asked.what, asked.folder.resolve())
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1


def _do(what: str, folder: Path) -> int:
    match what:
        case "demo":
            return demo.run(folder)
        case "reset":
            return demo.reset(folder)
        case "postgres" | "valkey":
            return _foreground(what, folder)
        case "provision":
            passwords = {role: _needed(name) for role, name in PASSWORDS.items()}
            provision.provision(_needed("DATABASE_ADMIN_URL"), passwords=passwords)
        case "grant":
            provision.grant(_needed("DATABASE_OWNER_URL"))
        case "healthy":
            return 0 if demo.site_answers(8000, host=urlsplit(_needed("SITE_URL")).netloc) else 1
    return 0


def _foreground(what: str, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    port = remembered_port(folder, what)
    print(f"{what} listens on 127.0.0.1:{port}", file=sys.stderr)
    if what == "valkey":
        return run_in_foreground(valkey.command(port), stop_signal=valkey.STOP)
    return run_in_foreground(postgres.command(folder / "postgres", port), stop_signal=postgres.STOP)


def _needed(name: str) -> str:
    """Return a value of the environment. Raises CannotStart with the name when it is not there."""
    value = os.environ.get(name)
    if not value:
        raise CannotStart(f"Set {name} in the environment.")
    return value


if __name__ == "__main__":
    sys.exit(main())

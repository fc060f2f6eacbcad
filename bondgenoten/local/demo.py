"""`make demo`: lay everything ready, start each process under supervisor, say where it is, and clear away after."""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bondgenoten.local import postgres, provision, valkey
from bondgenoten.local.network.running import command as network_command
from bondgenoten.local.ports import HOST, is_free, remembered_port
from bondgenoten.local.running import CannotStart
from bondgenoten.local.supervise import Program, write

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
RINGS = 60.0  # seconds to find the phone that rings; the product rings shorter than that
PATIENCE = 60  # seconds until the site must answer
NIL = "00000000-0000-0000-0000-000000000000"


def run(folder: Path) -> int:
    """Run the demo with its data in `folder` until SIGINT or SIGTERM; return an exit status. Raises CannotStart."""
    if "DATABASE_URL" in os.environ and "DATABASE_OWNER_URL" not in os.environ:
        raise CannotStart("With a DATABASE_URL of your own, set DATABASE_OWNER_URL too: the role that may make tables.")
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        ports = {"web": _asked_port("PORT", 8000), "network": _asked_port("NETWORK_PORT", 8025)}
        ports |= {name: remembered_port(folder, name) for name in ("smtp", "postgres", "valkey")}
        people = folder / "people.json"
        env = environment(folder, ports)
        who = _lay_ready(folder, ports["postgres"], env)
        config = write(_programs(folder, ports, env, people), folder=folder, cwd=ROOT)
        return _supervise(config, env, ports, who)


def reset(folder: Path) -> int:
    """Throw the demo's data away. Raises CannotStart while the demo runs."""
    if folder.exists():
        with _alone(folder):
            for kept in folder.iterdir():
                if kept.is_dir():
                    shutil.rmtree(kept)
                elif kept.name != "lock":
                    kept.unlink()
    return 0


def environment(folder: Path, ports: dict[str, int]) -> dict[str, str]:
    """Return the environment of the demo's processes: what is set already stays, the rest is the embedded default."""
    own_server = f"{HOST}:{ports['postgres']}/{provision.DATABASE}"
    defaults = {
        "SECRET_KEY": _secret(folder, "secret_key", 60),
        "DEBUG": "false",
        "HTTPS": "false",
        "ALLOWED_HOSTS": f"localhost,{HOST}",
        "SITE_URL": f"http://{HOST}:{ports['web']}",
        "REDIS_URL": f"redis://{HOST}:{ports['valkey']}/0",
        "EMAIL_URL": f"smtp://{HOST}:{ports['smtp']}",
        "MAIL_FROM": "Bericht voor jou <bericht@tafel.example>",
        "MAIL_DOMAIN": "tafel.example",
        "CONTACT_NUMBER": "085 000 01 23",
        **_providers(folder, f"http://{HOST}:{ports['network']}"),
    }
    if "DATABASE_URL" not in os.environ:
        defaults["DATABASE_URL"] = f"postgres://web@{own_server}"
        defaults["WORKER_DATABASE_URL"] = f"postgres://worker@{own_server}"
        defaults["DATABASE_OWNER_URL"] = f"postgres://{provision.OWNER}@{own_server}"
    return {**defaults, **os.environ, "DJANGO_SETTINGS_MODULE": "bondgenoten.settings", "PYTHONUNBUFFERED": "1"}


def _providers(folder: Path, network: str) -> dict[str, str]:
    """Every channel on, with two providers where there can be two; all of them are the pretend phone network."""
    return {
        "MAIL_PROVIDERS": "smtp,notify",
        "SMS_PROVIDERS": "notify,twilio",
        "VOICE_PROVIDERS": "twilio",
        "SMS_API_URL": network,
        "SMS_API_KEY": f"demo-{NIL}-{NIL}",
        "SMS_TEMPLATE_ID": NIL,
        "MAIL_TEMPLATE_ID": NIL,
        "NOTIFY_WEBHOOK_TOKEN": _secret(folder, "notify_token", 40),
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": _secret(folder, "twilio_token", 40),
        "TWILIO_API_URL": network,
        "TWILIO_SMS_FROM": "+3197010240001",
        "TWILIO_VOICE_FROM": "+31850000123",
        "VAPID_SUBJECT": "mailto:beheer@tafel.example",
        "VAPID_PRIVATE_KEY": _secret(folder, "vapid_key", 32),  # any 32 bytes are a key of this curve, near enough
        "PUSH_HOSTS": HOST,
    }


def _secret(folder: Path, name: str, size: int) -> str:
    """Return a secret of so many random bytes in base64url, made once and kept in the folder."""
    file = folder / name
    if not file.exists():
        file.write_text(secrets.token_urlsafe(size))
        file.chmod(0o600)
    return file.read_text()


def _asked_port(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit():
        raise CannotStart(f"{name} is a port number, and not {value}.")
    if not is_free(int(value)):
        raise CannotStart(
            f"Port {value} is in use: stop what uses it, or choose another, such as {name}={int(value) + 1} make demo."
        )
    return int(value)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises CannotStart when another demo has it; after a crash it is free by itself."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"The demo of {folder} runs already: stop it first.") from None
        yield


def _lay_ready(folder: Path, port: int, env: dict[str, str]) -> str:
    """Make and migrate the database, the static files and the demo data; return the lines of who can log in."""
    own = "DATABASE_URL" not in os.environ
    server = postgres.start_postgres(folder / "postgres", port=port) if own else None
    try:
        if server:
            provision.provision(server.url())
        log = folder / "log" / "lay_ready.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("w") as said:
            done = subprocess.run(
                [sys.executable, "-m", "bondgenoten.local.lay_ready", str(folder)],
                cwd=ROOT,
                env={**env, "DATABASE_URL": env["DATABASE_OWNER_URL"]},  # fills tables for many people at once
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                check=False,
            )
        if done.returncode:
            print(log.read_text(), file=sys.stderr)
            raise CannotStart("The database or the demo data could not be made; what went wrong stands above.")
        return done.stdout.strip()
    finally:
        if server:
            server.stop()


def _programs(folder: Path, ports: dict[str, int], env: dict[str, str], people: Path) -> list[Program]:
    worker = {"DATABASE_URL": env["WORKER_DATABASE_URL"]} if "WORKER_DATABASE_URL" in env else {}
    celery = [str(PROGRAMS / "celery"), "-A", "bondgenoten.celery"]
    gunicorn = [str(PROGRAMS / "gunicorn"), "bondgenoten.wsgi", "--bind", f"{HOST}:{ports['web']}"]
    programs = []
    if "DATABASE_URL" not in os.environ:
        server = postgres.command(folder / "postgres", ports["postgres"])
        programs.append(Program("postgres", server, stop=postgres.STOP, patience=3, group="database"))
    if "REDIS_URL" not in os.environ:
        programs.append(
            Program("valkey", valkey.command(ports["valkey"]), stop=valkey.STOP, patience=1, group="broker")
        )
    return [
        *programs,
        Program("network", network_command(ports["network"], ports["smtp"], people, site=env["SITE_URL"], rings=RINGS)),
        Program("web", [*gunicorn, "--workers", "1", "--threads", "8", "--graceful-timeout", "2"]),
        Program("worker", [*celery, "worker", "-P", "threads", "--loglevel", "INFO"], environment=worker),
        Program(
            "beat",
            [*celery, "beat", "--schedule", str(folder / "beat"), "--pidfile", "", "--loglevel", "WARNING"],
            environment=worker,
        ),
    ]


def _supervise(config: Path, env: dict[str, str], ports: dict[str, int], who: str) -> int:
    """Run supervisor until a signal comes or whoever started us is gone; return its exit status."""
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda caught, _frame: asked.append(caught))
    parent = os.getppid()
    supervisor = subprocess.Popen(
        [*_ended_with_us(), str(PROGRAMS / "supervisord"), "--configuration", str(config)],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches only us, so that everything ends in order
    )
    told = False
    deadline = time.monotonic() + PATIENCE
    while supervisor.poll() is None:
        if asked or _was_told_to_stop(parent):
            supervisor.terminate()
            supervisor.wait()
            return 0
        if not told and (site_answers(ports["web"]) or time.monotonic() > deadline):
            told = True
            print(_announcement(config.parent, ports, who, late=time.monotonic() > deadline), flush=True)
        time.sleep(0.3)
    raise CannotStart(f"Supervisor ended by itself; see {config.parent / 'log'}.")


def _ended_with_us() -> list[str]:
    """Return the words before a command that end it, where Linux can, when this process is killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _was_told_to_stop(parent: int) -> bool:
    """Whether `make` is gone, or got a SIGINT of its own: it passes SIGTERM on but then waits for us in silence.

    A SIGINT that it has handled is no longer caught by it; Linux shows that in the mask of caught signals.
    """
    if os.getppid() != parent:
        return True
    try:
        name = Path(f"/proc/{parent}/comm").read_text().strip()
        status = Path(f"/proc/{parent}/status").read_text()
    except OSError:
        return False
    caught = int(status.split("SigCgt:")[1].split()[0], 16)
    ignored = int(status.split("SigIgn:")[1].split()[0], 16)
    bit = 1 << (signal.SIGINT - 1)
    return name == "make" and not caught & bit and not ignored & bit


def site_answers(port: int, host: str = HOST) -> bool:
    """Whether the site on `port` of this machine says that all is well; `host` is the name that it knows itself by."""
    question = urllib.request.Request(f"http://{HOST}:{port}/health/", headers={"Host": host})
    try:
        with urllib.request.urlopen(question, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _announcement(folder: Path, ports: dict[str, int], who: str, *, late: bool) -> str:
    site = f"http://{HOST}:{ports['web']}/"
    first = (
        f"Not everything answers yet; see {folder / 'log'}. The site: {site}" if late else f"The table is laid: {site}"
    )
    return "\n".join(
        [
            first,
            f"Who can log in: {who or 'nobody yet'}",
            "How: type the address or number, and read the code on that person's phone.",
            f"All phones: http://{HOST}:{ports['network']}/",
            "Ctrl-C stops everything and keeps the data; `make demo-reset` throws it away.",
        ]
    )

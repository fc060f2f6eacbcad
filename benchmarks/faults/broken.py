"""The application with something wrong in it, from outside: its code knows nothing of this.

The bench starts a worker as `celery -A benchmarks.faults.broken`, or the web as `benchmarks.faults.broken:application`,
with in the environment:

- `FAULT_DIE_AT`, `FAULT_DIE_AFTER` and `FAULT_ARMED`: once that file is there, the process ends, as by SIGKILL, at the
  so manieth time that a thread passes that point of sending;
- `FAULT_STUCK` and `FAULT_ONCE`: an address; who is about to send to it first of all processes, and so makes that file,
  hangs for `FAULT_STUCK_SECONDS`;
- `FAULT_TEMPLATE`: a name; every message text for who is called so throws;
- `FAULT_OFF`: "lease", "fencing" or "sweep" is switched off: the self-check, which must turn the bench red.

A name that is not there any more is an error at the start: a bench that silently breaks nothing proves nothing.
"""

import contextlib
import itertools
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from celery.signals import worker_init

from bondgenoten.celery import app
from messaging.clock import DeliveryClock

SOON = 0.05  # seconds: into the send

_passed = itertools.count(1)


def _die(after: int) -> None:
    if Path(os.environ["FAULT_ARMED"]).exists() and next(_passed) == after:
        os.kill(os.getpid(), signal.SIGKILL)


def _wrap(module: Any, name: str, around: Callable[..., Any]) -> None:
    """Replace `module.name` by `around(name's own function, *args)`."""
    inner = getattr(module, name)
    setattr(module, name, lambda *args, **kwargs: around(inner, *args, **kwargs))


def die_at(point: str, after: int) -> None:
    """End this process at the `after`-th pass of a point."""
    from messaging.actions import deliver

    def before(inner: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        _die(after)
        return inner(*args, **kwargs)

    def behind(inner: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        done = inner(*args, **kwargs)
        _die(after)
        return done

    def within(inner: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        threading.Timer(SOON, _die, [after]).start()
        return inner(*args, **kwargs)

    where = {
        "before the claim": ("_record_and_claim", before),
        "after the claim": ("_send", before),
        "during the send": ("_hand_over", within),
        "after acceptance": ("_hand_over", behind),
    }
    _wrap(deliver, *where[point])


def stuck(address: str, seconds: float) -> None:
    """The first send to an address hangs before it begins, in whichever process it is."""
    from messaging.actions import deliver

    def hang(inner: Callable[..., Any], job: Any, *args: Any, **kwargs: Any) -> Any:
        if job.address == address:
            with contextlib.suppress(FileExistsError):
                Path(os.environ["FAULT_ONCE"]).touch(exist_ok=False)
                time.sleep(seconds)  # this is the fault
        return inner(job, *args, **kwargs)

    _wrap(deliver, "_hand_over", hang)


def no_fencing() -> None:
    """An outcome is recorded whoever has the claim by then."""
    from messaging.actions import statements

    statements.FENCE = _without(statements.FENCE, statements.FENCE, "true")


def no_lease() -> None:
    """A claim never ends."""
    from messaging.actions import statements

    ended = "or state = 'claimed' and lease_until < statement_timestamp()"
    statements._CLAIMED = _without(statements._CLAIMED, ended)


def _without(text: str, part: str, instead: str = "") -> str:
    if part not in text:
        raise LookupError(f"{part!r} is not in the product any more: nothing would be switched off")
    return text.replace(part, instead)


def no_sweep() -> None:
    """Workers do not look by themselves: only the bell makes them send."""
    app.steps["worker"].remove(DeliveryClock)


def throwing_template(name: str) -> None:
    """Every text for somebody of this name throws."""
    from django.template.base import Template

    inner = Template.render

    def render(self: Any, context: Any) -> Any:
        if context.get("name") == name:
            raise RuntimeError("the bench broke this text")
        return inner(self, context)

    Template.render = render  # type: ignore[method-assign]  # this is the fault


def _break(**_: Any) -> None:
    """Do what the environment asks for. Celery goes on after a hook that throws, so this one ends the process."""
    try:
        _as_asked(os.environ)
    except Exception:  # noqa: BLE001  said, and the process ends
        traceback.print_exc()
        os._exit(78)


def _as_asked(environ: Mapping[str, str]) -> None:
    if point := environ.get("FAULT_DIE_AT"):
        die_at(point, int(environ["FAULT_DIE_AFTER"]))
    if address := environ.get("FAULT_STUCK"):
        stuck(address, float(environ["FAULT_STUCK_SECONDS"]))
    if name := environ.get("FAULT_TEMPLATE"):
        throwing_template(name)
    off = {"fencing": no_fencing, "lease": no_lease}
    if what := off.get(environ.get("FAULT_OFF", "")):
        what()


if os.environ.get("FAULT_OFF") == "sweep":
    no_sweep()
worker_init.connect(_break, weak=False)  # Django's models are there by then, and no thread sends yet


def __getattr__(name: str) -> Any:
    """`application`, for gunicorn: the site, broken before it answers."""
    if name != "application":
        raise AttributeError(name)
    from bondgenoten.wsgi import application

    _break()
    return application

"""The clock inside every Celery worker: looks into the letterbox itself, so that messages leave without the broker.

This module is imported together with the Celery app, before Django's models are there; therefore the step makes its
sweep only when the worker starts.
"""

from typing import Any

from celery import bootsteps
from django.utils.module_loading import import_string


class DeliveryClock(bootsteps.StartStopStep):
    """A worker bootstep that starts the sweep after the pool and ends it with the worker."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self.sweep: Any = None

    def start(self, parent: Any) -> None:
        """Begin; `parent` is the worker."""
        self.sweep = import_string("messaging.sweep.Sweep")(worker=parent.hostname)
        self.sweep.start()

    def stop(self, parent: Any) -> None:
        """End, after what is being sent now; at the latest after the channels' time limits."""
        if self.sweep:
            self.sweep.stop()

    def terminate(self, parent: Any) -> None:
        self.stop(parent)

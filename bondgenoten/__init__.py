"""Wiring: settings, addresses, Celery and WSGI. Nothing imports this package but the programs that start it."""

from .celery import app as celery_app

__all__ = ["celery_app"]

"""Celery: the worker, its own clock and every timetable of the application."""

import os

from celery import Celery

from messaging.clock import DeliveryClock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bondgenoten.settings")

app = Celery("bondgenoten")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DeliveryClock)

# Every clock. Each task asks "what is due and not yet done?", so a beat that is late or doubled harms nothing.
app.conf.beat_schedule = {
    "meeting reminders": {"task": "meetings.tasks.send_reminders", "schedule": 300.0},
    "changed evenings": {"task": "meetings.tasks.send_changes", "schedule": 60.0},
    "close date polls": {"task": "meetings.tasks.close_polls", "schedule": 300.0},
    "monthly summaries": {"task": "meetings.tasks.send_summaries", "schedule": 1800.0},
    "days of agreements": {"task": "meetings.tasks.mind_owners", "schedule": 300.0},
    "forget food wishes": {"task": "meetings.tasks.forget_food_wishes", "schedule": 3600.0},
    "call steps": {"task": "signals.tasks.take_steps", "schedule": 10.0},
    "tidy alliances": {"task": "alliances.tasks.tidy", "schedule": 3600.0},
}

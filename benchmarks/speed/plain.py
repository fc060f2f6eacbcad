"""What many applications do: one Celery task for each mail, and in it Django's `send_mail`. Run as a Celery app."""

import os

import django
from celery import Celery
from django.core.mail import send_mail

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bondgenoten.settings")
django.setup()

QUEUE = "plain"
TASK = "plain.send"
TEXT = "Dag, er is een dringende vraag voor je. Bekijk en antwoord. Je hebt geen wachtwoord nodig.\n" * 8

app = Celery("plain", broker=os.environ["REDIS_URL"])
app.conf.update(task_default_queue=QUEUE, task_ignore_result=True)


@app.task(name=TASK)
def send(address: str) -> None:
    """Send one mail, as the tutorial says."""
    send_mail("kun je nu even kijken?", TEXT, None, [address], html_message=f"<p>{TEXT}</p>")

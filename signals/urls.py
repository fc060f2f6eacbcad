"""Addresses."""

from django.urls import path

from .views import answering, calls, ladder, log, pages, practice, raising

app_name = "signals"
urlpatterns = [
    path("tafel/<uuid:uuid>/signaal/", raising.ask, {"step": 1}, name="raise"),
    path("tafel/<uuid:uuid>/signaal/<int:step>/", raising.ask, name="raise-step"),
    path("tafel/<uuid:uuid>/signaal/nakijken/", raising.review, name="raise-review"),
    path("tafel/<uuid:uuid>/signaal/versturen/", raising.send, name="raise-send"),
    path("tafel/<uuid:uuid>/signalen/", pages.signals, name="list"),
    path("tafel/<uuid:uuid>/oproepen/", ladder.ladders, name="ladders"),
    path("tafel/<uuid:uuid>/oproepen/<slug:pace>/", ladder.edit, name="ladder"),
    path("tafel/<uuid:uuid>/oproepen/<slug:pace>/gewoon/", ladder.reset, name="ladder-reset"),
    path("tafel/<uuid:uuid>/oefenen/", practice.practise, name="practise"),
    path("oproep/<uuid:uuid>/oefening/", practice.outcome, name="practice-result"),
    path("signaal/<uuid:uuid>/", pages.signal, name="signal"),
    path("signaal/<uuid:uuid>/afsluiten/", pages.close, name="close"),
    path("wat-meld-je-waar/", pages.where_to_report, name="help"),
    path("oproep/<uuid:uuid>/", calls.call, name="call"),
    path("oproep/<uuid:uuid>/stand/", calls.pulse, name="call-pulse"),
    path("oproep/<uuid:uuid>/antwoord/", calls.answer, name="call-answer"),
    path("oproep/<uuid:uuid>/namens/<uuid:recipient>/", calls.answer_for, name="call-answer-for"),
    path("oproep/<uuid:uuid>/vergissing/", calls.mistake, name="call-mistake"),
    path("oproep/<uuid:uuid>/stop/", calls.stop, name="call-stop"),
    path("oproep/<uuid:uuid>/goed/", calls.good, name="call-good"),
    path("oproep/<uuid:uuid>/alles/", log.page, name="call-log"),
    path("oproep/<uuid:uuid>/alles/bestand/", log.download, name="call-log-file"),
    path("k/<str:token>/", answering.question, name="answer"),
    path("k/<str:token>/antwoord/", answering.answer, name="answer-save"),
    path("k/<str:token>/opgeslagen/", answering.saved, name="answer-saved"),
    path("k/<str:token>/goed/", answering.good, name="answer-good"),
]

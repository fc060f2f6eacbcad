"""Addresses."""

from django.urls import path

from .views import links, meeting, themes, year

app_name = "meetings"
urlpatterns = [
    path("tafel/<uuid:uuid>/jaar/", year.year, name="year"),
    path("tafel/<uuid:uuid>/jaar/plannen/", year.plan, name="plan"),
    path("tafel/<uuid:uuid>/jaar/schuiven/", year.shift, name="plan-shift"),
    path("tafel/<uuid:uuid>/jaar/extra/", year.extra, name="extra"),
    path("etentje/<uuid:uuid>/", meeting.meeting, name="meeting"),
    path("etentje/<uuid:uuid>/wijzigen/", meeting.edit, name="edit"),
    path("etentje/<uuid:uuid>/ik-kom/", meeting.attend, name="attend"),
    path("etentje/<uuid:uuid>/gastheer/", meeting.host, name="host"),
    path("etentje/<uuid:uuid>/gastheer/toch-niet/", meeting.unhost, name="unhost"),
    path("etentje/<uuid:uuid>/afzeggen/", meeting.cancel, name="cancel"),
    path("etentje/<uuid:uuid>/terugzetten/", meeting.restore, name="restore"),
    path("etentje/<uuid:uuid>/agenda/", meeting.agenda, name="agenda"),
    path("etentje/<uuid:uuid>/afspraak.ics", meeting.ics, name="ics"),
    path("e/<slug:token>/", links.answer, name="answer"),
    path("e/<slug:token>/bewaard/", links.saved, name="answer-saved"),
    path("e/<slug:token>/afspraak.ics", links.ics, name="answer-ics"),
    path("tafel/<uuid:uuid>/themas/", themes.themes, name="themes"),
    path("tafel/<uuid:uuid>/themas/nieuw/", themes.new, name="theme-new"),
    path("thema/<uuid:uuid>/", themes.theme, name="theme"),
    path("thema/<uuid:uuid>/agenda/", themes.put, name="theme-agenda"),
    path("thema/<uuid:uuid>/van-de-agenda/", themes.take, name="theme-off"),
    path("thema/<uuid:uuid>/besproken/", themes.talked, name="theme-discussed"),
    path("thema/<uuid:uuid>/ermee-gedaan/", themes.feedback, name="theme-feedback"),
    path("thema/<uuid:uuid>/rust/", themes.rest, name="theme-rest"),
]

"""Addresses."""

from django.urls import path

from .views import contributions, feed, links, meeting, points, polls, scenarios, summaries, themes, year

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
    # Date polls: asking, saying it, choosing; /p/ is the link in a message.
    path("etentje/<uuid:uuid>/prikken/", polls.new, name="poll-new"),
    path("prikker/<uuid:uuid>/", polls.poll, name="poll"),
    path("prikker/<uuid:uuid>/kiezen/", polls.choose, name="poll-choose"),
    path("prikker/<uuid:uuid>/stoppen/", polls.stop, name="poll-stop"),
    path("p/<slug:token>/", polls.answer, name="poll-answer"),
    path("tafel/<uuid:uuid>/themas/", themes.themes, name="themes"),
    path("tafel/<uuid:uuid>/themas/nieuw/", themes.new, name="theme-new"),
    path("thema/<uuid:uuid>/", themes.theme, name="theme"),
    path("thema/<uuid:uuid>/agenda/", themes.put, name="theme-agenda"),
    path("thema/<uuid:uuid>/van-de-agenda/", themes.take, name="theme-off"),
    path("thema/<uuid:uuid>/besproken/", themes.talked, name="theme-discussed"),
    path("thema/<uuid:uuid>/ermee-gedaan/", themes.feedback, name="theme-feedback"),
    path("thema/<uuid:uuid>/rust/", themes.rest, name="theme-rest"),
    # --- points, contributions, what-ifs
    path("thema/<uuid:uuid>/herken-je-dit/", themes.recognise, name="theme-recognise"),
    path("thema/<uuid:uuid>/bijdragen/", contributions.talent, name="theme-talent"),
    path("thema/<uuid:uuid>/bijdragen/<uuid:talent>/weg/", contributions.talent_back, name="theme-talent-back"),
    path("thema/<uuid:uuid>/stel-dat/", scenarios.new, name="theme-scenario-new"),
    path("stel-dat/<uuid:uuid>/", scenarios.scenario, name="theme-scenario"),
    path("stel-dat/<uuid:uuid>/wijzigen/", scenarios.edit, name="theme-scenario-edit"),
    path("etentje/<uuid:uuid>/punten/", points.points, name="points"),
    path("etentje/<uuid:uuid>/punten/geven/", points.give, name="point-give"),
    path("etentje/<uuid:uuid>/punten/terug/", points.take, name="point-take"),
    path("etentje/<uuid:uuid>/inbreng/", contributions.brings, name="brings"),
    # --- One's own calendar, and the monthly summary
    path("ik/agenda/", feed.calendar, name="calendar"),
    path("ik/agenda/nieuw/", feed.renew, name="calendar-new"),
    path("ik/agenda/weg/", feed.end, name="calendar-end"),
    path("agenda/<slug:token>.ics", feed.feed, name="feed"),
    path("tafel/<uuid:uuid>/nieuws/", summaries.news, name="news"),
    path("stil/<slug:token>/", summaries.stop, name="stop"),
]

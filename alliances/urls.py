"""Addresses. Nothing in them names a table, a place or a person."""

from django.urls import include, path, re_path

from .views import coordinating, inviting, joining, me, standing_in, staying, table, texts

app_name = "alliances"

joining_urls = [
    path("", joining.welcome, name="join"),
    path("naam/", joining.name, name="join-name"),
    path("regels/", joining.rules, name="join-rules"),
    path("woord/", joining.word, name="join-word"),
    path("bereik/", joining.reach, name="join-reach"),
    path("code/", joining.code, name="join-code"),
    path("code/opnieuw/", joining.resend, name="join-resend"),
    path("code/overslaan/", joining.skip, name="join-skip"),
    path("nee/", joining.refuse, name="join-decline"),
    path("nieuwe-link/", joining.again, name="join-again"),
]
table_urls = [
    path("", table.alliance, name="alliance"),
    path("welkom/", table.welcome, name="welcome"),
    path("wat-er-gebeurde/", table.journal, name="journal"),
    path("uitnodigen/", inviting.desk, name="desk"),
    path("uitnodigen/nieuw/", inviting.invite, name="invite"),
    path("huisregels/", staying.pledge, name="pledge"),
    path("pauze/", staying.pause, name="pause"),
    path("terug/", staying.resume, name="resume"),
    path("verder/", staying.resume_table, name="resume-table"),
    path("stoppen/", staying.leave, name="leave"),
    path("invallers/", standing_in.stand_ins, name="stand-ins"),
    path("invallers/nieuw/", standing_in.name, name="stand-in-name"),
    path("voorstellen/", staying.proposals, name="proposals"),
    path("voorstellen/nieuw/", staying.propose, name="propose"),
]
urlpatterns = [
    path("j/<str:token>/", include(joining_urls)),
    path("v/<str:token>/", standing_in.asked, name="stand-in-asked"),
    path("v/<str:token>/ja/", standing_in.accept, name="stand-in-accept"),
    path("v/<str:token>/nee/", standing_in.decline, name="stand-in-decline"),
    path("invaller/<uuid:uuid>/akkoord/", standing_in.agree, name="stand-in-agree"),
    path("invaller/<uuid:uuid>/nog-eens/", standing_in.again, name="stand-in-again"),
    path("invaller/<uuid:uuid>/stoppen/", standing_in.end, name="stand-in-end"),
    path("tafel/<uuid:uuid>/", include(table_urls)),
    path("nummer.vcf", table.card, name="card"),
    path("uitnodiging/<uuid:uuid>/", inviting.invitation, name="invitation"),
    path("uitnodiging/<uuid:uuid>/brief/", inviting.letter, name="invitation-letter"),
    path("uitnodiging/<uuid:uuid>/nieuwe-link/", inviting.renew, name="invitation-renew"),
    path("uitnodiging/<uuid:uuid>/duwtje/", inviting.nudge, name="invitation-nudge"),
    path("uitnodiging/<uuid:uuid>/intrekken/", inviting.revoke, name="invitation-revoke"),
    path("voorstel/<uuid:uuid>/antwoord/", staying.answer, name="proposal-answer"),
    path("voorstel/<uuid:uuid>/eens/", staying.agree, name="proposal-agree"),
    path("voorstel/<uuid:uuid>/intrekken/", staying.withdraw, name="proposal-withdraw"),
    path("ik/", me.me, name="me"),
    path("ik/erbij/<str:kind>/", me.add, name="me-add"),
    path("ik/code/", me.code, name="me-code"),
    path("ik/adres/<uuid:uuid>/", me.agree, name="me-agree"),
    path("ik/adres/<uuid:uuid>/weg/", me.remove, name="me-remove"),
    path("ik/overal-uit/", me.sign_out_elsewhere, name="me-sign-out-elsewhere"),
    path("gebied/", coordinating.coordination, name="coordination"),
    path("gebied/nieuw/", coordinating.found, name="found"),
    path("gebied/<uuid:uuid>/", coordinating.coordinated, name="coordinated"),
    re_path(
        r"^gebied/(?P<uuid>[0-9a-f-]{36})/uitnodigen/(?P<role>police|municipality)/$",
        coordinating.invite,
        name="coordinated-invite",
    ),
    path("huisregels/", texts.house_rules, name="house-rules"),
    path("privacy/", texts.privacy, name="privacy"),
    path("toegankelijkheid/", texts.accessibility, name="accessibility"),
]

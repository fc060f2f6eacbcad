"""What sign-in needs beside people: allauth's table behind the second door, the cache table for rate limits, the house rules."""

from django.apps.registry import Apps as StateApps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQL = """
alter table account_emailaddress enable row level security;
create policy worker on account_emailaddress to worker using (true);
create policy own on account_emailaddress to web
    using (user_id = app_user() or app_actor() = 'signin' or (select app_staff()));
alter table account_emailconfirmation enable row level security;
create policy staff on account_emailconfirmation to web using ((select app_staff()));

-- The administrators' own log names things; it is for administrators.
alter table django_admin_log enable row level security;
create policy worker on django_admin_log to worker using (true);
create policy staff on django_admin_log to web using ((select app_staff()));

-- Who sees an invitation sees whether its message arrived.
create policy about_invitation on messaging_message for select to web
    using (about is not null and app_user() is not null and about in (select uuid from alliances_invitation));

create table cache (cache_key varchar(255) primary key, value text not null, expires timestamptz not null);
create index cache_expires on cache (expires);
"""

RULES_NL = """Gevaar? Bel eerst 112.
Iedereen telt even zwaar. Niemand is de baas.
Vertel niet wie bondgenoot is of wie wat zei.
Schrijf wat er gebeurt. Geen namen, foto's of kentekens.
Zeg hoe je het weet. Noem een gerucht een gerucht.
Je bent geen agent en geen informant. Grijp niet in.
Politie en gemeente moeten soms iets doen met wat ze horen. Alles geheimhouden kan niet.
Nee zeggen, pauze nemen of stoppen mag altijd."""

RULES_EN = """Danger? First call 112.
Everybody counts the same. Nobody is the boss.
Do not tell who is an ally or who said what.
Write what happens. No names, photos or number plates.
Say how you know it. Call a rumour a rumour.
You are no police officer and no informant. Do not step in.
Police and municipality must sometimes act on what they hear. Not everything can stay secret.
You may always say no, take a break or stop."""


def first_rules(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("alliances", "HouseRules").objects.using(schema_editor.connection.alias).create(
        version=1, text_nl=RULES_NL, text_en=RULES_EN
    )


class Migration(migrations.Migration):
    dependencies = [
        ("alliances", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("messaging", "0002_row_security"),
    ]

    operations = [
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        migrations.RunPython(first_rules, migrations.RunPython.noop),
    ]

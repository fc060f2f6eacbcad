"""What the eye would find too late: a missing icon, an inline style, a vendored file changed by hand."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template

from templates.looks import dress

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "templates").rglob("*.html"))
SHOWN = [page for page in PAGES if "messages" not in page.parts]  # mails are read where the policy does not reach
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/vendor/icons.svg").read_text()))


def test_vendored_files_are_as_they_came() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/vendor_ui.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_icon_is_in_the_sprite() -> None:
    used = {
        (page.name, name)
        for page in PAGES
        for name in re.findall(r"""\{%\s*icon\s+["']([^"']+)["']""", page.read_text())
    }
    assert len(used) > 10
    assert sorted(pair for pair in used if pair[1] not in SPRITE) == []


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: str(page.relative_to(ROOT / "templates")))
def test_nothing_inline(page: Path) -> None:
    text = page.read_text()
    assert not re.search(r"""\sstyle=|\son[a-z]+=["']|<style|<script(?![^>]*\ssrc=)|javascript:|hx-on""", text)


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_neither_request_nor_database(name: str) -> None:
    text = Template(f'{{% include "{name}" %}}').render(Context())
    assert "085 000 01 23" in text or "tel:" in text
    assert "{%" not in text


class Question(forms.Form):
    level = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("watch", "Watch"), ("Urgent", [("now", "Now"), ("today", "Today")])]
    )


def test_choices_keep_their_group_help_and_selection() -> None:
    form = Question({"level": "now"})
    dress(form.fields["level"], look="cards", option_help={"watch": "No message", "group": "We call nine"})
    text = Template("{% load nlds %}{{ form }}").render(Context({"form": form}))
    assert 'class="bond-options bond-cards"' in text
    assert "We call nine" in text
    assert re.search(r'value="now"[^>]* checked', text)
    assert 'aria-describedby="id_level_0_help"' in text
    assert "bond-error-summary" not in text


def test_one_field_has_no_summary_but_the_focus() -> None:
    class One(forms.Form):
        name = forms.CharField()

    text = Template("{{ form }}").render(Context({"form": One({"name": ""})}))
    assert "bond-error-summary" not in text
    assert "autofocus" in text
    assert 'id="id_name_error"' in text


def test_the_guard_asks_in_place_of_the_error() -> None:
    class Two(forms.Form):
        what = forms.CharField()
        where = forms.CharField(required=False)

    form = Two({"what": "12-AB-34"})
    form.add_error("what", "guard")
    dress(form.fields["what"], guard_kind="kenteken")
    text = Template("{{ form }}").render(Context({"form": form}))
    assert text.count('name="guard"') == 2
    assert "kenteken" in text
    assert "bond-error-summary" not in text
    assert "utrecht-textbox--invalid" not in text


def test_the_table_has_ten_seats_and_nobody_at_the_head() -> None:
    seats = [{"state": "taken", "role": "resident", "initials": "AB"}] * 8 + [{"state": "free"}] * 2
    text = Template('{% load bond %}{% table seats label="Eight" invite_url="/x/" invite_label="Invite" %}').render(
        Context({"seats": seats})
    )
    assert text.count("bond-chair__seat") == 10
    assert text.count('href="/x/"') == 1
    assert 'role="img" aria-label="Eight"' in text
    assert 'cx="200.0" cy="50.0"' not in text

"""What if (stel dat): with a theme, read in a hurry, changed together."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliances.models import Membership
from alliances.policy import Refused
from alliances.views.shared import show_form
from meetings import actions
from meetings.forms import ScenarioForm
from meetings.models import Scenario

from .shared import theme_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down a what-if with a theme; those that are there stand above it."""
    theme, member = theme_or_404(request, uuid)
    context = {"theme": theme, "others": list(theme.scenarios.all())}
    form = ScenarioForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "meetings/scenario_form.html", {**context, "form": form})
    refused = None
    if form.is_valid():
        try:
            made = actions.make_scenario(theme=theme, words=form.words(), by=member)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Saved. Everybody at the table can read it."))
            return redirect("meetings:theme-scenario", made.uuid)
    return show_form(request, "meetings/scenario_form.html", context, form, refused)


@require_safe
def scenario(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What may happen, and the first three steps. Made to be printed too."""
    found, _member = _scenario_or_404(request, uuid)
    return render(request, "meetings/scenario.html", {"scenario": found, "theme": found.theme})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change it. Two at once: what only one of them changed is kept; where both did, the second sees both texts."""
    found, member = _scenario_or_404(request, uuid)
    was = ScenarioForm.of(found)
    context = {"theme": found.theme, "scenario": found, "was": was}
    if request.method != "POST":
        return render(request, "meetings/scenario_form.html", {**context, "form": ScenarioForm(initial=was)})
    form = ScenarioForm(request.POST)
    before = form.before()
    context["was"] = {**before, "version": request.POST.get("version", "")}
    if not form.is_valid():
        return show_form(request, "meetings/scenario_form.html", context, form)
    version = form.cleaned_data["version"] or 0
    together = form.cleaned_data["together"]
    try:
        saved = actions.edit_scenario(
            scenario=found, version=version, before=before, words=form.words(), by=member, together=together
        )
    except actions.Clash as clash:
        return _both(request, clash, form, context)
    except Refused as refused:
        return show_form(request, "meetings/scenario_form.html", context, form, refused)
    if saved.merged:
        messages.success(request, _("Saved. Somebody else changed it at the same time: both are in it."))
    else:
        messages.success(request, _("Saved. Everybody at the table can read it."))
    return redirect("meetings:theme-scenario", uuid)


def _both(request: HttpRequest, clash: actions.Clash, typed: ScenarioForm, context: dict[str, object]) -> HttpResponse:
    """The form once more: what this member typed in the fields, what the other one wrote beside it."""
    was = ScenarioForm.of(clash.scenario)
    data = request.POST.copy()
    data["version"], data["together"] = str(clash.scenario.version), "on"
    for name, text in typed.words().items():
        untouched = name not in clash.theirs and text == typed.before()[name]
        data[name] = was[name] if untouched else text  # where only the other one wrote, their words are the words now
        data[f"was_{name}"] = was[name]
    form = ScenarioForm(data)
    form.is_valid()
    theirs = [(form.fields[name].label, text) for name, text in clash.theirs.items()]
    return show_form(request, "meetings/scenario_form.html", {**context, "was": was, "theirs": theirs}, form, clash)


def _scenario_or_404(request: HttpRequest, uuid: UUID) -> tuple[Scenario, Membership]:
    scenarios = Scenario.objects.select_related("theme", "made_by__user", "edited_by__user")
    found = scenarios.filter(uuid=uuid).first()
    if found is None:
        raise Http404
    theme, member = theme_or_404(request, found.theme.uuid)
    found.theme = theme
    return found, member

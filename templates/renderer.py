"""Make plain Django rendering ({{ form }}, {{ field.as_field_group }}, allauth) use the markup of our pack."""

from django.forms.renderers import TemplatesSetting


class NldsFormRenderer(TemplatesSetting):
    """Forms and fields come from templates/nlds; widgets stay Django's own (Django, "The form rendering API")."""

    form_template_name = "nlds/uni_form.html"
    field_template_name = "nlds/field.html"

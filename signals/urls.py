"""Addresses."""

app_name = "signals"
urlpatterns = []

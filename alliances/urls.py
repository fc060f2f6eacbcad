"""Addresses."""

app_name = "alliances"
urlpatterns = []

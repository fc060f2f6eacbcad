"""What the tests of meetings share."""

from hypothesis import settings

# The first example builds a calendar of holidays; machines differ, and how long it takes is no property of a date.
settings.register_profile("dates", deadline=None)
settings.load_profile("dates")

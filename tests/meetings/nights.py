"""The nights on which the clock in Amsterdam changes, as published: the last Sundays of March and October."""

from datetime import date, timedelta

from django.utils import timezone

NIGHTS = (
    date(2026, 3, 29), date(2026, 10, 25),
    date(2027, 3, 28), date(2027, 10, 31),
    date(2028, 3, 26), date(2028, 10, 29),
    date(2029, 3, 25), date(2029, 10, 28),
    date(2030, 3, 31), date(2030, 10, 27),
    date(2031, 3, 30), date(2031, 10, 26),
)  # fmt: skip
# A message carries the database's clock, so it is about an evening that is really to come.
_ENOUGH = timedelta(days=30)
SPRING, AUTUMN = (
    next(night for night in NIGHTS if night.month == month and night > timezone.localdate() + _ENOUGH)
    for month in (3, 10)
)
EVE, FEW_DAYS = timedelta(days=1), timedelta(days=4)
# Evenings before and after such a night, in both directions, and into it.
MOVES = [
    (night + before, night + after)
    for night in (SPRING, AUTUMN)
    for before, after in ((-FEW_DAYS, FEW_DAYS), (FEW_DAYS, -FEW_DAYS), (-EVE, timedelta()))
]

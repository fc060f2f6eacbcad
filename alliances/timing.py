"""When: pure dates."""

from datetime import datetime, timedelta

INVITATION_LIFE = timedelta(days=14)
NUDGE_EVERY = timedelta(days=7)
FORGET_ADDRESS_AFTER = timedelta(days=30)
PROPOSAL_LIFE = timedelta(days=60)  # what nobody agreed with for this long is off the table
HEARING = timedelta(days=3)  # how long somebody who is asked to leave has to answer before others can decide


def expires(sent_at: datetime) -> datetime:
    """When a link sent at this moment stops working."""
    return sent_at + INVITATION_LIFE

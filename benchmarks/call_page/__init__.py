"""What the page of a call costs while ten browsers look at it, and how soon they see what happens."""

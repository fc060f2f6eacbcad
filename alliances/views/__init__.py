"""Pages about people and their bonds."""

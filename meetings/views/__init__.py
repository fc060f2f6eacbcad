"""The pages of meetings and themes."""

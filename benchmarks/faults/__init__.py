"""The fault bench: real processes, real calls, one fault at a time, and who was missed (docs/reliability.md)."""

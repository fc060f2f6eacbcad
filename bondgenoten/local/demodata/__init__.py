"""The demo's data: three alliances in Utrecht, with people who do not exist.

Only `python -m bondgenoten.local.demodata` runs it.
"""

"""`.env.example` explains every variable, and nothing that does not exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def explained() -> dict[str, str]:
    """Return each variable of .env.example with the line above it."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {line.partition("=")[0]: lines[at - 1] for at, line in enumerate(lines) if re.match(r"[A-Z_]+=", line)}


def read_by_settings() -> set[str]:
    """Return every name that settings.py asks the environment for, as in env.str("NAME")."""
    calls = (node for node in ast.walk(ast.parse((ROOT / "bondgenoten/settings.py").read_text())))
    return {
        call.args[0].value
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_every_variable_is_explained_and_none_is_left_over() -> None:
    asked_by_compose = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert set(explained()) == read_by_settings() | asked_by_compose
    assert all(line.startswith("#") or "PASSWORD" in name for name, line in explained().items())


def test_made_up_production_settings_know_every_needed_variable() -> None:
    given = {line.partition("=")[0] for line in (ROOT / ".ci/production.env").read_text().splitlines()}
    assert given - {"", "DEBUG"} <= read_by_settings() | {""} | {name for name in given if name.startswith("#")}

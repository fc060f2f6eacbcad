#!/usr/bin/env python3
"""Check docker-compose.yml against the Compose Specification. There is no Docker engine needed, and none is used."""

import json
import sys
from pathlib import Path

import yaml
from compose_spec import PyCompose

FILE = Path(__file__).resolve().parent.parent / "docker-compose.yml"
NO_CHECK = {"prepare"}  # it ends by itself


def main() -> int:
    """Print what is wrong and return an exit status."""
    plain = yaml.safe_load(FILE.read_text())  # resolves the anchors, which the specification leaves to YAML
    try:
        compose = PyCompose.from_json(json.dumps(plain))
    except ValueError as problem:
        print(f"docker-compose.yml: {problem}")
        return 1
    services = compose.to_dict()["services"]
    bare = [name for name, service in services.items() if "healthcheck" not in service and name not in NO_CHECK]
    for name in bare:
        print(f"docker-compose.yml: {name} has no health check")
    return 1 if bare else 0


if __name__ == "__main__":
    sys.exit(main())

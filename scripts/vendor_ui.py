#!/usr/bin/env python3
"""Copy third-party interface files into static/vendor, pinned and checkable.

    (cd ui && npm ci --ignore-scripts)   only when updating
    python scripts/vendor_ui.py          rebuild static/vendor from ui/node_modules
    python scripts/vendor_ui.py --check  needs no npm: compares the hashes in VENDOR.json

The output is committed, so that running, testing and deploying never need npm.
"""

import argparse
import hashlib
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "ui" / "node_modules"
OUT = ROOT / "static" / "vendor"
MANIFEST = OUT / "VENDOR.json"

# Every name that a template may give to {% icon %}; tests/looks compares templates with this list.
ICONS = [
    "accessible",
    "address-book",
    "battery-3",
    "adjustments",
    "alert-circle",
    "alert-octagon",
    "alert-triangle",
    "archive",
    "armchair",
    "arrow-back-up",
    "arrow-down",
    "arrow-left",
    "arrow-right",
    "arrow-up",
    "balloon",
    "ban",
    "bell",
    "bell-off",
    "bell-ringing",
    "bike",
    "book",
    "bread",
    "broadcast",
    "building",
    "building-community",
    "bulb",
    "bus",
    "calendar",
    "calendar-event",
    "calendar-off",
    "calendar-plus",
    "calendar-time",
    "camera",
    "check",
    "checklist",
    "checks",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "chevron-up",
    "circle",
    "circle-check",
    "circle-dashed",
    "circle-x",
    "clock",
    "clock-hour-4",
    "clock-pause",
    "code",
    "coffee",
    "confetti",
    "copy",
    "device-landline-phone",
    "device-mobile",
    "dots",
    "download",
    "ear",
    "edit",
    "external-link",
    "eye",
    "eye-check",
    "eye-off",
    "file-text",
    "filter",
    "flag",
    "flame",
    "folder",
    "friends",
    "gavel",
    "hand-stop",
    "heart",
    "heart-handshake",
    "help",
    "help-circle",
    "history",
    "home",
    "hourglass",
    "id",
    "inbox",
    "info-circle",
    "key",
    "language",
    "layout-grid",
    "leaf",
    "letter-case",
    "lifebuoy",
    "link",
    "list",
    "list-check",
    "lock",
    "lock-open",
    "login",
    "logout",
    "mail",
    "mail-off",
    "mail-opened",
    "map",
    "map-pin",
    "menu-2",
    "message",
    "message-2",
    "message-circle",
    "message-off",
    "message-plus",
    "message-report",
    "microphone",
    "mood-smile",
    "moon",
    "note",
    "notes",
    "number-1",
    "pencil",
    "phone",
    "phone-call",
    "phone-off",
    "pin",
    "player-pause",
    "player-play",
    "player-stop",
    "plus",
    "point",
    "power",
    "printer",
    "progress-check",
    "qrcode",
    "question-mark",
    "quote",
    "refresh",
    "repeat",
    "replace",
    "rotate",
    "route",
    "school",
    "search",
    "seedling",
    "send",
    "settings",
    "share",
    "shield",
    "shield-check",
    "shield-lock",
    "snowflake",
    "soup",
    "speakerphone",
    "square",
    "square-check",
    "star",
    "sun",
    "sunset",
    "sunset-2",
    "switch-horizontal",
    "table",
    "thumb-up",
    "tools-kitchen-2",
    "trash",
    "trending-up",
    "user",
    "user-check",
    "user-heart",
    "user-minus",
    "user-off",
    "user-plus",
    "user-question",
    "user-x",
    "users",
    "users-group",
    "users-minus",
    "users-plus",
    "volume",
    "walk",
    "wifi",
    "wifi-off",
    "world",
    "writing",
    "x",
]

FONT_PACKAGE = "@fontsource-variable/source-sans-3"
FONTS = ("latin-wght-normal", "latin-ext-wght-normal")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check() -> int:
    """Compare static/vendor with VENDOR.json; print what differs and return an exit status."""
    manifest = json.loads(MANIFEST.read_text())
    on_disk = {str(path.relative_to(OUT)) for path in OUT.rglob("*") if path.is_file()} - {MANIFEST.name}
    problems = [f"missing: {name}" for name in sorted(set(manifest["files"]) - on_disk)]
    problems += [f"not in VENDOR.json: {name}" for name in sorted(on_disk - set(manifest["files"]))]
    problems += [
        f"changed by hand: {name}"
        for name, expected in manifest["files"].items()
        if name in on_disk and digest(OUT / name) != expected
    ]
    print("\n".join(problems) or f"vendor ok: {len(manifest['files'])} files")
    return 1 if problems else 0


def locked_packages() -> dict[str, dict[str, Any]]:
    """Return version, integrity and licence of every package that ui/package.json names."""
    lock = json.loads((ROOT / "ui" / "package-lock.json").read_text())["packages"]
    wanted = json.loads((ROOT / "ui" / "package.json").read_text())["devDependencies"]
    entries = {name: lock[f"node_modules/{name}"] for name in sorted(wanted)}
    return {
        name: {
            "version": entry["version"],
            "integrity": entry["integrity"],
            "license": entry.get("license"),
        }
        for name, entry in entries.items()
    }


def write_components(packages: dict[str, dict[str, Any]]) -> None:
    """Join the component styles into one sheet, in a cascade layer below our own rules."""
    folder = OUT / "nlds"
    folder.mkdir(parents=True)
    parts = []
    for name in (name for name in packages if name.startswith("@utrecht/")):
        css = (MODULES / name / "dist" / "index.min.css").read_text().replace('@charset "UTF-8";', "").strip()
        parts.append(f"/*! {name} {packages[name]['version']} EUPL-1.2 */\n{css}")
    joined = "\n".join(parts)
    (folder / "components.css").write_text(f'@charset "UTF-8";\n@layer reset, nlds;\n@layer nlds{{\n{joined}\n}}\n')
    shutil.copyfile(MODULES / "@utrecht/button-css/LICENSE.md", folder / "LICENSE.md")


def write_fonts() -> None:
    """Copy the two subsets of the variable font and their licence."""
    folder = OUT / "fonts"
    folder.mkdir()
    for subset in FONTS:
        name = f"source-sans-3-{subset}.woff2"
        shutil.copyfile(MODULES / FONT_PACKAGE / "files" / name, folder / name)
    shutil.copyfile(MODULES / FONT_PACKAGE / "LICENSE", folder / "LICENSE-OFL.txt")


def symbol(name: str) -> str:
    """Return one icon as an SVG symbol."""
    svg = (MODULES / "@tabler/icons/icons/outline" / f"{name}.svg").read_text()
    found = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if found is None:
        raise SystemExit(f"{name}.svg holds no <svg>")
    inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z"[^>]*/>', "", found[1])
    inner = re.sub(r"\s+", " ", inner).strip()
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
    )


def write_icons() -> None:
    """Write the sprite: an external <use>, so no inline style and no data: address is needed."""
    symbols = "\n".join(symbol(name) for name in sorted(set(ICONS)))
    (OUT / "icons.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n')
    shutil.copyfile(MODULES / "@tabler/icons/LICENSE", OUT / "LICENSE-icons.txt")


def build() -> int:
    """Write static/vendor anew from ui/node_modules and return an exit status."""
    packages = locked_packages()
    if OUT.exists():
        shutil.rmtree(OUT)
    write_components(packages)
    write_fonts()
    write_icons()
    files = {str(path.relative_to(OUT)): digest(path) for path in sorted(OUT.rglob("*")) if path.is_file()}
    MANIFEST.write_text(json.dumps({"packages": packages, "files": files}, indent=1) + "\n")
    for name in files:
        print(f"{(OUT / name).stat().st_size:8d}  {name}")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare the hashes")
    sys.exit(check() if parser.parse_args().check else build())

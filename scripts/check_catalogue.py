#!/usr/bin/env python3
"""Check that every text of the interface is in the Dutch catalogue, translated, and that what is compiled is current.

    python scripts/check_catalogue.py           prints what is missing, exits 1
    python scripts/check_catalogue.py --renew   puts new texts into the catalogue (untranslated) and compiles it

Finding the texts needs the programs of gettext; without them that part is skipped, in one sentence.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "nl" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%[sd]")
ALONE = re.compile(r'(?:translate |\b_\(\s*|\bgettext\(\s*)"([^"]+)"')
APPS = ("alliances", "meetings", "messaging", "signals", "bondgenoten")
Key = tuple[str | None, str]


def key_of(entry: polib.POEntry) -> Key:
    """Return what makes an entry itself: its context and its English text."""
    return entry.msgctxt, entry.msgid


def translations(entry: polib.POEntry) -> list[str]:
    """Return every Dutch form of an entry."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def extract() -> polib.POFile:
    """Return every text in the tracked and new files of the checkout, from a copy of it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", "*.py", "*.html", "*.txt"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        (copy / "locale").mkdir()
        for file in filter(None, listed.split("\0")):
            if (ROOT / file).exists() and not file.startswith(("tests/", "scripts/", "benchmarks/", "requirements")):
                (copy / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / file, copy / file)
        subprocess.run(
            [
                sys.executable,
                "-m",
                "django",
                "makemessages",
                "-l",
                "nl",
                "-e",
                "html,txt,py",
                "--no-wrap",
                "--no-location",
            ],
            cwd=copy,
            capture_output=True,
            check=True,
        )
        return polib.pofile(str(copy / "locale" / "nl" / "LC_MESSAGES" / "django.po"))


def problems_in(catalogue: polib.POFile) -> list[str]:
    """Return a sentence for every text that is not translated well."""
    problems = []
    for entry in catalogue:
        if entry.obsolete:
            problems.append(f"no longer used, take it out: {entry.msgid!r}")
        elif entry.fuzzy or not all(translations(entry)):
            problems.append(f"not translated: {entry.msgid!r}")
        else:
            allowed = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
            strange = [text for text in translations(entry) if not set(PLACEHOLDER.findall(text)) <= allowed]
            problems += [f"other placeholders than the English: {text!r}" for text in strange]
    return problems


def used_both_ways(catalogue: polib.POFile) -> list[str]:
    """Return a sentence for every text with a plural that is also used without one.

    Some releases of Python 3.11 do not find such a text when it is used without a number, and show English.
    """
    plural = {entry.msgid for entry in catalogue if entry.msgid_plural}
    found = []
    for file in (*ROOT.glob("templates/**/*.html"), *(file for app in APPS for file in ROOT.glob(f"{app}/**/*.py"))):
        alone = set(ALONE.findall(file.read_text(encoding="utf-8")))
        found += [f"has a plural elsewhere, choose other words in {file.name}: {text!r}" for text in alone & plural]
    return found


def is_current(catalogue: polib.POFile) -> bool:
    """Whether the compiled catalogue holds just what the readable one says."""
    if not COMPILED.exists():
        return False
    compiled = {key_of(entry): translations(entry) for entry in polib.mofile(str(COMPILED))}
    return compiled == {key_of(entry): translations(entry) for entry in catalogue.translated_entries()}


def renew(catalogue: polib.POFile, found: polib.POFile) -> None:
    """Bring the catalogue in line with the texts that were found, and compile it."""
    catalogue.merge(found)
    for entry in catalogue.obsolete_entries():
        catalogue.remove(entry)
    catalogue.save(str(CATALOGUE))
    catalogue.save_as_mofile(str(COMPILED))


def main() -> int:
    """Check or renew; print what is wrong and return an exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--renew", action="store_true")
    asked = parser.parse_args()
    catalogue = polib.pofile(str(CATALOGUE), wrapwidth=0)
    found = extract() if shutil.which("xgettext") and shutil.which("msguniq") else None
    if asked.renew:
        if found is None:
            print("Finding the texts needs gettext: install it (Debian: apt install gettext).")
            return 1
        renew(catalogue, found)
    problems = problems_in(catalogue) + used_both_ways(catalogue)
    if found is None:
        print("gettext is not installed, so whether every text stands in the catalogue was not checked.")
    else:
        known, used = {key_of(entry) for entry in catalogue}, {key_of(entry) for entry in found}
        problems += [f"not in the catalogue (make messages): {text!r}" for _, text in sorted(used - known, key=str)]
        problems += [f"no longer used (make messages): {text!r}" for _, text in sorted(known - used, key=str)]
    if not is_current(catalogue):
        problems.append("the compiled catalogue is not current (make messages)")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

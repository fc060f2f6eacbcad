"""`python -m benchmarks.call_page`: first the servers and the settings, then what is measured, which needs both."""

import sys
import warnings
from importlib import import_module

import django

from bondgenoten.local.running import CannotStart
from tests import environment

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    environment.start_servers({})  # PostgreSQL with all its safety on
    environment.choose_own()
    django.setup()
    try:
        sys.exit(import_module("benchmarks.call_page.measure").main())
    except CannotStart as problem:
        sys.exit(str(problem))

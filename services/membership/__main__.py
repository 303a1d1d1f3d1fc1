"""`python -m services.membership api|worker`."""

import sys

from services.membership.main import main

if len(sys.argv) != 2 or sys.argv[1] not in {"api", "worker"}:
    sys.exit("usage: python -m services.membership api|worker")
main("api" if sys.argv[1] == "api" else "worker")

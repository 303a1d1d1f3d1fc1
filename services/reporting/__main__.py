"""`python -m services.reporting api|worker|rebuild`."""

import argparse
import asyncio
import sys
from functools import partial

from services.reporting.main import ReportingSettings, build
from services.reporting.rebuild import rebuild_from
from shared.process import run

parser = argparse.ArgumentParser(prog="services.reporting", description="Figures of training networks.")
parser.add_argument("command", choices=["api", "worker", "rebuild"])
command = parser.parse_args().command
if command == "rebuild":
    events = asyncio.run(rebuild_from(ReportingSettings(role="worker")))
    sys.stdout.write(f"{events} events read, the new generation is live\n")
else:
    run(partial(build, command))

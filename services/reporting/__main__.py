"""`python -m services.reporting api|worker|rebuild`."""

import argparse
import asyncio
import contextlib
import sys
from functools import partial

from services.reporting.main import ReportingSettings, build
from services.reporting.rebuild import rebuild_from
from shared import telemetry
from shared.process import run

parser = argparse.ArgumentParser(prog="services.reporting", description="Figures of training networks.")
parser.add_argument("command", choices=["api", "worker", "rebuild"])
command = parser.parse_args().command
if command == "rebuild":
    settings = ReportingSettings(role="worker")
    with contextlib.closing(telemetry.setup(settings)):
        events = asyncio.run(rebuild_from(settings))
    sys.stdout.write(f"{events} events read, the new generation is live\n")
else:
    run(partial(build, command))

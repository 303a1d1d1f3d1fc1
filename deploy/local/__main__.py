"""The command line: `python -m deploy.local up|down|status|logs|restart|reset|env`."""

import argparse
import sys

from deploy.local import credentials, launcher, settings, topology
from deploy.local.errors import LocalError
from deploy.local.follow import follow


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.local", description="Run Verbundwerk on this machine."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("up", help="start everything and wait until it is ready")
    start.add_argument("--only", choices=["infra"], help="only Kafka, the store and mail")
    commands.add_parser("down", help="stop everything; the data stays")
    state = commands.add_parser("status", help="say what runs and whether it is ready")
    state.add_argument("--json", action="store_true", help="for scripts")
    logs = commands.add_parser("logs", help="follow the logs")
    logs.add_argument("names", nargs="*", help="processes; all if none is named")
    logs.add_argument("-n", "--lines", type=int, default=10, help="lines to begin with, per process")
    logs.add_argument("--no-follow", action="store_true", help="end after these lines")
    again = commands.add_parser("restart", help="restart one process")
    again.add_argument("name")
    commands.add_parser("reset", help="delete data, mail and logs")
    env = commands.add_parser("env", help="print the environment of a service process as shell exports")
    env.add_argument("name", nargs="?", default="courses-api-1")
    return parser


def _logs(names: list[str], lines: int, *, forever: bool) -> None:
    chosen = settings.load()
    parts = [
        *topology.infrastructure(chosen),
        *topology.services(chosen, credentials.ensure(chosen.secrets)),
        topology.gateway(chosen),
    ]
    for line in follow(chosen.logs, names or [part.name for part in parts], lines=lines, forever=forever):
        print(line, flush=True)


def main() -> int:
    """Run one command; return the exit status: 0 done, 1 a sentence on stderr says what is wrong."""
    chosen = _arguments().parse_args()
    try:
        match chosen.command:
            case "up":
                launcher.up(only_infrastructure=chosen.only == "infra")
            case "down":
                launcher.down()
            case "status":
                return 0 if launcher.status(as_json=chosen.json) else 1
            case "logs":
                _logs(chosen.names, chosen.lines, forever=not chosen.no_follow)
            case "restart":
                launcher.restart(chosen.name)
            case "reset":
                launcher.reset()
            case "env":
                launcher.environment(chosen.name)
    except LocalError as trouble:
        print(f"error: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Ports of this machine: pick free ones, tell whether one is taken."""

import socket
from contextlib import ExitStack

HOST = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """Return `count` different TCP ports of 127.0.0.1 that are free now.

    They are held open together while being picked, so they differ; another process may still take one.
    """
    with ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in held:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in held]


def is_taken(port: int) -> bool:
    """Tell whether a process listens on this TCP port of 127.0.0.1."""
    with socket.socket() as probe:
        # As servers do: a port in TIME_WAIT after a stop is free for the next start.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False

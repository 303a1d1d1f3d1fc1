"""The one error of the local runtime: a sentence that a newcomer can act on."""


class LocalError(Exception):
    """Something on this machine keeps the local runtime from starting; the message says what to do."""

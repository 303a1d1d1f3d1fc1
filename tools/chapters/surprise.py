"""What ends the story when the system answers, but not as it should."""


class Surprise(Exception):  # noqa: N818  it names what happened
    """The system did something that the story does not expect; the text says what."""

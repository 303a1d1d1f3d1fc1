"""Text that a spreadsheet program would take for a formula. Pure."""

# What spreadsheet programs take for the start of a formula (OWASP, CSV Injection), also in full width.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(text: str) -> str:
    """Return the text so that no spreadsheet program takes it for a formula: an apostrophe goes before it."""
    return "'" + text if text.lstrip("'").startswith(FORMULA_STARTS) else text


def unguarded(text: str) -> str:
    """Return what `guarded` was given, so that an exported list can be imported again."""
    return text[1:] if text[:1] == "'" and text.lstrip("'").startswith(FORMULA_STARTS) else text

"""Hold the ceilings: 300 lines a file, 40 lines a function, without its docstring and the functions inside it.

Tests may be longer, as a story is read in order: 600 and 60 lines. Exceptions are named with their reason in
`[tool.ceilings.exceptions]` of pyproject.toml: a path for a file's length, `path::function` for a function's.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools.files import tracked

FILE_LINES = 300
FUNCTION_LINES = 40
TEST_FILE_LINES = 600
TEST_FUNCTION_LINES = 60
SOURCES = {".py", ".ts", ".tsx", ".java", ".css"}


type Function = ast.FunctionDef | ast.AsyncFunctionDef


def length(function: Function) -> int:
    """Return the lines of the body that are the function's own, e.g. not those of the routes in a router."""
    documented = ast.get_docstring(function) is not None and len(function.body) > 1
    own = lines(function.body[1 if documented else 0], function)
    inner = [one for one in function.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return own - sum(lines(one, one) for one in inner)


def lines(first: ast.stmt, last: ast.stmt) -> int:
    """Return how many lines there are from the start of one statement to the end of another."""
    decorators = first.decorator_list if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef) else []
    start = min([first.lineno, *(decorator.lineno for decorator in decorators)])
    return (last.end_lineno or last.lineno) - start + 1


def too_long_functions(source: str, most: int = FUNCTION_LINES) -> Iterator[tuple[str, int]]:
    """Yield the name and the length in lines of each function over the ceiling."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > most:
            yield node.name, length(node)


def too_long(path: str, source: str) -> Iterator[tuple[str, str]]:
    """Yield (key of a possible exception, complaint) for one file."""
    test = path.startswith("tests/")
    file_most = TEST_FILE_LINES if test else FILE_LINES
    function_most = TEST_FUNCTION_LINES if test else FUNCTION_LINES
    count = source.count("\n")
    if count > file_most:
        yield path, f"{path}: {count} lines, at most {file_most}; split it by noun"
    if path.endswith(".py"):
        for name, found in too_long_functions(source, function_most):
            yield f"{path}::{name}", f"{path}::{name}: {found} lines, at most {function_most}"


def main() -> int:
    """Print each complaint that no exception covers, and each exception that covers nothing."""
    config = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    exceptions: dict[str, str] = config["tool"]["ceilings"]["exceptions"]
    found: dict[str, str] = {}
    for path in tracked():
        if Path(path).suffix in SOURCES:
            found.update(too_long(path, Path(path).read_text("utf-8")))
    complaints = [text for key, text in found.items() if key not in exceptions]
    complaints += [f"{key}: this exception is not needed any more" for key in exceptions if key not in found]
    print(*complaints, sep="\n", end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

"""Follow the logs of all processes in one stream, each line with the name of its process."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

PAUSE_SECONDS = 0.2


class LogFile:
    """One log, read on from where it was left, also over a rotation."""

    def __init__(self, file: Path, lines: int) -> None:
        self.name = file.stem
        self._file = file
        self._stream: BinaryIO | None = None
        self._inode = 0
        self._half = b""
        self._open(lines)

    def _open(self, lines: int | None) -> None:
        try:
            self._stream = self._file.open("rb")
        except FileNotFoundError:
            self._stream = None
            return
        self._inode = self._file.stat().st_ino
        if lines is not None:
            last = self._stream.read().splitlines(keepends=True)[-lines:] if lines else []
            self._half = b"".join(last)
            self._stream.seek(0, 2)

    def new_lines(self) -> Iterator[str]:
        """Give the whole lines that were written since the last call."""
        if self._stream is None:
            self._open(None)
        if self._stream is None:
            return
        *whole, self._half = (self._half + self._stream.read()).split(b"\n")
        for line in whole:
            yield line.decode("utf-8", errors="replace")
        if self._rotated():
            self._stream.close()
            self._open(None)

    def close(self) -> None:
        """Let go of the file."""
        if self._stream is not None:
            self._stream.close()

    def _rotated(self) -> bool:
        try:
            return self._file.stat().st_ino != self._inode
        except FileNotFoundError:
            return False


def follow(folder: Path, names: Iterable[str], *, lines: int, forever: bool = True) -> Iterator[str]:
    """Give the last `lines` of each log and then what is added, as `name | line`."""
    files = [LogFile(folder / f"{name}.log", lines) for name in names]
    width = max((len(file.name) for file in files), default=0)
    try:
        while True:
            found = [f"{file.name:<{width}} | {line}" for file in files for line in file.new_lines()]
            yield from found
            if not found and not forever:
                return
            if not found:
                time.sleep(PAUSE_SECONDS)
    finally:
        for file in files:
            file.close()

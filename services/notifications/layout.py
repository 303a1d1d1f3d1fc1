"""One layout for every mail: HTML and plain text from the same title, paragraphs and facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

_layouts = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(Path(__file__).parent / "layouts"),
    undefined=StrictUndefined,
    autoescape=lambda name: bool(name and name.endswith(".html.j2")),
    keep_trailing_newline=True,
)
# Some mail programs drop the style sheet: what holds in light mode is also written into every element.
_inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that is laid out; `facts` are labels with their values, `name` may be None."""

    language: str
    words: dict[str, str]
    subject: str
    title: str
    paragraphs: Sequence[str]
    name: str | None
    facts: Sequence[tuple[str, Sequence[str]]]
    link: str
    button: str
    footer: str
    unsubscribe: str | None = None


def lay_out(medium: str, page: Page) -> str:
    """Return a mail's body; `medium` is "html" or "txt". Errors: `UndefinedError`."""
    values: dict[str, Any] = {name: getattr(page, name) for name in Page.__slots__}
    made = _layouts.get_template(f"mail.{medium}.j2").render(**values)
    return _inlined(made) if medium == "html" else made


def _inlined(html: str) -> str:
    return _inliner.inline(html)

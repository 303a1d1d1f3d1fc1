"""Documents for people: HTML to PDF, tagged for screen readers (PDF/UA-1), by WeasyPrint.

WeasyPrint needs Pango (Debian: libpango-1.0-0, libpangoft2-1.0-0) and a font with the letters of names. It is loaded
when the first document is asked for: a process that writes none needs neither its memory nor Pango.
"""

import asyncio
from typing import Any

from shared.errors import Failed


class PdfUnavailable(Failed):
    retry_after_s = None
    en = "No PDF can be made here: the operator has to install Pango. The HTML document holds the same."
    de = "Hier kann kein PDF erzeugt werden: Im Betrieb fehlt Pango. Das HTML-Dokument enthält dasselbe."


async def pdf_of(html: str) -> bytes:
    """Return the document as PDF, made in a thread of its own. Nothing is fetched. Errors: `PdfUnavailable` 503."""
    return await asyncio.to_thread(_render, html)


def _render(html: str) -> bytes:
    try:
        import weasyprint  # noqa: PLC0415  see above
    except OSError as error:
        raise PdfUnavailable from error
    document = weasyprint.HTML(string=html, url_fetcher=_nothing)
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


def _nothing(url: str, *_more: Any, **_options: Any) -> Any:
    # What is typed into a form must not make the server ask anybody for anything.
    msg = f"{url.partition(':')[0]} is not fetched"
    raise ValueError(msg)

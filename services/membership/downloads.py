"""What routes that answer with a file, or take one, have in common."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Response
from starlette.concurrency import run_in_threadpool

from services.membership.imports.columns import ImportKind
from services.membership.imports.sheets import MEDIA_TYPES, Format, Sheet, written

BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE_ANSWER: dict[int | str, dict[str, object]] = {
    200: {"description": "The file", "content": dict.fromkeys(MEDIA_TYPES.values(), BINARY)}
}
OF_NETWORK, OF_EMPLOYER = "/networks/{network_id}", "/organisations/{organisation_id}"

Kind = Annotated[ImportKind, Query(alias="list", description="What the lines are")]
Form = Annotated[Format, Query(alias="file", description="Kind of the file")]


async def download(name: str, sheets: Sequence[Sheet], form: Format) -> Response:
    """Return the sheets as a file to be saved under `name`."""
    content = await run_in_threadpool(written, sheets, form)
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{form.value}"'}
    return Response(content, media_type=MEDIA_TYPES[form], headers=disposition)

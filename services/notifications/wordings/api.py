"""Routes of templates: what we say, what a network says instead, and how that looks."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import Field

from services.notifications import texts
from services.notifications.access import require_manager
from services.notifications.contacts import Contact
from services.notifications.texts import Session, Text
from services.notifications.wordings.store import Wordings
from services.notifications.writing import Writer
from shared.auth import Principal
from shared.errors import Forbidden, Invalid
from shared.events.course_values import SessionDay
from shared.ids import NetworkId, Ref
from shared.text import Note
from shared.web import Body, Caller, Commanded, View

BASE = "/api/notifications/v1"
TEMPLATES = tuple(sorted({row.template for row in texts.table()}))
type Template = Annotated[Literal[*TEMPLATES], Path(description="A template's name")]  # type: ignore[valid-type]
type Language = Literal["de", "en"]
Line = Annotated[Note, Field(min_length=1, max_length=200)]
Paragraph = Annotated[Note, Field(min_length=1, max_length=1000)]

EXAMPLE: dict[str, Any] = {
    "price_cents": 79_000,
    "position": 2,
    "was_confirmed": True,
    "days_before": 14,
    "fee_percent": 50,
    "fee_cents": 39_500,
    "refilled": False,
    "waiting": False,
    "expires_at": "2026-12-01T12:00:00Z",
    "answer_by": "2026-12-01T12:00:00Z",
    "takes_effect_at": "2026-12-01T12:00:00Z",
    "seats_offered": 1,
    "confirmed": 4,
    "minimum_seats": 6,
    "reason": "dead",
}
_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
_DAY = SessionDay(
    starts_at=datetime(2026, 12, 9, 7, tzinfo=UTC), ends_at=datetime(2026, 12, 9, 14, 30, tzinfo=UTC)
)
_SESSION = Session(topic_code="emob-hv2s", days=(_DAY,), time_zone="Europe/Berlin")


class TextBody(Body):
    """A wording; `{{ name }}` is filled with the placeholder of that name, nothing else is interpreted."""

    subject: Line
    title: Line
    body: Annotated[list[Paragraph], Field(min_length=1, max_length=12)]


class TextView(View):
    """A wording as it stands."""

    subject: str
    title: str
    body: list[str]


class TemplateView(View):
    """A template in both languages; `own` is the network's wording, null where ours holds."""

    template: str
    placeholders: list[str]
    own: dict[str, TextView | None]


class Preview(View):
    """A mail with example data."""

    subject: str
    text: str
    html: str


def router(wordings: Wordings, writer: Writer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=BASE, tags=["templates"])
    base = "/networks/{network_id}/templates"

    @routes.get(base, operation_id="get_templates", summary="List templates and the network's own wordings")
    async def get_templates(network_id: Ref[NetworkId], caller: Caller) -> list[TemplateView]:
        require_manager(caller, network_id)
        return [await _view(wordings, network_id, one) for one in TEMPLATES]

    @routes.put(
        f"{base}/{{template}}/{{language}}",
        operation_id="put_template",
        summary="Set the network's own wording",
    )
    async def put_template(
        network_id: Ref[NetworkId], template: Template, language: Language, body: TextBody, command: Commanded
    ) -> TemplateView:
        _require_steering(command.principal, network_id)
        await wordings.put(network_id, template, language, checked(template, body))
        return await _view(wordings, network_id, template)

    @routes.delete(
        f"{base}/{{template}}/{{language}}",
        status_code=204,
        operation_id="delete_template",
        summary="Go back to our wording",
    )
    async def delete_template(
        network_id: Ref[NetworkId], template: Template, language: Language, command: Commanded
    ) -> None:
        _require_steering(command.principal, network_id)
        await wordings.put(network_id, template, language, None)

    @routes.post(
        f"{base}/{{template}}/{{language}}/preview",
        operation_id="post_template_preview",
        summary="See a wording as a mail with example data; nothing is kept",
    )
    async def post_template_preview(
        network_id: Ref[NetworkId],
        template: Template,
        language: Language,
        command: Commanded,
        body: TextBody | None = None,
    ) -> Preview:
        _require_steering(command.principal, network_id)
        own = await wordings.of(network_id, template)
        if body is not None:
            own = {**own, language: checked(template, body)}
        return preview(writer, template, language, own)

    return routes


def checked(template: str, body: TextBody) -> Text:
    """Return the wording if it names known placeholders only. Errors: `Invalid` 422."""
    text = Text(subject=body.subject, title=body.title, body=tuple(body.body))
    strange = texts.used(text) - texts.placeholders(template)
    said = " ".join((text.subject, text.title, *text.body))
    if strange or any(mark in texts.without_holes(said) for mark in ("{{", "}}", "{%", "%}", "{#", "#}")):
        known = ", ".join(sorted(texts.placeholders(template)))
        raise Invalid(
            pointer="#/body",
            reason_en=f"A text may hold {{{{ name }}}} with one of these names: {known}.",
            reason_de=f"Ein Text darf {{{{ name }}}} mit einem dieser Namen enthalten: {known}.",
        )
    return text


def preview(writer: Writer, template: str, language: str, own: dict[str, Text]) -> Preview:
    """Return the mail with example data."""
    row = next(row for row in texts.table() if row.template == template)
    session = None if template == "webhook_stopped" else _SESSION
    document = {
        "_id": "preview",
        "template": template,
        "audience": row.audience,
        "kind": row.kind,
        "facts": EXAMPLE,
        "booking_id": None if session is None else "00000000-0000-0000-0000-0000a1b2c3d4",
        "sequence": 1,
    }
    name = {"de": "Erika Muster", "en": "Erin Example"}[language]
    contact = Contact(person_id="preview", name=name, email="preview@verbund.example", locale=language)
    mail = writer.mail(document, session, contact, own=own, at=_AT)
    parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    return Preview(subject=str(mail["Subject"]), text=parts["text/plain"], html=parts["text/html"])


async def _view(wordings: Wordings, network_id: str, template: str) -> TemplateView:
    own = await wordings.of(network_id, template)
    shown = {
        language: TextView(**own[language].model_dump(mode="json")) if language in own else None
        for language in texts.LANGUAGES
    }
    return TemplateView(template=template, placeholders=sorted(texts.placeholders(template)), own=shown)


def _require_steering(principal: Principal, network_id: str) -> None:
    if principal.kind != "person" or not principal.manages(network_id):
        require_manager(principal, network_id)
        raise Forbidden

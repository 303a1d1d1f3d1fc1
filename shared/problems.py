"""RFC 9457 problem documents, in the reader's language, for our errors and for malformed requests."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

from shared.errors import Problem

MEDIA_TYPE = "application/problem+json"

# Sentences for the validator's error kinds; what is missing here is answered with the English sentence.
_GERMAN = {
    "missing": "Dieses Feld fehlt.",
    "extra_forbidden": "Dieses Feld gibt es nicht.",
    "json_invalid": "Der Inhalt ist kein gültiges JSON.",
    "string_type": "Hier wird Text erwartet.",
    "string_too_short": "Mindestens {min_length} Zeichen.",
    "string_too_long": "Höchstens {max_length} Zeichen.",
    "string_pattern_mismatch": "Das Format stimmt nicht.",
    "int_type": "Hier wird eine ganze Zahl erwartet.",
    "int_parsing": "Hier wird eine ganze Zahl erwartet.",
    "int_from_float": "Hier wird eine ganze Zahl erwartet.",
    "bool_type": "Hier wird ja oder nein (true, false) erwartet.",
    "greater_than_equal": "Der Wert muss mindestens {ge} sein.",
    "greater_than": "Der Wert muss größer als {gt} sein.",
    "less_than_equal": "Der Wert darf höchstens {le} sein.",
    "less_than": "Der Wert muss kleiner als {lt} sein.",
    "date_from_datetime_parsing": "Das ist kein gültiges Datum (JJJJ-MM-TT).",
    "date_parsing": "Das ist kein gültiges Datum (JJJJ-MM-TT).",
    "datetime_parsing": "Das ist kein gültiger Zeitpunkt (RFC 3339).",
    "datetime_from_date_parsing": "Das ist kein gültiger Zeitpunkt (RFC 3339).",
    "timezone_aware": "Dem Zeitpunkt fehlt die Zeitzone.",
    "enum": "Erlaubt ist: {expected}.",
    "literal_error": "Erlaubt ist: {expected}.",
    "list_type": "Hier wird eine Liste erwartet.",
    "model_attributes_type": "Hier wird ein Objekt erwartet.",
    "too_short": "Mindestens {min_length} Einträge.",
    "too_long": "Höchstens {max_length} Einträge.",
}


def language_of(accept_language: str | None) -> str:
    """Return "de" or "en" for an Accept-Language header; the first of the two that it names, else "en"."""
    for part in (accept_language or "").lower().split(","):
        tag = part.split(";")[0].strip()[:2]
        if tag in {"de", "en"}:
            return tag
    return "en"


def problem_response(
    status: int,
    slug: str,
    detail: str,
    *,
    request_id: str | None = None,
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """Build the answer; `errors` holds one `{pointer, detail, code}` per field at fault."""
    document: dict[str, Any] = {
        "type": f"urn:verbundwerk:problem:{slug}",
        "title": slug.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
    }
    if request_id:
        document["instance"] = f"urn:verbundwerk:request:{request_id}"
    if errors:
        document["errors"] = list(errors)
    if params:
        document["params"] = dict(params)
    return JSONResponse(document, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def of_problem(problem: Problem, language: str, request_id: str | None) -> JSONResponse:
    """Answer one of our errors."""
    headers: dict[str, str] = {}
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = problem.challenge
    detail = problem.text(language)
    errors = []
    if problem.pointer is not None:
        errors = [{"pointer": problem.pointer, "detail": detail, "code": problem.slug}]
    return problem_response(
        problem.status,
        problem.slug,
        detail,
        request_id=request_id,
        errors=errors,
        headers=headers,
        params={key: value for key, value in problem.params.items() if not key.startswith("reason_")},
    )


def of_validation(errors: Sequence[Mapping[str, Any]], language: str, request_id: str | None) -> JSONResponse:
    """Answer a request that does not fit the schema: 400 for unreadable JSON, 422 with pointers otherwise."""
    unreadable = any(error["type"] == "json_invalid" for error in errors)
    detail = {
        ("de", True): "Der Inhalt ist kein gültiges JSON.",
        ("en", True): "The body is not valid JSON.",
        ("de", False): "Einige Angaben sind nicht gültig; es wurde nichts gespeichert.",
        ("en", False): "Some values are not valid; nothing was stored.",
    }[language, unreadable]
    return problem_response(
        400 if unreadable else 422,
        "malformed-json" if unreadable else "invalid-request",
        detail,
        request_id=request_id,
        errors=[_field(error, language) for error in errors[:50]],
    )


def _field(error: Mapping[str, Any], language: str) -> dict[str, Any]:
    place, *path = error["loc"] or ("body",)
    pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
    sentence = str(error["msg"])
    if language == "de" and error["type"] in _GERMAN:
        sentence = _GERMAN[error["type"]].format_map(_Context(error.get("ctx") or {}))
    field: dict[str, Any] = {"detail": sentence, "code": error["type"]}
    if place == "body":
        field["pointer"] = "#" + pointer if pointer else "#"
    else:
        field["parameter"] = str(path[0]) if path else str(place)
        field["in"] = str(place)
    return field


class _Context(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"

"""Logs and traces in one call: structlog JSON to stdout, OpenTelemetry spans to a file or by OTLP.

Neither holds personal data: log events are dotted names with ids and codes, span attributes likewise,
and no URL, query string, header or exception text of a request is recorded.
"""

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import structlog
from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.settings import Settings

_PROPAGATOR = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("verbundwerk")


def setup(settings: Settings) -> "Telemetry":
    """Configure logging and tracing of this process; call once, before anything logs."""
    _configure_logging(settings)
    provider = TracerProvider(
        sampler=ParentBasedTraceIdRatio(settings.trace_sample_ratio),
        resource=Resource.create(
            {"service.name": f"verbundwerk-{settings.service}", "service.instance.role": settings.role}
        ),
    )
    stream = None
    if settings.traces_file is not None:
        settings.traces_file.parent.mkdir(parents=True, exist_ok=True)
        stream = settings.traces_file.open("a", encoding="utf-8", buffering=1)
        exporter = ConsoleSpanExporter(out=stream, formatter=_one_line)
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=500))
    if settings.otel_exporter_otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    if stream is not None or settings.otel_exporter_otlp_endpoint:
        trace.set_tracer_provider(provider)
    return Telemetry(provider, stream)


class Telemetry:
    """What `setup` started and `close` ends."""

    def __init__(self, provider: TracerProvider, stream: IO[str] | None) -> None:
        self._provider = provider
        self._stream = stream

    def close(self) -> None:
        """Flush what is left and close the file."""
        self._provider.shutdown()
        if self._stream is not None:
            self._stream.close()


def _one_line(span: ReadableSpan) -> str:
    text: str = span.to_json(indent=None)
    return text + "\n"


def _configure_logging(settings: Settings) -> None:
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=settings.service, role=settings.role)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _bind_process(settings)],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)


def _bind_process(settings: Settings) -> structlog.typing.Processor:
    # Libraries log from tasks and threads that do not carry our context variables.
    def add(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event.setdefault("service", settings.service)
        event.setdefault("role", settings.role)
        return event

    return add


def _add_trace(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = f"{context.trace_id:032x}"
    return event


@contextmanager
def span(
    name: str,
    *,
    traceparent: str | None = None,
    kind: SpanKind = SpanKind.INTERNAL,
    links: Iterator[str] | list[str] | None = None,
    **attributes: str | int | bool,
) -> Iterator[Span]:
    """Run the block in a span; with `traceparent` as a child of that remote span.

    `links` are traceparents of spans that led here too. An exception marks the span by its class name only:
    messages may hold what a person typed.
    """
    parent = context_of(traceparent) if traceparent else None
    token = attach(parent) if parent is not None else None
    try:
        with _tracer.start_as_current_span(
            name,
            kind=kind,
            attributes=attributes,
            links=[link for link in map(_link, links or ()) if link],
            record_exception=False,
            set_status_on_exception=False,
        ) as current:
            try:
                yield current
            except BaseException as error:
                current.set_status(Status(StatusCode.ERROR))
                current.set_attribute("error.type", type(error).__name__)
                raise
    finally:
        if token is not None:
            detach(token)


def context_of(traceparent: str) -> Context:
    """Return the trace context that a W3C `traceparent` names."""
    return _PROPAGATOR.extract({"traceparent": traceparent})


def _link(traceparent: str) -> Link | None:
    remote = trace.get_current_span(context_of(traceparent)).get_span_context()
    return Link(remote) if remote.is_valid else None


def current_traceparent() -> str | None:
    """Return the W3C `traceparent` of the running span, or None outside of a trace."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


def trace_headers() -> Mapping[str, str]:
    """Return the headers that carry the trace to another service."""
    traceparent = current_traceparent()
    return {"traceparent": traceparent} if traceparent else {}


def trace_id() -> str | None:
    """Return the running trace's id (32 hex digits), or None."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None

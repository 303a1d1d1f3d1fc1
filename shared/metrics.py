"""Metrics of every process, in Prometheus format under `/metrics`. Labels are codes, never ids or names."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("http_requests_total", "Answered HTTP requests.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "http_request_seconds",
    "Time to answer an HTTP request, in seconds.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
EVENTS_PUBLISHED = Counter("outbox_published_total", "Events that Kafka confirmed.", ["topic"])
PUBLISH_FAILURES = Counter("outbox_publish_failures_total", "Publish rounds that Kafka did not confirm.")
OUTBOX_AGE = Gauge(
    "outbox_oldest_seconds",
    "Age of the oldest document whose events wait for Kafka, as the sweep saw it, in seconds.",
)
EVENTS_HANDLED = Counter("consumer_events_total", "Events by what became of them.", ["group", "outcome"])
EVENT_RETRIES = Counter("consumer_retries_total", "Repeated tries to handle an event.", ["group"])
DUE_STEPS = Counter("due_steps_total", "Due-time steps by what became of them.", ["collection", "outcome"])
DUE_LAG = Gauge("due_lag_seconds", "How late the oldest step of the last round was done, in seconds.")

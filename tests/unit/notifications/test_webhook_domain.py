"""Who is told what by webhook, and what becomes of a webhook."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Reference

from services.notifications.webhooks import domain, handlers
from services.notifications.webhooks.api import new_secret
from services.notifications.webhooks.client import Letter, signature
from services.notifications.webhooks.domain import RETRY_S, Happened, Replay, Secret, Webhook, WebhookState
from shared.errors import Invalid, WrongState
from shared.events.notifications import WebhookStop

N, COMPANY, OTHER = "n1", "o1", "o2"
OPEN = frozenset({"verbund.courses.session-scheduled.v1"})


def webhook(**values: object) -> Webhook:
    return Webhook.model_validate(
        {"id": "w", "url": "https://x.example/", "secrets": (Secret(value=new_secret()),), "created_ms": 1}
        | {"network_id": N}
        | values
    )


def of_company(**values: object) -> Webhook:
    return webhook(network_id=None, organisation_id=COMPANY, **values)


class TestReceivers:
    @pytest.mark.parametrize(
        ("hook", "network", "organisation", "type_", "wanted"),
        [
            (webhook(), N, COMPANY, "verbund.courses.course-booked.v1", True),
            (webhook(), "n2", COMPANY, "verbund.courses.course-booked.v1", False),
            (webhook(), None, COMPANY, "verbund.membership.organisation-registered.v1", False),
            (of_company(), N, COMPANY, "verbund.courses.course-booked.v1", True),
            (of_company(), N, OTHER, "verbund.courses.course-booked.v1", False),
            (of_company(), N, None, "verbund.courses.session-scheduled.v1", True),
            (of_company(), "n2", None, "verbund.courses.session-scheduled.v1", False),
            (of_company(), N, None, "verbund.courses.need-pooled.v1", False),
            (webhook(event_types=("verbund.courses.*",)), N, None, "verbund.courses.pool-opened.v1", True),
            (webhook(event_types=("verbund.courses.*",)), N, None, "verbund.membership.x.v1", False),
        ],
    )
    def test_nobody_is_told_of_a_competitor(
        self, hook: Webhook, network: str | None, organisation: str | None, type_: str, wanted: bool
    ) -> None:
        event = Happened(type=type_, network_id=network, organisation_id=organisation)
        assert domain.wants(hook, event, OPEN, frozenset({N})) is wanted

    def test_open_events_exist_and_name_no_organisation(self) -> None:
        events = {event.type_name(): event for event in handlers.EVENTS}
        for one in handlers.open_types():
            assert "organisation_id" not in events[one].model_fields

    @pytest.mark.parametrize(
        "pattern", ["verbund.nothing.v1", "*booked*", "[a-z]*", "verbund.?ourses.*", "x*"]
    )
    def test_a_filter_is_refused_when_it_matches_nothing_or_is_no_prefix(self, pattern: str) -> None:
        with pytest.raises(Invalid):
            domain.check_types([pattern], handlers.TYPES)

    def test_types_and_prefixes_are_filters(self) -> None:
        domain.check_types(["verbund.courses.*", "verbund.courses.course-booked.v1", "*"], handlers.TYPES)


class TestRetries:
    def test_there_are_ten_tries_over_three_days(self) -> None:
        waits = [domain.retry_s(tries, 0) for tries in range(1, 11)]
        assert waits == [*RETRY_S, None]
        assert sum(RETRY_S) == 3600 * 75.5 + 305

    @given(st.integers(1, 9), st.floats(0, 1))
    def test_jitter_only_makes_it_longer(self, tries: int, jitter: float) -> None:
        wait = domain.retry_s(tries, jitter)
        assert wait is not None
        assert RETRY_S[tries - 1] <= wait <= RETRY_S[tries - 1] * 1.2


class TestStates:
    def test_both_secrets_sign_while_they_overlap(self) -> None:
        before = webhook()
        old, new = before.secrets[0].value, new_secret()
        after = domain.rotate(before, new, 2_000).state
        assert after.signing(1_999) == (new, old)
        assert after.signing(2_000) == (new,)
        at = datetime.now(UTC)
        letter = Letter("e:1", '{"ä":1}')
        headers = {
            "webhook-id": letter.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature(letter, after.signing(1_999), at),
        }
        for secret in (old, new):
            assert Reference(secret).verify(letter.body, headers) == {"ä": 1}

    def test_gone_switches_off_and_dead_pauses(self) -> None:
        assert domain.stop(webhook(), WebhookStop.GONE).state.state is WebhookState.OFF
        paused = domain.stop(webhook(), WebhookStop.DEAD).state
        assert (paused.takes, paused.sends) == (True, False)
        assert domain.stop(paused, WebhookStop.GONE).events == ()
        assert domain.resume(paused).state.sends

    def test_nothing_is_sent_again_when_it_was_switched_off(self) -> None:
        off = domain.stop(webhook(), WebhookStop.GONE).state
        with pytest.raises(WrongState):
            domain.redeliver(off, Replay(since_ms=1))

    def test_nothing_is_sent_while_a_redelivery_is_prepared(self) -> None:
        asked = domain.redeliver(webhook(), Replay(since_ms=1)).state
        assert not asked.sends
        with pytest.raises(domain.RedeliveryRunning):
            domain.redeliver(asked, Replay(since_ms=1))
        assert domain.redelivered(asked, 3).state.sends

    def test_a_removed_one_keeps_no_secret_and_takes_no_command(self) -> None:
        gone = domain.remove(webhook()).state
        assert (gone.secrets, gone.url) == ((), "")
        with pytest.raises(WrongState):
            domain.resume(gone)
        with pytest.raises(WrongState):
            domain.rotate(gone, new_secret(), 1)

"""The whole story in order. Told again, it changes nothing and signs everybody in."""

from typing import Any

from rich.progress import Progress

from tools.chapters import pooling, scheduling, tender
from tools.chapters.surprise import Surprise
from tools.walkthrough import Demo


def tell(demo: Demo, progress: Progress) -> dict[str, Any]:
    """Tell the story and return what its steps came to, for `story.EXPECTED_STEPS`. Errors: `Surprise`, `Refused`."""
    demo.found_networks(progress)
    demo.admit_companies(progress)
    call = tender.award(demo, progress, pooling.pool_needs(demo, progress))
    run = scheduling.schedule(demo, progress, call)
    if not run["session_ids"]:
        raise Surprise("the plan holds no session")
    found = {**tender.steps(demo, call), **scheduling.steps(demo, run)}
    demo.book(progress, run["session_ids"][0])
    return found

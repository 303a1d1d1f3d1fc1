"""Four needs are proposed as one pool, the manager accepts, and five companies pledge seats."""

from datetime import datetime, timedelta

from rich.progress import Progress

from tools import story
from tools.chapters.surprise import Surprise
from tools.walkthrough import COURSES, Demo


def pool_needs(demo: Demo, progress: Progress) -> str:
    """Post needs, pool what is proposed, pledge; return the pool's id. Errors: `Surprise`, `Refused`."""
    task = progress.add_task("courses: Bedarfe und Bündel", total=len(story.HEROES) + 1)
    needs = _needs(demo)
    body = {
        "network_id": demo.network,
        "topic_code": story.TOPIC,
        "minimum_seats": story.MINIMUM,
        "need_ids": needs,
    }
    pool = demo.as_manager.post(f"{COURSES}/pools", body, "pool")
    progress.advance(task)
    for hero in story.HEROES:
        pledge = {"organisation_id": demo.organisation(hero.key), "seats": hero.pledge}
        demo.as_company(hero.key).post(f"{COURSES}/pools/{pool['id']}/pledges", pledge, f"pledge/{hero.key}")
        progress.advance(task)
    return str(pool["id"])


def _needs(demo: Demo) -> list[str]:
    posted = [_post(demo, hero) for hero in story.HEROES if hero.need]
    needs = [need["id"] for need in posted]
    if all(need["state"] == "posted" for need in posted):  # told again, they are in the pool
        proposals = demo.as_manager.get(f"{COURSES}/pool-proposals?network_id={demo.network}")
        if not any(set(each["need_ids"]) == set(needs) for each in proposals):
            raise Surprise(f"the four needs are not proposed as one pool: {proposals}")
    return needs


def _post(demo: Demo, hero: story.Hero) -> dict[str, str]:
    first = datetime.fromisoformat(demo.state["first_day"])
    body = {
        "network_id": demo.network,
        "organisation_id": demo.organisation(hero.key),
        "topic_code": story.TOPIC,
        "headcount": hero.need,
        "window_from": demo.state["since"],
        "window_to": (first + timedelta(days=60)).date().isoformat(),
        "format": "on_site",
    }
    made: dict[str, str] = demo.as_company(hero.key).post(f"{COURSES}/needs", body, f"need/{hero.key}")
    return made

"""`verbundwerk`: what an operator asks of the running system. Exit status 0: in order, 1: not, 2: wrong use."""

import asyncio
import json
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.table import Table

from deploy.operator import health, kafka
from deploy.operator.letters import LetterBox, NoSuchLetter
from deploy.operator.settings import places
from shared.producer import KafkaDown

app = typer.Typer(
    name="verbundwerk",
    help="Look after a running Verbundwerk.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
letters = typer.Typer(help="Records that a consumer group could not handle.", no_args_is_help=True)
app.add_typer(letters, name="dead-letters")

AsJson = Annotated[bool, typer.Option("--json", help="For scripts: one JSON document on standard output.")]
Group = Annotated[str, typer.Argument(help="Consumer group, e.g. reporting.figures.")]
Number = Annotated[int, typer.Argument(help="Number of the letter, as `list` shows it.", min=0)]
Topic = Annotated[str | None, typer.Option("--topic", help="Where the group reads several topics.")]


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Say of every process whether it is ready, and how old its oldest waiting work is."""
    found = run(health.states(places().processes))
    show(found, as_json=as_json)
    finish(all(each.state == "ready" for each in found))


@app.command()
def topics(*, as_json: AsJson = False) -> None:
    """List the declared topics with their records, and say which the broker keeps otherwise."""
    found = run(kafka.topic_states(places().kafka))
    show(found, as_json=as_json)
    finish(not any(each.problem for each in found))


@app.command()
def lag(
    *, as_json: AsJson = False, most: Annotated[int, typer.Option(help="More than this is an error.")] = -1
) -> None:
    """Say how many records each consumer group has yet to handle."""
    found = run(kafka.lags(places().kafka))
    show(found, as_json=as_json)
    finish(most < 0 or all(each.lag <= most for each in found))


@letters.command("list")
def list_letters(
    group: Annotated[str | None, typer.Argument(help="One group only.")] = None, *, as_json: AsJson = False
) -> None:
    """List the letters that nobody has answered yet; status 1 if there are any."""
    found = run(LetterBox(places().kafka).open_letters(group))
    show(found, as_json=as_json)
    finish(not found)


@letters.command("show")
def show_letter(group: Group, number: Number, topic: Topic = None) -> None:
    """Print one letter: its headers, then its value."""
    record = run(LetterBox(places().kafka).show(group, number, topic))
    for name, value in record.headers:
        typer.echo(f"{name}: {value!r}")
    typer.echo(
        f"\n{record.value!r}"
        if record.value is None
        else f"\n{record.value.decode(errors='backslashreplace')}"
    )


@letters.command()
def replay(group: Group, number: Number, topic: Topic = None) -> None:
    """Give a letter back to its group, once the cause is mended; nobody else sees the record again."""
    run(LetterBox(places().kafka).replay(group, number, topic))
    typer.echo(f"Letter {number} goes back to {group}. If it fails again, it comes back as a new letter.")


@letters.command()
def drop(group: Group, number: Number, topic: Topic = None) -> None:
    """Note that a letter needs no handling; the record itself stays in the topic."""
    run(LetterBox(places().kafka).drop(group, number, topic))
    typer.echo(f"Letter {number} of {group} is dropped.")


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """Do one piece of work; what can go wrong outside becomes a sentence and status 1."""
    try:
        return asyncio.run(work)
    except (KafkaError, KafkaDown, OSError) as error:
        typer.echo(f"error: Kafka does not answer ({type(error).__name__}).", err=True)
    except NoSuchLetter as error:
        typer.echo(f"error: {error}.", err=True)
    raise typer.Exit(1)


def show(rows: Sequence[Any], *, as_json: bool) -> None:
    """Print dataclasses as a table or as JSON."""
    found = [asdict(row) for row in rows]
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    if not found:
        typer.echo("Nothing.")
        return
    table = Table(*found[0])
    for each in found:
        table.add_row(*(_cell(value) for value in each.values()))
    Console().print(table)


def finish(in_order: bool) -> None:
    """End with the status that scripts look at."""
    if not in_order:
        raise typer.Exit(1)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.1f}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    sys.exit(app())

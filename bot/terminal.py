"""Shows on a terminal what happened in the sandbox or what the doctor found.

Knows rich; decides nothing.
"""

from collections.abc import Iterable

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.doctor import Condition, Diagnosis
from bot.sandboxed import Played, Shown

COLOURS = {
    Condition.OK: "green",
    Condition.WARNING: "yellow",
    Condition.PROBLEM: "bold red",
    Condition.UNKNOWN: "dim",
}


def show_report(report: Iterable[Diagnosis], console: Console | None = None) -> None:
    """Print the doctor's report as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "checked", "result and remedy"):
        table.add_column(heading, overflow="fold")
    for each in report:
        answer = Text(each.result)
        if each.remedy:
            answer.append(f"\n{each.remedy}", style="italic")
        table.add_row(Text(each.condition.value, COLOURS[each.condition]), Text(each.label), answer)
    (console or Console(highlight=False)).print(table)


def show_played(played: Played, url: str, *, serving: bool, console: Console | None = None) -> None:
    """Print the thread with its notes, and where the page is."""
    console = console or Console(highlight=False)
    console.print(Text(f"\n{played.title}\n", style="bold"))
    for message in played.messages:
        console.print(_note(message) if message.is_note else _post(message))
    console.print(Text(_summary(played), style="bold"))
    if serving:
        console.print(Text(f"\nThe thread as on Discord: {url}"))
        console.print(Text("Write, react and press the buttons there. Ctrl+C ends the sandbox."))


def _post(message: Shown) -> Text:
    text = Text()
    text.append(f"{message.author}  ", style="bold cyan")
    text.append(message.text)
    if message.likes:
        text.append(f"\n{count(message.likes, 'Like')}", style="dim")
    return text.append("\n")


def _note(message: Shown) -> Panel:
    links = [Text(f"{label}: {url}", style="dim") for label, url in message.links]
    return Panel(Group(Text(message.text), *links), title=message.author, title_align="left")


def _summary(played: Played) -> str:
    if not played.notes:
        return "No note was attached."
    return f"{count(played.notes, 'note')} attached."


def count(number: int, word: str) -> str:
    """Return a number with its word, as Discourse writes it.

    >>> count(1, "Like"), count(12, "Like")
    ('1 Like', '12 Likes')
    """
    return f"{number} {word}" if number == 1 else f"{number} {word}s"

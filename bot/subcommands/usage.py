"""Says in one sentence what is wrong with how `footnote` was called, and what would be right.

Knows the forms in which typer tells of a mistake; never what a command does.
"""

from typing import Any

import typer

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises for wrong usage; the module it lives in differs between versions."""
_NUMBERS = {"float_parsing": "a number", "float_type": "a number"}


def usage_sentence(error: Any) -> str | None:
    """Return the sentence for a mistake of usage; None where the whole help is the answer."""
    if "\n" in error.message or type(error).__name__ == "NoArgsIsHelpError":
        return None
    param = getattr(error, "param", None)
    said = error.message.removeprefix("Value error, ").strip()
    if param is None:
        said = said if said.endswith((".", "?")) else f"{said}."
    elif not said:
        said = f"{name_of(param)} is missing."
    else:
        said = _about(param, said, error.__cause__)
    path = error.ctx.command_path if error.ctx else "footnote"
    return f"{said} `{path} -h` says what can be given."


def name_of(param: Any) -> str:
    """Return how a parameter is named on the command line: `--mode`, or `EXPORT`."""
    long = [option for option in param.opts if option.startswith("--")]
    return str(long[0]) if long else str(param.name).upper()


def _about(param: Any, said: str, cause: Any) -> str:
    name = name_of(param)
    if " is not one of " in said:
        given, _, allowed = said.rstrip(".").partition(" is not one of ")
        return f"{name} takes {_listed(allowed)}, not {given}."
    found = _first(cause)
    if found is None:
        return f"{name}: {said.rstrip('.')}."
    what = _NUMBERS.get(found["type"], "a whole number")
    return f"{name} takes {what}{_range(param)}, not '{found['input']}'."


def _listed(allowed: str) -> str:
    values = [value.strip("' ") for value in allowed.split(",")]
    *others, last = values
    return f"{', '.join(others)} or {last}" if others else f"only {last}"


def _first(cause: Any) -> Any:
    """Return the first fault of a value that is no number, or not within its range."""
    faults = cause.errors() if hasattr(cause, "errors") else []
    known = ("int_", "float_", "greater_than", "less_than")
    return next((each for each in faults if each["type"].startswith(known)), None)


def _range(param: Any) -> str:
    least, most = getattr(param, "min", None), getattr(param, "max", None)
    if least is not None and most is not None:
        return f" from {least} to {most}"
    return f" from {least}" if least is not None else ""

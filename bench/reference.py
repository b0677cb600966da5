"""The reference of the command line, in Markdown, made from the commands themselves.

python -m bench.reference > docs/reference.md
"""

from collections.abc import Iterator
from pathlib import Path

import click

from bench.cli import gvk
from bench.render.markdown import table

HEAD = (
    "# The command line\n\n"
    "Made from the program (`python -m bench.reference`); a test holds the two together. Exit "
    "codes: 0 holds, 1 does not hold, 2 bad usage or input, 3 inconclusive, 130 interrupted."
)


def reference() -> str:
    """Return the whole reference."""
    return "\n\n".join([HEAD, *_sections(gvk, "gvk")]) + "\n"


def _sections(command: click.Command, path: str) -> Iterator[str]:
    """Yield what is said of a command, and of those below it."""
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _sections(command.commands[name], f"{path} {name}")
        return
    context = click.Context(command, info_name=path)
    yield f"## {path}"
    yield (command.help or "").strip()
    yield f"`{' '.join(command.get_usage(context).removeprefix('Usage: ').split())}`"
    options = [p for p in command.params if isinstance(p, click.Option)]
    yield table(("Option", "What", "Default"), [_row(option, context) for option in options])


def _row(option: click.Option, context: click.Context) -> list[str]:
    names, _ = option.get_help_record(context) or ("", "")
    return [" ".join(names.split()), option.help or "", _default(option)]


def _default(option: click.Option) -> str:
    if isinstance(option.show_default, str):
        return option.show_default
    value = option.default
    if isinstance(value, Path):
        return value.as_posix()
    if option.is_flag or not isinstance(value, str | int | float | tuple):
        return ""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    click.echo(reference(), nl=False)

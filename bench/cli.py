"""The command line ``gvk``: its verbs together, and exit codes; the work is done elsewhere.

Exit codes: 0 holds, 1 does not hold, 2 bad usage or input, 3 inconclusive, 130 interrupted.
"""

import sys

import click

from bench.commands import of_lessons, of_models, of_reports, of_timing
from bench.commands.verbs import Verbs
from bench.errors import Diverged, Interrupted, NotVerified, UserError
from bench.host.memory import named_if_short

HOLDS, DOES_NOT_HOLD, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


@click.group(
    cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="graph-vs-keras", prog_name="gvk")
def gvk() -> None:
    """Low-level TensorFlow and Keras side by side: proved equal to the bit, then timed."""


for verb in (*of_models.VERBS, *of_timing.VERBS, *of_reports.VERBS, *of_lessons.VERBS):
    gvk.add_command(verb)


def main(arguments: list[str] | None = None) -> None:
    """Run ``gvk`` and exit with its code; an error is one line on standard error."""
    sys.exit(_exit_code(arguments))


def _exit_code(arguments: list[str] | None) -> int:
    try:
        with named_if_short():
            return gvk.main(arguments, prog_name="gvk", standalone_mode=False) or HOLDS
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        return BAD_INPUT
    except click.ClickException as error:
        return _refuse(error.format_message(), BAD_INPUT)
    except UserError as error:
        return _refuse(str(error), BAD_INPUT)
    except (Diverged, NotVerified) as error:
        return _refuse(str(error), DOES_NOT_HOLD)
    except (Interrupted, KeyboardInterrupt, click.Abort) as error:
        where = str(error) if isinstance(error, Interrupted) else "what was measured so far is kept"
        return _refuse(f"interrupted: {where}", INTERRUPTED)


def _refuse(message: str, code: int) -> int:
    click.echo(f"gvk: {' '.join(message.split())}", err=True)
    return code

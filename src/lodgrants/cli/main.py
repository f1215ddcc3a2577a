"""The `lodgrants` command: finds the subcommand, and turns errors into messages and exit codes."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from lodgrants import __version__
from lodgrants.errors import LodgrantsError

# Command -> module in lodgrants.cli; imported only when used, so that each command starts fast.
COMMANDS = {
    "build": "build",
    "extract": "extract",
    "validate": "validate",
    "query": "query",
    "diff": "diff",
    "verify": "verify",
    "explain": "explain",
    "map": "map",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = import_module(f"lodgrants.cli.{module}").command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Turn records of funded projects into linked data that can be trusted."""


def main() -> None:
    """Run the command line; standard output is data, standard error is narration."""
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except LodgrantsError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of standard output (such as head) has gone: not an error, and nothing more to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)

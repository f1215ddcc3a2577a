"""`lodgrants explain CODE`: what an error or finding code means and what to do about it."""

from __future__ import annotations

from difflib import get_close_matches

import click

from lodgrants.codes import catalogue


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Say what an error or finding CODE means; without CODE, list all."""
    codes = catalogue()
    if code is None:
        for entry in codes.values():
            click.echo(f"{entry.code}  {entry.title}")
        return
    found = codes.get(code.upper())
    if found is None:
        near = get_close_matches(code.upper(), codes, n=1)
        raise click.UsageError(f"no code {code!r}" + (f"; did you mean {near[0]}?" if near else ""))
    click.echo(f"{found.code}: {found.title}\n\n{found.why}\n\nWhat to do: {found.cure}")

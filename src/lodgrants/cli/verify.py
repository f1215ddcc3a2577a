"""`lodgrants verify`: whether a release is what it says it is."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import asdict
from pathlib import Path

import click

from lodgrants import __version__
from lodgrants.db.engine import Limits
from lodgrants.publish.verify.model import Check, Lie
from lodgrants.verification import Certificate, Demands, verify

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_INDENT = 12


@click.command("verify")
@click.argument("release", default="latest")
@click.option("--all", "everything", is_flag=True, help="List every lie, not only the first.")
@click.option("--json", "as_json", is_flag=True, help="Print the certificate as one JSON object.")
@click.option("--target", type=click.Path(path_type=Path), default="output", help="Where versions are.")
@click.option(
    "--max-size", default="64GB", show_default=True, metavar="SIZE", help="Most to fetch from the web."
)
@click.option("--threads", type=click.IntRange(1), help="Processor cores to use.")
@click.option("--memory-limit", metavar="SIZE", help="Memory to use, such as 2GB; what is more goes to disk.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing: the exit code tells.")
def command(
    release: str,
    everything: bool,
    as_json: bool,
    target: Path,
    max_size: str,
    threads: int | None,
    memory_limit: str | None,
    quiet: bool,
) -> int:
    """Check that RELEASE is what it says it is, and print a certificate, or the first lie.

    RELEASE is a folder, a version in the --target folder (default: latest), or an http(s) address. Checked
    are the checksums of all files, that all syntaxes hold one graph, the tables, what the catalogue claims,
    and the report of validating. Exit code 0: all is true. 1: something is not. 2: there is no release there.
    """
    demands = Demands(everything, _bytes(max_size), Limits(threads, memory_limit))
    silent = quiet or not sys.stderr.isatty()
    certificate = verify(
        release, target, demands, lambda text: None if silent else click.echo(text, err=True)
    )
    if not quiet:
        click.echo(_json(certificate) if as_json else _text(certificate, everything))
    return 1 if certificate.lies else 0


def _bytes(size: str) -> int:
    found = re.fullmatch(r"(\d+) ?([KMGT]?)B?", size.strip().upper())
    if not found:
        raise click.BadParameter(f"{size!r} is no size such as 500MB or 2GB", param_hint="--max-size")
    return int(found[1]) * _UNITS[found[2]]


def _text(certificate: Certificate, everything: bool) -> str:
    if not certificate.lies:
        head = _style(f"Release {certificate.name} is what it says it is", fg="green")
        parts = [_check(check) for check in certificate.checks]
        return "\n".join([head, "", *parts, "", f"checked by lodgrants {__version__} in {certificate.place}"])
    lies = certificate.lies if everything else certificate.lies[:1]
    head = _style(f"Release {certificate.name} is not what it says it is", fg="red")
    rest = len(certificate.lies) - len(lies)
    more = ["", f"{f'{rest} more here; ' if rest else ''}--all makes every check and lists every lie"]
    return "\n".join([head, *(_lie(lie) for lie in lies), *([] if everything else more)])


def _check(check: Check) -> str:
    lines = f"\n{' ' * _INDENT}".join(check.said)
    return f"{check.name.ljust(_INDENT)}{lines}"


def _lie(lie: Lie) -> str:
    return f"\n{_style(lie.file, bold=True)}\n  it says  {lie.claim}\n  in truth {lie.truth}"


def _style(text: str, fg: str | None = None, bold: bool = True) -> str:
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ
    return text if plain else click.style(text, fg=fg, bold=bold)


def _json(certificate: Certificate) -> str:
    said = {
        "release": certificate.name,
        "place": certificate.place,
        "lodgrants": __version__,
        "true": not certificate.lies,
        "checks": [
            {"name": each.name, "said": each.said, "facts": dict(each.facts)} for each in certificate.checks
        ],
        "lies": [asdict(lie) for lie in certificate.lies],
    }
    return json.dumps(said, indent=2, ensure_ascii=False)

"""The engines of the mapping benchmark: how each is called, for which jobs. Peers that are not installed are left out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "benchmarks" / "data"
PEERS = ROOT / "benchmarks" / "peers"


@dataclass(frozen=True)
class Call:
    """A command, what it needs to be in the environment, and the file that it writes."""

    command: list[str]
    output: Path
    environment: dict[str, str]


def lodgrants(job: str, mapping: Path, output: Path) -> Call:
    code = "from lodgrants.cli.main import main; main()"
    command = [sys.executable, "-c", code, "map", str(mapping), "-o", str(output)]
    return Call(command, output, {"PYTHONPATH": str(ROOT / "src")})


def morph(job: str, mapping: Path, output: Path) -> Call | None:
    """Morph-KGC, with two processes."""
    python = PEERS / "morph" / "bin" / "python"
    config = DATA / "morph.ini"
    form = "N-QUADS" if job == "graphs" else "N-TRIPLES"
    config.write_text(
        f"[CONFIGURATION]\noutput_file={output}\noutput_format={form}\nnumber_of_processes=2\nlogging_level=ERROR\n"
        f"[job]\nmappings={mapping}\n"
    )
    return Call([str(python), "-m", "morph_kgc", str(config)], output, {}) if python.exists() else None


def sdm(job: str, mapping: Path, output: Path) -> Call | None:
    """SDM-RDFizer; its output has a name of its own choice."""
    python = PEERS / "sdm" / "bin" / "python"
    folder, config = DATA / "sdm", DATA / "sdm.ini"
    folder.mkdir(parents=True, exist_ok=True)
    # Asked for n-quads it fails; asked for n-triples it writes the graphs nonetheless.
    config.write_text(
        f"[default]\nmain_directory: {DATA}\n[datasets]\nnumber_of_datasets: 1\noutput_folder: {folder}\n"
        "all_in_one_file: no\nremove_duplicate: yes\nenrichment: yes\nname: out\nordered: yes\nlarge_file: false\n"
        f"output_format: n-triples\n[dataset1]\nname: out\nmapping: {mapping}\n"
    )
    return (
        Call([str(python), "-m", "rdfizer", "-c", str(config)], folder / "out.nt", {})
        if python.exists()
        else None
    )


def rocket(job: str, mapping: Path, output: Path) -> Call | None:
    """RocketRML, which knows no graph maps."""
    modules = PEERS / "rocket" / "node_modules"
    if job == "graphs" or not modules.exists():
        return None
    script = str(Path(__file__).with_name("rocket.js"))
    return Call(["node", script, str(mapping), str(output)], output, {"NODE_PATH": str(modules)})


ENGINES: dict[str, Callable[[str, Path, Path], Call | None]] = {
    "lodgrants": lodgrants,
    "morph-kgc": morph,
    "sdm-rdfizer": sdm,
    "rocketrml": rocket,
}

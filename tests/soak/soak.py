"""Kills real runs of the graph at random moments and demands that the next run ends right.

    python tests/soak/soak.py --rounds 20 [--seed 1] [--folder DIR]

Works in a clone of this repository's HEAD with an environment of its own. A round damages
something or nothing, starts the graph, kills it (main process or whole group; SIGKILL, SIGINT,
SIGTERM), then runs it to the end. Right is: exit code 0 and the bytes that an undisturbed run
gave for the same input, or a refusal by the lock while an orphan still works. Then runs are
started in pairs, of which exactly one may proceed, and one with a limit on file sizes, which
stands for a full disk. Prints a summary; exit code 0 only with no wrong result.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Many small files, files from files, plots, Parquet, CSV; one code makes the other families too.
TASKS = ("ql_parity", "market_fit", "pde_order")
INPUT = "tests/data/dax_2002_07_05.json"
STATES = ((b"4468.17", b"4468.18"), (b"4468.18", b"4468.17"))  # the input, and back
ENVIRONMENT = {**os.environ, "REPRO_FAST": "1"}
WAIT = 60.0


class Graph:
    """A clone whose graph is run, killed and looked at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.doit = [str(folder / ".venv/bin/doit"), *TASKS]

    @classmethod
    def fresh(cls, folder: Path) -> Graph:
        """Clone HEAD, set it up, and make the evidence once."""
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), folder], check=True)
        subprocess.run(["./bootstrap.sh"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return cls(folder)

    def start(self, **options: object) -> subprocess.Popen[str]:
        """Start the graph in a process group of its own."""
        return subprocess.Popen(
            self.doit,
            cwd=self.folder,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **options,
        )

    def finish(self) -> tuple[int, str]:
        """Run to the end; while an orphan holds the lock, try again."""
        give_up = time.monotonic() + WAIT
        while True:
            process = self.start()
            said, _ = process.communicate()
            if "locked by" not in said or time.monotonic() > give_up:
                return process.returncode, said
            time.sleep(0.2)

    def artifacts(self) -> dict[str, str]:
        """Digest of every artifact of the tasks, receipts left out."""
        found = {}
        for path in sorted((self.folder / "docs/artifacts").rglob("*")):
            if path.is_file() and not path.name.endswith(".receipt.json"):
                name = path.relative_to(self.folder).as_posix()
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    def state(self) -> int:
        """Which of the two inputs lies there."""
        return int(STATES[1][0] in (self.folder / INPUT).read_bytes())

    def flip_input(self) -> None:
        """Exchange the input for the other one."""
        old, new = STATES[self.state()]
        path = self.folder / INPUT
        path.write_bytes(path.read_bytes().replace(old, new))


def damage(graph: Graph, chooser: random.Random) -> str:
    """Do one harm, or none; returns its name."""
    paths = [p for p in (graph.folder / "docs/artifacts").rglob("*") if p.is_file()]
    kind = chooser.choice(("nothing", "input", "delete", "flip", "cut", "database", "all"))
    if kind == "input":
        graph.flip_input()
    elif kind == "delete" and paths:
        for path in chooser.sample(paths, min(3, len(paths))):
            path.unlink()
    elif kind in ("flip", "cut") and paths:
        path = chooser.choice(paths)
        data = path.read_bytes()
        place = chooser.randrange(max(len(data), 1))
        flipped = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :] if data else b"x"
        path.write_bytes(flipped if kind == "flip" else data[:place])
    elif kind == "database":
        (graph.folder / ".doit.sqlite").unlink(missing_ok=True)
    elif kind == "all":
        for path in paths:
            path.unlink()
    return kind


def kill(process: subprocess.Popen[str], chooser: random.Random) -> bool:
    """Kill a run after a random time; whether it was still running."""
    time.sleep(chooser.uniform(0.0, 1.5))
    if process.poll() is not None:
        process.communicate()
        return False
    send = os.killpg if chooser.random() < 0.5 else os.kill
    send(
        process.pid, chooser.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM))
    )
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
    return True


def judge(graph: Graph, references: list[dict[str, str]], what: str, counts: Counter[str]) -> None:
    """Run to the end and compare with the undisturbed bytes."""
    code, said = graph.finish()
    if code != 0:
        counts["wrong"] += 1
        sys.stdout.write(f"WRONG after {what}: exit {code}\n{said}\n")
    elif graph.artifacts() != references[graph.state()]:
        counts["wrong"] += 1
        changed = set(graph.artifacts().items()) ^ set(references[graph.state()].items())
        sys.stdout.write(f"WRONG after {what}: bytes of {sorted({n for n, _ in changed})}\n")
    counts["judged"] += 1


def pairs(graph: Graph, count: int, counts: Counter[str]) -> None:
    """Start two runs at once; exactly one may proceed, the other is told who holds the lock."""
    for _ in range(count):
        target = graph.folder / "docs/artifacts/ql_parity/ql_parity.png"
        target.unlink(missing_ok=True)
        runs = [graph.start(), graph.start()]
        said = [run.communicate()[0] for run in runs]
        codes = sorted(run.returncode for run in runs)
        told = sum("locked by pid" in text for text in said)
        counts["pairs"] += 1
        if codes != [0, 2] or told != 1:
            counts["pairs_wrong"] += 1
            sys.stdout.write(f"WRONG pair: exits {codes}\n{said[0]}\n{said[1]}\n")


def comment_edit(graph: Graph, counts: Counter[str]) -> None:
    """A comment in a C++ source rebuilds the core to the same bytes and runs nothing else."""
    source = graph.folder / "core/src/black_scholes.cpp"
    source.write_text("// one line more at the head\n" + source.read_text())
    code, said = graph.finish()
    made = [line for line in said.splitlines() if line.startswith(".  ")]
    counts["made_after_comment"] = len(made)
    if code != 0 or made != [".  build"]:
        counts["wrong"] += 1
        sys.stdout.write(f"WRONG after a comment: exit {code}, made {made}\n")


def small_disk(graph: Graph, references: list[dict[str, str]], counts: Counter[str]) -> None:
    """A run that may write no file over 16 kB fails; the next one is right."""
    for path in (graph.folder / "docs/artifacts/market_fit").iterdir():
        path.unlink()
    limit = 16 << 10
    process = graph.start(
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    )
    process.communicate()
    if process.returncode == 0:
        counts["wrong"] += 1
        sys.stdout.write("WRONG: a run that could not write its files ended with 0\n")
    judge(graph, references, "a full disk", counts)


def main() -> int:
    """Soak as asked; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chooser = random.Random(options.seed)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="strikeproof-soak-") as folder:
        graph = Graph.fresh(Path(folder) / "clone")
        references: list[dict[str, str]] = []
        for _ in STATES:
            code, said = graph.finish()
            if code != 0:
                sys.stdout.write(said)
                return 1
            references.append(graph.artifacts())
            graph.flip_input()
        for number in range(options.rounds):
            harm = damage(graph, chooser)
            counts["killed"] += kill(graph.start(), chooser)
            judge(graph, references, f"round {number} ({harm})", counts)
        pairs(graph, options.pairs, counts)
        judge(graph, references, "pairs", counts)
        comment_edit(graph, counts)
        small_disk(graph, references, counts)
    names = ("killed", "judged", "wrong", "pairs", "pairs_wrong", "made_after_comment")
    sys.stdout.write(json.dumps({name: counts[name] for name in names}) + "\n")
    return 1 if counts["wrong"] or counts["pairs_wrong"] else 0


if __name__ == "__main__":
    raise SystemExit(main())

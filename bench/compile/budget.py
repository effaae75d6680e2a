#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What the compilers evaluate of models, counted.

    budget.py [--update] [--compiler g++] [filter...]

Finds for each case of bench/compile/budget.csv the smallest limit on constant evaluation with which it compiles,
`-fconstexpr-ops-limit` of g++ and `-fconstexpr-steps` of clang: an exact count, the same on any machine. Prints it
beside the budget, with the user seconds and the MiB that the compilation takes here; `--update` writes all that to the
file. Without it exits 1 if a case differs from its budget by more than 3 % of `apart`.

A case is a pass of bench/compile/passes.cpp and a number of ops (of variables in `variables`): `graph`, then
`gradients` besides, then `plan` besides; `apart` is what the pass adds to the one before it. A case that ends in .cpp
is a program of the repository, of which the largest evaluation is counted, with COUNT as ops. CTest looks at the cases
of 100 ops by tests/builds/budget.cmake, and holds 1,000 ops to 11 times the count of 100.
"""
import argparse
import csv
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FILE = HERE / "budget.csv"
COLUMNS = ["case", "ops", "compiler", "count", "apart", "seconds", "mib"]
LIMITS = {"g++": "-fconstexpr-ops-limit", "clang++-16": "-fconstexpr-steps"}
DEEP = {"g++": ["-fconstexpr-loop-limit=67108864"], "clang++-16": []}
BEFORE = {"gradients": "graph", "plan": "gradients"}  # the pass that a pass comes after
MOST = 1 << 31
TOLERANCE = 0.03


def source_of(row):
    return ROOT / row["case"] if row["case"].endswith(".cpp") else HERE / "passes.cpp"


def words(row, compiler, limit, precompiled=None):
    flags = ["-std=c++20", "-fsyntax-only", f"-I{ROOT / 'include'}", *DEEP[compiler], f"-DCOUNT={row['ops']}"]
    if not row["case"].endswith(".cpp"):
        flags.append(f"-DPASS={row['case']}")
    if precompiled:
        flags += ["-include", str(precompiled)]
    return [compiler, *flags, f"{LIMITS[compiler]}={limit}", str(source_of(row))]


def precompile(row, compiler, folder):
    """The headers of a source, which take longer than what is counted; the counts are the same."""
    header = folder / compiler / f"{source_of(row).stem}.hpp"
    if not header.exists():
        header.parent.mkdir(exist_ok=True)
        includes = [line for line in source_of(row).read_text().splitlines() if line.startswith("#include")]
        header.write_text("\n".join(includes) + "\n")
        flags = ["-std=c++20", f"-I{ROOT / 'include'}", f"{LIMITS[compiler]}={MOST}", "-x", "c++-header"]
        suffix = "gch" if compiler == "g++" else "pch"
        subprocess.run([compiler, *flags, str(header), "-o", f"{header}.{suffix}"], check=True)
    return header


def measure(row, compiler):
    """User seconds and MiB of a whole compilation."""
    process = subprocess.Popen(words(row, compiler, MOST), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    messages = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"budget: {row['case']} does not compile with {compiler}:\n{messages[:2000]}")
    return usage.ru_utime, usage.ru_maxrss / 1024


def count(row, compiler, precompiled):
    """The smallest limit, within 0.1 %; what was counted last is where the search begins."""

    def compiles(limit):
        return subprocess.run(words(row, compiler, limit, precompiled), capture_output=True).returncode == 0

    low, high = 0, int(row["count"] or 100000)
    while not compiles(high):
        low, high = high, 2 * high
    near = high - high // 32
    if low < near and not compiles(near):
        low = near
    while high - low > max(high // 1000, 1):
        middle = (low + high) // 2
        if compiles(middle):
            high = middle
        else:
            low = middle
    return high


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write what was found to budget.csv")
    parser.add_argument("--compiler", choices=LIMITS, help="this one alone")
    parser.add_argument("filters", nargs="*", help="parts of case/ops/, such as graph or /100/; any of them")
    options = parser.parse_args()

    with FILE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    with tempfile.TemporaryDirectory() as name:
        exceeded = look_at(rows, options, pathlib.Path(name))
    if options.update:
        with FILE.open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    elif exceeded:
        sys.exit("budget: a count is not what bench/compile/budget.csv says: run with --update, and say why")


def look_at(rows, options, folder):
    """Counts the cases that were asked for, in place; answers whether one is out of its budget."""
    counts = {(row["case"], row["ops"], row["compiler"]): int(row["count"] or 0) for row in rows}
    exceeded = False
    layout = "{:<34} {:>5}  {:<11} {:>11} {:>11} {:>8} {:>6}"
    print(layout.format("case", "ops", "compiler", "budget", "count", "seconds", "MiB"))
    for row in rows:
        compiler = row["compiler"]
        name = f"{row['case']}/{row['ops']}/"
        if options.filters and not any(part in name for part in options.filters):
            continue
        if options.compiler not in (None, compiler) or not shutil.which(compiler):
            continue
        seconds, mib = measure(row, compiler)
        found = count(row, compiler, precompile(row, compiler, folder))
        budget = int(row["count"] or 0)
        print(layout.format(row["case"], row["ops"], compiler, budget, found, f"{seconds:.2f}", f"{mib:.0f}"),
              flush=True)
        exceeded = exceeded or abs(found - budget) > TOLERANCE * int(row["apart"] or 0)
        counts[row["case"], row["ops"], compiler] = found
        apart = found - counts.get((BEFORE.get(row["case"]), row["ops"], compiler), 0)
        row.update(count=found, apart=apart, seconds=f"{seconds:.2f}", mib=f"{mib:.0f}")
    return exceeded


if __name__ == "__main__":
    main()

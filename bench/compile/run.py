#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What the compilers need for ambit and for what people compare it with.

    run.py --out build/bench/compile.csv [--slow] [filter...]

Writes `case,n,compiler,seconds,peak_mib`: user and system time of `-O2 -c`, and the largest memory of a
compiler process, medians of three. Prints a table of that with the budgets that the project keeps to, the
longest symbol of a deep model, and how many variables the compilers' default limits hold. Exits 1 only if
something that must compile does not.
"""
import argparse
import csv
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COMPILERS = ["g++", "clang++-16"]
REPEATS = 3

# (case, n, compiler) -> most seconds, most MiB
BUDGETS = {
    ("include_graphs", 0, "g++"): (1.0, None),
    ("include_ambit", 0, "g++"): (2.5, None),
    ("variables", 2000, "g++"): (4.0, 500),
    ("unrolled", 20, "g++"): (12.0, 1000),
    ("unrolled", 40, "g++"): (20.0, 1800),
    ("layers", 100, "g++"): (10.0, None),
    ("trainer", 32, "g++"): (6.0, None),
    ("elsewhere", 32, "g++"): (1.7, None),
    ("conv_trainer", 32, "g++"): (12.0, None),
}
LONGEST_SYMBOL = 1024  # bytes, in the model of 100 layers
FEWEST_VARIABLES = 300  # within default limits


class DoesNotCompile(Exception):
    pass


def limits_of_target(compiler):
    """The flags that the CMake target gives users, from where they are written."""
    variable = "ambit_gcc_budgets" if compiler == "g++" else "ambit_clang_budgets"
    return re.search(rf"set\({variable} ([^)]*)\)", (ROOT / "CMakeLists.txt").read_text()).group(1).split()


def command(compiler, source, output, n, limits):
    flags = ["-std=c++20", "-O2", *limits, f"-I{ROOT / 'include'}", f"-DCOUNT={n}"]
    return [compiler, *flags, "-c", str(source), "-o", str(output)]


def measure(words):
    """(seconds, MiB) of one compilation, its child processes included."""
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(words, stdout=messages, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            messages.seek(0)
            raise DoesNotCompile(messages.read().decode(errors="replace"))
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def cases(slow, folder):
    """(case, n, source, compilers)"""
    for name, header in [("graphs", "graphs.hpp"), ("model", "model/model.hpp"), ("ambit", "ambit.hpp")]:
        source = folder / f"include_{name}.cpp"
        source.write_text(f"#include <ambit/{header}>\n")
        yield f"include_{name}", 0, source, COMPILERS
    for n in [10, 100, 1000, 2000]:
        yield "variables", n, HERE / "variables.cpp", COMPILERS
    for n in [10, 50, 100]:
        yield "layers", n, HERE / "layers.cpp", COMPILERS
    for n in [20, 40]:
        yield "unrolled", n, HERE / "unrolled.cpp", COMPILERS
    for name in ["trainer", "elsewhere", "conv_trainer"]:
        yield name, 32, HERE / f"{name}.cpp", COMPILERS
    yield "dynamic_trainer", 32, HERE / "dynamic_trainer.cpp", COMPILERS
    kernels = folder / "dynamic_kernels.cpp"
    kernels.write_text("#include <ambit/dynamic_kernels.hpp>\n")
    yield "dynamic_kernels", 0, kernels, COMPILERS  # all of the library ambit::dynamic
    for n in [10, 100, 300] + ([1000] if slow else []):
        yield "hana_map", n, HERE / "hana_map.cpp", COMPILERS[:1]
    for n in [10, 50]:
        yield "dlib_layers", n, HERE / "dlib_layers.cpp", COMPILERS[:1]


def is_there(header):
    program = f"#if !__has_include(<{header}>)\n#error\n#endif\n"
    words = ["g++", "-E", "-x", "c++", "-"]
    return subprocess.run(words, input=program.encode(), capture_output=True).returncode == 0


def longest_symbol(compiler, folder):
    output = folder / "layers.o"
    words = command(compiler, HERE / "layers.cpp", output, 100, limits_of_target(compiler))
    subprocess.run(words, check=True)
    words = ["nm", "--format=just-symbols", str(output)]
    names = subprocess.run(words, check=True, capture_output=True, text=True)
    return max(len(line) for line in names.stdout.split())


def most_variables(compiler, folder):
    """The largest multiple of ten that compiles without any flags of ours."""

    def compiles(n):
        words = command(compiler, HERE / "variables.cpp", folder / "variables.o", n, [])
        return subprocess.run(words, capture_output=True).returncode == 0

    fits, too_many = 10, 5000
    while too_many - fits > 10:
        middle = (fits + too_many) // 20 * 10
        if compiles(middle):
            fits = middle
        else:
            too_many = middle
    return fits


def within(row):
    budget = BUDGETS.get(row[:3])
    if budget is None:
        return ""
    most_seconds, most_mib = budget
    words = f"at most {most_seconds:g} s" + (f" and {most_mib} MiB" if most_mib else "")
    kept = row[3] <= most_seconds and (most_mib is None or row[4] <= most_mib)
    return f"{words}: {'kept' if kept else 'EXCEEDED'}"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--slow", action="store_true", help="also the cases that take a minute each")
    parser.add_argument("filters", nargs="*", help="parts of case names; any of them")
    options = parser.parse_args()

    def is_wanted(case):
        return not options.filters or any(part in case for part in options.filters)

    compilers = [compiler for compiler in COMPILERS if shutil.which(compiler)]
    for compiler in COMPILERS:
        if compiler not in compilers:
            print(f"compile: {compiler} is not here; its rows are left out")
    without = set()
    for case, header in [("dlib_layers", "dlib/dnn.h"), ("hana_map", "boost/hana.hpp")]:
        if is_wanted(case) and not is_there(header):
            print(f"compile: {header} is not here; {case} is left out")
            without.add(case)

    rows, failed = [], False
    layout = "{:<14} {:>5}  {:<11} {:>8} {:>8}  {}"
    print(layout.format("case", "n", "compiler", "seconds", "MiB", ""))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for case, n, source, which in cases(options.slow, folder):
            if not is_wanted(case) or case in without:
                continue
            for compiler in [compiler for compiler in which if compiler in compilers]:
                words = command(compiler, source, folder / "case.o", n, limits_of_target(compiler))
                repeats = 1 if case == "hana_map" and n >= 1000 else REPEATS
                try:
                    runs = [measure(words) for _ in range(repeats)]
                except DoesNotCompile as why:
                    failed = True
                    message = f"compile: {case} with n = {n} does not compile with {compiler}:\n{why}"
                    print(message[:2000], file=sys.stderr)
                    continue
                row = (case, n, compiler, statistics.median(seconds for seconds, _ in runs),
                       statistics.median(mib for _, mib in runs))
                rows.append(row)
                line = layout.format(*row[:3], f"{row[3]:.2f}", f"{row[4]:.0f}", within(row))
                print(line.rstrip(), flush=True)

        for compiler in compilers:
            if is_wanted("layers") and not failed:
                longest = longest_symbol(compiler, folder)
                print(f"longest symbol of 100 layers, {compiler}: {longest} bytes, at most {LONGEST_SYMBOL}: "
                      f"{'kept' if longest <= LONGEST_SYMBOL else 'EXCEEDED'}", flush=True)
            if is_wanted("variables") and not failed:
                most = most_variables(compiler, folder)
                print(f"variables within default limits, {compiler}: {most}, at least {FEWEST_VARIABLES}: "
                      f"{'kept' if most >= FEWEST_VARIABLES else 'MISSED'}", flush=True)

    with options.out.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", "n", "compiler", "seconds", "peak_mib"])
        writer.writerows((*row[:3], f"{row[3]:.2f}", f"{row[4]:.0f}") for row in rows)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

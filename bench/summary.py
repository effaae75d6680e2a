#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Google Benchmark's files of all rounds -> summary.csv, and a table for people.

    summary.py --json folder --workloads bench/workloads.csv --out summary.csv [filter...]
    summary.py --json folder --workloads bench/workloads.csv --unsettled [filter...]

The files are named `program.round.json`. Exits 1 if a row that workloads.csv asks for is missing, or if a
contender's result was wrong; a row that misses its goal is shown as failing, and no more. What the core can do at
most (suite `limits`) is written beside the summary, as limits.csv. `--unsettled` prints a filter for Google Benchmark:
the workloads that need more rounds, since the lower bound of a row is more than 2 % below its ratio; nothing if there
are none.
"""
import argparse
import collections
import csv
import json
import math
import pathlib
import statistics
import sys

NANOSECONDS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
SLACK = 0.02  # what the machine's noise may cost
LIMITS = "limits"  # the suite of what the core can do at most

Times = collections.namedtuple("Times", "rounds checked error operations bytes bandwidth")


def read(folder):
    """(suite, workload, contender) -> Times; `rounds` maps a round to nanoseconds, of processor time most often.
    `operations` and `bytes` of a call and `bandwidth` are lists, a number a round, empty where nothing says them."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        text = path.read_text()
        if not text.strip():
            continue  # the filter left nothing of this program
        for run in json.loads(text)["benchmarks"]:
            if run.get("run_type", "iteration") != "iteration":
                continue
            suite, workload, contender = run["run_name"].split("/")
            times = found.setdefault((suite, workload, contender), Times({}, [], [], [], [], []))
            if run.get("error_occurred"):
                times.error.append(run["error_message"])
                continue
            moment = (path.name.split(".")[-2], run.get("repetition_index", 0))
            # What waits for a device says so, and is measured by the clock.
            time = run["real_time"] if run.get("elapsed") == 1 else run["cpu_time"]
            times.rounds[moment] = time * NANOSECONDS[run["time_unit"]]
            times.checked.append(run.get("checked") == 1)
            if "flops" in run:  # a second of processor time
                times.operations.append(run["flops"] * run["cpu_time"] * NANOSECONDS[run["time_unit"]] / 1e9)
            if "bytes" in run:
                times.bytes.append(run["bytes"])
            if "bytes_a_second" in run:
                times.bandwidth.append(run["bytes_a_second"])
    return found


def is_checked(times):
    return bool(times.checked) and all(times.checked) and not times.error


def lower_bound(ratios):
    """Lower 95 % bound of the median of paired ratios, from the sign test: the k-th smallest of n lies above
    the median with a probability of P(Binomial(n, 1/2) < k), so the largest k for which that is at most 5 %
    will do (the third smallest of eleven). It assumes nothing of how the ratios are distributed, and on a
    shared machine they have outliers. Under five ratios give no such bound; then it is the smallest."""
    ordered = sorted(ratios)
    n = len(ordered)
    k, probability = 0, 0.0
    while probability + math.comb(n, k) / 2**n <= 0.05:
        probability += math.comb(n, k) / 2**n
        k += 1
    return ordered[max(k, 1) - 1]


def limits_in(found):
    """What the core reached at most: (name, unit, rate a second), the multiply-adds first."""
    limits = []
    for (suite, workload, _), times in found.items():
        if suite != LIMITS or not times.rounds:
            continue
        if times.operations:
            limits.append((workload, "FLOP", max(times.operations) / (min(times.rounds.values()) / 1e9)))
        elif times.bandwidth:
            limits.append((workload, "byte", max(times.bandwidth)))
    return sorted(limits, key=lambda limit: (limit[1] != "FLOP", -limit[2]))


def rates(ambit, nanoseconds, limits):
    """ambit's GFLOP/s, what share of the core's most they are, and operations a byte; empty where unknown."""
    if not ambit.operations:
        return {"gflops": "", "share": "", "intensity": ""}
    operations = ambit.operations[0]
    rate = operations / nanoseconds
    most = next((limit for _, unit, limit in limits if unit == "FLOP"), 0) / 1e9
    return {
        "gflops": f"{rate:.4g}",
        "share": f"{rate / most:.3f}" if most else "",
        "intensity": f"{operations / ambit.bytes[0]:.4g}" if ambit.bytes else "",
    }


def is_settled(ambit, peer):
    """Whether more rounds would move the bound by less than noise does."""
    pairs = sorted(ambit.rounds.keys() & peer.rounds.keys())
    if not pairs:
        return False
    ratios = [peer.rounds[moment] / ambit.rounds[moment] for moment in pairs]
    return lower_bound(ratios) >= (1 - SLACK) * statistics.median(ratios)


def compare(suite, workload, ambit, peer_name, peer, goal, limits):
    """One row of summary.csv. Contenders of one round ran within seconds of each other: those are pairs."""
    pairs = sorted(ambit.rounds.keys() & peer.rounds.keys())
    ambit_ns = statistics.median(ambit.rounds[moment] for moment in pairs)
    peer_ns = statistics.median(peer.rounds[moment] for moment in pairs)
    low = lower_bound([peer.rounds[moment] / ambit.rounds[moment] for moment in pairs])
    return {
        "suite": suite,
        "workload": workload,
        "ambit_ns": f"{ambit_ns:.4g}" if ambit_ns < 1e4 else f"{ambit_ns:.0f}",
        "peer": peer_name,
        "peer_ns": f"{peer_ns:.4g}" if peer_ns < 1e4 else f"{peer_ns:.0f}",
        "speedup": f"{peer_ns / ambit_ns:.3f}",
        "low": f"{low:.3f}",
        "goal": goal,
        "checked": "yes" if is_checked(ambit) and is_checked(peer) else "no",
        **rates(ambit, ambit_ns, limits),
    }


def readable(nanoseconds):
    value = float(nanoseconds)
    for unit in ("ns", "us", "ms"):
        if value < 1000:
            break
        value /= 1000
    return f"{value:.3g} {unit}" if value < 1000 else f"{value:.0f} {unit}"


def verdict(row):
    if row["checked"] != "yes":
        return "WRONG"
    if not row["goal"]:
        return ""
    return "passes" if float(row["low"]) >= float(row["goal"]) - SLACK else "fails"


def print_table(rows):
    layout = "{:<30} {:>8} {:>5}  {:<15} {:>8} {:>8} {:>7} {:>5}  {:<6}"
    suite = workload = None
    for row in rows:
        if row["suite"] != suite:
            suite, workload = row["suite"], None
            print()
            print(layout.format(suite, "ambit", "peak", "peer", "time", "speedup", "low", "goal", "").rstrip())
        first = row["workload"] != workload
        workload = row["workload"]
        share = f"{100 * float(row['share']):.0f} %" if row["share"] else ""
        ours = (workload, readable(row["ambit_ns"]), share) if first else ("", "", "")
        numbers = f"{float(row['speedup']):.2f}", f"{float(row['low']):.2f}", row["goal"]
        print(layout.format(*ours, row["peer"], readable(row["peer_ns"]), *numbers, verdict(row)).rstrip())
    print()


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return "unknown processor"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=pathlib.Path, required=True)
    parser.add_argument("--workloads", type=pathlib.Path, required=True)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", type=pathlib.Path)
    what.add_argument("--unsettled", action="store_true")
    parser.add_argument("filters", nargs="*", help="parts of suite/workload; any of them")
    options = parser.parse_args()

    with options.workloads.open(newline="") as file:
        required = {(row["suite"], row["workload"], row["peer"]): row["goal"] for row in csv.DictReader(file)}
    wanted = [key for key in required
              if not options.filters or any(part in f"{key[0]}/{key[1]}" for part in options.filters)]
    if not wanted:
        parts = " or ".join(options.filters)
        sys.exit(f"summary: no workload of {options.workloads} has {parts} in its name")

    found = read(options.json)
    if options.unsettled:
        names = {f"{suite}/{workload}" for suite, workload, peer in wanted
                 if (suite, workload, "ambit") in found and (suite, workload, peer) in found
                 and not is_settled(found[suite, workload, "ambit"], found[suite, workload, peer])}
        if names:
            print("^(" + "|".join(sorted(names)).replace(".", "[.]") + ")/")
        return
    limits = limits_in(found)
    complaints = [f"{'/'.join(key)}: {times.error[0]}" for key, times in sorted(found.items())
                  if times.error]
    order = wanted + sorted(key for key in found if key[2] != "ambit" and key[0] != LIMITS and key not in required)
    rows = []
    for suite, workload, peer in order:
        ambit, other = found.get((suite, workload, "ambit")), found.get((suite, workload, peer))
        if ambit and other and ambit.rounds.keys() & other.rounds.keys():
            goal = required.get((suite, workload, peer), "")
            rows.append(compare(suite, workload, ambit, peer, other, goal, limits))
            if rows[-1]["checked"] != "yes":
                complaints.append(f"{suite}/{workload}/{peer}: a result was not checked, or wrong")
        elif (suite, workload, peer) in required:
            complaints.append(f"{suite}/{workload}/{peer}: this row is missing")

    columns = ["suite", "workload", "ambit_ns", "peer", "peer_ns", "speedup", "low", "goal", "checked",
               "gflops", "share", "intensity"]
    with options.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with options.out.with_name("limits.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["limit", "unit", "a_second"])
        writer.writerows((name, unit, f"{rate:.4g}") for name, unit, rate in limits)

    print_table(rows)
    judged = [row for row in rows if row["goal"]]
    rounds = max((len(times.rounds) for times in found.values()), default=0)
    print(f"{sum(verdict(row) == 'passes' for row in judged)} of {len(wanted)} required rows pass: "
          f"low >= goal - {SLACK}; medians of {rounds} rounds")
    for name, unit, rate in limits:
        print(f"{name}: {rate / 1e9:.3g} G{unit}{'s' if unit == 'byte' else ''}/s")
    print(f"on one core of {processor()}")
    for complaint in complaints:
        print(f"summary: {complaint}", file=sys.stderr)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()

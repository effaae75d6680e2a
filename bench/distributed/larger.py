#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Reads what bench_distributed has measured on a few ranks, says how that compares with the goals, and predicts the
time of a step on many machines.

    larger.py build/bench/distributed.csv

An all-reduce of n bytes over R machines takes 2 ceil(log2 R) messages one after the other, and sends 2 (R - 1) / R n
bytes through each machine's network (R. Thakur, R. Rabenseifner, W. Gropp, "Optimization of collective communication
operations in MPICH", 2005): 2 ceil(log2 R) latency + 2 (R - 1) / R n / bandwidth. The way back from the loss, two
thirds of a step, completes the buckets of the plan at equal distances, the last one at its end; they travel one after
the other, and a step ends with the last. Computing takes as long for an example whatever the batch, which is too good
where the update of the weights takes most of a step.
"""
import csv
import math
import sys

LATENCY_NS = {10: 20_000, 100: 5_000, 400: 2_500}  # of one message between two machines, as clusters of each kind have
RANKS = [2, 4, 8, 16, 64, 256, 1024, 4096]


def all_reduce_ns(ranks, size, latency_ns, bytes_a_ns):
    """Of `size` bytes over so many machines."""
    if ranks == 1:
        return 0
    return 2 * math.ceil(math.log2(ranks)) * latency_ns + 2 * (ranks - 1) / ranks * size / bytes_a_ns


def step_ns(compute_ns, ranks, buckets, latency_ns, bytes_a_ns):
    """A step whose buckets, of so many bytes each, travel one after the other while the way back goes on."""
    arrival = 0
    for number, size in enumerate(buckets, start=1):
        complete = compute_ns / 3 + compute_ns * 2 / 3 * number / len(buckets)
        arrival = max(arrival, complete) + all_reduce_ns(ranks, size, latency_ns, bytes_a_ns)
    return arrival


def fit(messages):
    """Latency in ns and bytes a ns of (bytes, ns): least squares of relative errors."""
    sums = [0.0] * 5
    for size, time in messages:
        weight = 1 / time**2
        for i, term in enumerate((weight, weight * size, weight * size**2, weight * time, weight * size * time)):
            sums[i] += term
    one, size, square, time, both = sums
    slope = (one * both - size * time) / (one * square - size**2)
    return max(0, (time - slope * size) / one), 1 / slope


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = [(measure, workload, int(ranks), int(size), int(ns))
                for measure, workload, ranks, size, ns in csv.reader(file)]
    found = {(measure, workload, ranks): ns for measure, workload, ranks, _, ns in rows}
    bytes_of = {workload: size for measure, workload, _, size, _ in rows if measure == "ranks_step"}
    buckets_of = {net: [size for measure, of, ranks, size, _ in rows if (measure, of, ranks) == ("bucket", net, 1)]
                  for net in bytes_of}
    for net in bytes_of:
        plain, one = found["plain_step", net, 1], found["one_rank_step", net, 1]
        print(f"{net}: plain step {plain / 1e3:.0f} us, data_parallel on one rank {one / plain:.3f} of it (goal: 1.02)")
        for ranks in sorted({row[2] for row in rows if row[2] > 1}):
            plain = found["plain_step", net, ranks]
            step, way = found["ranks_step", net, ranks], found["on_the_way", net, ranks]
            waited = found["waited", net, ranks]
            buckets, flat = found["all_reduce_in_buckets", net, ranks], found["all_reduce_flat", net, ranks]
            print(f"  {ranks} ranks: step {step / 1e3:.0f} us (the plain one beside the others {plain / 1e3:.0f});"
                  f" waited {waited / 1e3:.0f} us, hidden {100 * (1 - waited / max(way, 1)):.0f} % of {way / 1e3:.0f};"
                  f" all gradients in buckets {buckets / flat:.2f} of one MPI_Allreduce of {flat / 1e3:.0f} us"
                  " (goal: 1.1)")
    plain, shards = found["plain_step", "mlp_32", 1], found["shards_step", "mlp_4_shards_of_8", 1]
    print(f"mlp in 4 shards on one rank: {shards / plain:.2f} of the plain step")

    for ranks in sorted({row[2] for row in rows if row[0] == "message"}):
        messages = [(size, ns) for measure, _, of, size, ns in rows if measure == "message" and of == ranks]
        latency, bandwidth = fit(messages)
        print(f"\nMPI_Allreduce on {ranks} ranks of this machine: {latency / 1e3:.1f} us"
              f" + bytes / {bandwidth:.2f} GB/s")
        print("  bytes        measured  fitted")
        for size, ns in messages:
            print(f"  {size:<11,} {ns / 1e3:8.1f} us {(latency + size / bandwidth) / 1e3:8.1f} us")
        # One message each way is half of the constant; of 2 (R - 1) / R n bytes the fit knows n.
        messages_in_turn, share = 2 * math.ceil(math.log2(ranks)), 2 * (ranks - 1) / ranks
        for net, size in bytes_of.items():
            flat, plain = found["all_reduce_flat", net, ranks], found["plain_step", net, ranks]
            step = step_ns(plain, ranks, buckets_of[net], latency / messages_in_turn, bandwidth * share)
            sum_of_all = latency + size / bandwidth
            print(f"  {net}, {size:,} bytes: all-reduce {flat / 1e3:.0f} us, predicted {sum_of_all / 1e3:.0f};"
                  f" step {found['ranks_step', net, ranks] / 1e3:.0f} us, predicted {step / 1e3:.0f}")

    for net, buckets in buckets_of.items():
        compute = found["one_rank_step", net, 1]
        print(f"\n{net}: share of a step of {compute / 1e6:.2f} ms that computes;"
              " weak: 32 examples a machine, strong: 4,096 in all")
        print("  ranks   " + "".join(f"  {gbit} Gbit/s weak strong" for gbit in LATENCY_NS))
        for ranks in RANKS:
            line = f"  {ranks:<8,}"
            for gbit, latency in LATENCY_NS.items():
                weak = compute / step_ns(compute, ranks, buckets, latency, gbit / 8)
                whole = compute * 4096 / 32  # on one machine
                strong = whole / ranks / step_ns(whole / ranks, ranks, buckets, latency, gbit / 8)
                line += f"{100 * weak:12.0f} % {100 * strong:6.0f} %"
            print(line)


if __name__ == "__main__":
    main()

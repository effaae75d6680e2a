# SPDX-License-Identifier: BSL-1.0
"""What bench/summary.py and bench/pictures.py make of the files of some rounds. Argument: the folder bench."""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

BENCH = pathlib.Path(sys.argv.pop(1))
WORKLOADS = "suite,workload,peer,goal\ngemm,square_4,slow,1.00\ngemm,square_4,fast,1.10\nrows,relu,fast,1.00\n"


def run(name, nanoseconds, **counters):
    return {"run_name": name, "run_type": "iteration", "cpu_time": nanoseconds, "real_time": nanoseconds * 7,
            "time_unit": "ns", "checked": 1, **counters}


class Rounds(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.place.name)
        (self.folder / "json").mkdir()
        (self.folder / "workloads.csv").write_text(WORKLOADS)

    def tearDown(self):
        self.place.cleanup()

    def write(self, number, *runs):
        (self.folder / "json" / f"bench.all.{number}.json").write_text(json.dumps({"benchmarks": runs}))

    def rounds(self, count, noise=lambda number: 1.0):
        """ambit: 4 FLOP a nanosecond, half of the limit, 8 operations a byte; one peer at half, one at 1.2 of it."""
        for number in range(1, count + 1):
            self.write(number,
                       run("gemm/square_4/ambit", 100, flops=4e9, bytes=50),
                       run("gemm/square_4/slow", 200),
                       run("gemm/square_4/fast", 120 * noise(number)),
                       run("rows/relu/ambit", 10),
                       run("rows/relu/fast", 9),
                       run("limits/multiply_add/core", 1000, flops=8e9),
                       run("limits/read_16_KiB/core", 1000, bytes_a_second=6e9))

    def summary(self, *more, status=0):
        command = [sys.executable, BENCH / "summary.py", "--json", self.folder / "json",
                   "--workloads", self.folder / "workloads.csv", *more]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def rows(self):
        with (self.folder / "summary.csv").open(newline="") as file:
            return {(row["workload"], row["peer"]): row for row in csv.DictReader(file)}

    def out(self):
        return "--out", self.folder / "summary.csv"

    def test_ratios_and_rates(self):
        self.rounds(11)
        done = self.summary(*self.out())
        row = self.rows()["square_4", "fast"]
        self.assertEqual((row["speedup"], row["low"], row["checked"]), ("1.200", "1.200", "yes"))
        self.assertEqual((row["gflops"], row["share"], row["intensity"]), ("4", "0.500", "8"))
        self.assertEqual(self.rows()["relu", "fast"]["share"], "")
        self.assertIn("50 %", done.stdout)
        self.assertIn("2 of 3 required rows pass", done.stdout)
        self.assertEqual((self.folder / "limits.csv").read_text(),
                         "limit,unit,a_second\nmultiply_add,FLOP,8e+09\nread_16_KiB,byte,6e+09\n")

    def test_a_missing_row_and_a_wrong_result_fail(self):
        self.write(1, run("gemm/square_4/ambit", 1), run("gemm/square_4/slow", 1), run("rows/relu/ambit", 1),
                   {**run("rows/relu/fast", 1), "checked": 0})
        done = self.summary(*self.out(), status=1)
        self.assertIn("gemm/square_4/fast: this row is missing", done.stderr)
        self.assertIn("rows/relu/fast: a result was not checked, or wrong", done.stderr)

    def test_rounds_go_on_where_a_bound_is_far(self):
        self.rounds(11)
        self.assertEqual(self.summary("--unsettled").stdout, "")
        self.rounds(11, noise=lambda number: 1.0 if number % 2 else 0.9)
        self.assertEqual(self.summary("--unsettled").stdout, "^(gemm/square_4)/\n")
        self.assertEqual(self.summary("--unsettled", "relu").stdout, "")

    def test_pictures(self):
        self.rounds(11)
        self.summary(*self.out())
        subprocess.run([sys.executable, BENCH / "pictures.py", self.folder / "summary.csv", self.folder], check=True)
        trees = [xml.etree.ElementTree.parse(self.folder / name).getroot() for name in ("speed.svg", "roofline.svg")]
        tag = "{http://www.w3.org/2000/svg}"
        bars = [bar.get("class") for bar in trees[0].iter(tag + "rect")]
        self.assertEqual(bars, ["page", "faster", "slower"])  # the best peer of each workload alone
        words = [text.text for text in trees[0].iter(tag + "text")]
        self.assertIn("1.20 × fast", words)
        self.assertNotIn("2.00 × slow", words)
        self.assertEqual(len(list(trees[1].iter(tag + "circle"))), 1)  # relu does not say its operations
        self.assertEqual(len([line for line in trees[1].iter(tag + "line") if line.get("class") == "roof"]), 2)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""summary.csv -> speed.svg, a bar a workload, and roofline.svg, a point a workload; limits.csv lies beside it.

    pictures.py summary.csv folder

A bar is how many times as fast as the best peer ambit is. A point is ambit's rate at its operations a byte, under the
roofs that the core and each level of its memory set. A picture for which there is nothing to draw is not written.
"""
import csv
import html
import math
import pathlib
import sys

STYLE = """<style>
  text { font: 12px sans-serif; fill: #1b1f24 } .small { font-size: 10px; fill: #57606a }
  .suite { font-weight: bold } .page { fill: #ffffff } .axis { stroke: #8c959f } .grid { stroke: #d0d7de }
  .faster { fill: #2da44e } .slower { fill: #d4a72c } .roof { stroke: #0969da; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #9198a1 } .page { fill: #0d1117 } .axis { stroke: #6e7681 }
    .grid { stroke: #30363d } .roof { stroke: #58a6ff }
  }
</style>"""


class Picture:
    def __init__(self, width, height, title):
        self.parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
                      f'viewBox="0 0 {width} {height}" role="img"><title>{html.escape(title)}</title>',
                      STYLE, f'<rect class="page" width="{width}" height="{height}"/>']

    def line(self, x1, y1, x2, y2, kind):
        self.parts.append(f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')

    def bar(self, x, y, width, height, kind, hint):
        self.parts.append(f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
                          f"<title>{html.escape(hint)}</title></rect>")

    def dot(self, x, y, kind, hint):
        self.parts.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{html.escape(hint)}</title>'
                          "</circle>")

    def words(self, x, y, text, kind="", anchor="start"):
        self.parts.append(f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
                          f"{html.escape(text)}</text>")

    def text(self):
        return "\n".join([*self.parts, "</svg>\n"])


def best_rows(rows):
    """The row of the fastest peer of each workload, in the order of the file; rows that were not checked are none."""
    best = {}
    for row in rows:
        key = row["suite"], row["workload"]
        if row["checked"] != "yes":
            continue
        if key not in best or float(row["peer_ns"]) < float(best[key]["peer_ns"]):
            best[key] = row
    return list(best.values())


def speed(rows):
    """Bars from 1 to the ratio, on a logarithmic axis from a quarter to four."""
    if not rows:
        return None
    left, width, height, most = 250, 440, 16, 4.0
    suites = len({row["suite"] for row in rows})
    bottom = 40 + len(rows) * height + suites * 22
    picture = Picture(left + width + 190, bottom + 10, "The speed of ambit as a multiple of the best peer's")

    def place(ratio):
        return left + width * (0.5 + 0.5 * math.log(min(max(ratio, 1 / most), most)) / math.log(most))

    for mark in (0.25, 0.5, 1, 2, 4):
        picture.line(place(mark), 30, place(mark), bottom, "axis" if mark == 1 else "grid")
        picture.words(place(mark), 22, f"{mark:g} ×", "small", "middle")
    y, suite = 34, None
    for row in rows:
        if row["suite"] != suite:
            suite = row["suite"]
            picture.words(10, y + 16, suite, "suite")
            y += 22
        ratio = float(row["speedup"])
        begin, end = sorted((place(1), place(ratio)))
        hint = f"{row['ambit_ns']} ns, {row['peer']} {row['peer_ns']} ns"
        picture.bar(begin, y + 3, max(end - begin, 0.5), height - 6, "faster" if ratio >= 1 else "slower", hint)
        picture.words(left - 10, y + 12, row["workload"].replace("_", " "), anchor="end")
        picture.words(left + width + 10, y + 12, f"{ratio:.2f} × {row['peer']}", "small")
        y += height
    return picture.text()


def roofline(rows, limits):
    """Rates over operations a byte, both logarithmic."""
    points = [row for row in rows if row.get("intensity")]
    peak = next((float(limit["a_second"]) / 1e9 for limit in limits if limit["unit"] == "FLOP"), 0)
    levels = [(limit["limit"], float(limit["a_second"]) / 1e9) for limit in limits if limit["unit"] == "byte"]
    if not points or not peak or not levels:
        return None
    left, top, width, height = 60, 20, 720, 420
    low_x, high_x = 0.125, 1024.0
    high_y, low_y = 2 * peak, peak / 200
    picture = Picture(left + width + 20, top + height + 50, "ambit's rates under the roofs of the core")

    def x_of(intensity):
        return left + width * math.log(intensity / low_x) / math.log(high_x / low_x)

    def y_of(rate):
        return top + height * (1 - math.log(rate / low_y) / math.log(high_y / low_y))

    for power in range(-3, 11):
        picture.line(x_of(2.0**power), top, x_of(2.0**power), top + height, "grid")
        picture.words(x_of(2.0**power), top + height + 16, f"{2.0**power:g}", "small", "middle")
    for decade in range(-2, 5):
        for digit in (1, 2, 5):
            rate = digit * 10.0**decade
            if low_y <= rate <= high_y:
                picture.line(left, y_of(rate), left + width, y_of(rate), "grid")
                picture.words(left - 6, y_of(rate) + 4, f"{rate:g}", "small", "end")
    picture.words(left + width / 2, top + height + 36, "operations a byte", "small", "middle")
    picture.words(left, top - 6, "GFLOP/s", "small", "middle")
    picture.line(x_of(peak / max(rate for _, rate in levels)), y_of(peak), left + width, y_of(peak), "roof")
    picture.words(left + width - 4, y_of(peak) - 6, f"multiply-adds, {peak:.3g} GFLOP/s", "small", "end")
    for name, rate in levels:
        begin = max(low_x, low_y / rate)
        picture.line(x_of(begin), y_of(begin * rate), x_of(peak / rate), y_of(peak), "roof")
        picture.words(x_of(begin) + 6, y_of(begin * rate) - 8, f"{name.replace('_', ' ')}, {rate:.3g} GB/s", "small")
    for row in points:
        rate, intensity = float(row["gflops"]), float(row["intensity"])
        x, y = x_of(min(max(intensity, low_x), high_x)), y_of(min(max(rate, low_y), high_y))
        picture.dot(x, y, "faster" if float(row["speedup"]) >= 1 else "slower",
                    f"{row['workload']}: {rate:.3g} GFLOP/s, {float(row['speedup']):.2f} × {row['peer']}")
        picture.words(x + 7, y + 4, row["workload"].replace("_", " "), "small")
    return picture.text()


def read(path):
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: pictures.py summary.csv folder")
    summary, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    rows = best_rows(read(summary))
    for name, picture in (("speed", speed(rows)),
                          ("roofline", roofline(rows, read(summary.with_name("limits.csv"))))):
        if picture is not None:
            (folder / f"{name}.svg").write_text(picture)


if __name__ == "__main__":
    main()

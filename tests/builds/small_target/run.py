# SPDX-License-Identifier: BSL-1.0
"""Programs with models on microcontrollers that QEMU plays: they give the bits of a desktop's reproducible build, have
neither heap nor files, and take what the model, the linker and the compiler say.

    run.py --compiler arm-none-eabi-g++ --qemu qemu-system-arm --host g++ --root TREE --work FOLDER [--table]
           [--aarch64 aarch64-linux-gnu-g++ --qemu-aarch64 qemu-aarch64] [--all]

With --aarch64 a program for that processor has the same bits, too. With --all so has the trainer on each machine, and
without int8 the net that is served. With --table it says what all programs take on all machines, as a table of the
guide.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

MACHINES = {"Cortex-M4": ("-mcpu=cortex-m4", "mps2-an386"), "Cortex-M55": ("-mcpu=cortex-m55+nomve", "mps3-an547")}
LIMITS = ["-fconstexpr-ops-limit=4294967296", "-fconstexpr-loop-limit=67108864"]
REPRODUCIBLE = ["-DAMBIT_REPRODUCIBLE", "-ffp-contract=off"]
OPTIONS = ["-std=c++20", "-Os", "-mthumb", "-mfloat-abi=hard", "-fno-exceptions", "-fno-rtti", "-fno-math-errno",
           "-DNDEBUG", "-ffunction-sections", "-fdata-sections", "-fcallgraph-info=su", "-Wall", "-Wextra", "-Werror",
           "-Wno-psabi", *LIMITS]
# What a program without heap, files and exceptions has nothing of.
UNWANTED = re.compile(r"^(_?malloc(_r)?|_?free(_r)?|_?sbrk(_r)?|f?open|_?fopen.*|__cxa_throw|_Znw.*|_Zna.*|_ZTI.*)$")


def run(command, errors=subprocess.PIPE, **options):
    command = [str(word) for word in command]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=errors, text=True, timeout=1200, check=False,
                          **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}\nended with {done.returncode}")
    return done.stdout


def values_of(text):
    """`{"bits": …, "stack": …}` of what a program prints: a name and a number a line."""
    return {name: int(number, 16) for name, number in re.findall(r"^(\w+) ([0-9a-f]{16})$", text, re.M)}


class builder:
    def __init__(self, given):
        self.given, self.folder = given, given.root / "tests/builds/small_target"
        self.work = given.work
        self.work.mkdir(parents=True, exist_ok=True)
        # Of the host's headers only these: its C library is not the machine's.
        self.headers = self.work / "headers"
        self.headers.mkdir(exist_ok=True)
        wanted = "#include <xsimd/config/xsimd_config.hpp>\n#include <boost/hana/config.hpp>\n"
        listed = run([given.host, "-M", "-x", "c++", "-"], input=wanted)
        for name in ("xsimd", "boost"):
            link = self.headers / name
            if not link.is_symlink():
                link.symlink_to(re.search(rf"(\S*/{name})/", listed)[1])

    def desktop(self, name):
        program = self.work / f"{name}.desktop"
        run([self.given.host, "-std=c++20", "-O1", *REPRODUCIBLE, *LIMITS, "-I", self.given.root / "include",
             self.folder / f"{name}.cpp", "-o", program])
        return values_of(run([program]))

    def aarch64(self, name):
        program = self.work / f"{name}.aarch64"
        run([self.given.aarch64, "-std=c++20", "-O1", "-static", "-DAMBIT_WITHOUT_XTENSOR", *REPRODUCIBLE, *LIMITS,
             "-I", self.given.root / "include", "-isystem", self.headers, self.folder / f"{name}.cpp", "-o", program])
        return values_of(run([self.given.qemu_aarch64, program]))

    def machine(self, name, machine, options):
        """What the program printed, and what it takes."""
        processor, board = MACHINES[machine]
        stem = self.work / f"{name}.{board}{'.reproducible' if options else ''}"
        tools = self.given.compiler.removesuffix("g++")
        objects = []
        for source in (name, "start"):
            objects.append(pathlib.Path(f"{stem}.{source}.o"))
            run([self.given.compiler, processor, *OPTIONS, *options, "-I", self.given.root / "include",
                 "-isystem", self.headers, "-c", self.folder / f"{source}.cpp", "-o", objects[-1]])
        program, link_map = f"{stem}.elf", f"{stem}.map"
        run([self.given.compiler, processor, *OPTIONS, *objects, "-o", program, "-nostartfiles", "--specs=nosys.specs",
             "-Wl,--gc-sections", f"-Wl,-Map={link_map}", f"-T{self.folder / 'cortex_m.ld'}"])
        # What a program says by semihosting comes from QEMU's standard error output.
        printed = values_of(run([self.given.qemu, "-M", board, "-nographic", "-monitor", "none", "-serial", "none",
                                 "-semihosting-config", "enable=on,target=native", "-kernel", program],
                                errors=subprocess.STDOUT, stdin=subprocess.DEVNULL))
        taken = json.loads(run([sys.executable, self.given.root / "scripts/code_and_stack", program, link_map,
                                objects[0].with_suffix(".ci"), "--nm", f"{tools}nm", "--json"]))
        self.look_at(f"{name} on {machine}", program, tools, printed, taken)
        return printed, taken

    def look_at(self, what, program, tools, printed, taken):
        names = run([f"{tools}nm", program]).split()
        if unwanted := sorted({n for n in names if UNWANTED.match(n)}):
            sys.exit(f"{what} has {', '.join(unwanted)}")
        sizes = {n: int(s) for n, s in re.findall(r"^(\.[\w.]+)\s+(\d+)", run([f"{tools}size", "-A", program]), re.M)}
        of_sections = sum(sizes.get(s, 0) for s in (".text", ".ARM.exidx", ".data"))
        if taken["flash"] != of_sections or sum(taken["parts"].values()) > of_sections:
            sys.exit(f"{what}: flash {taken['flash']}, of its sections {of_sections}, of its parts {taken['parts']}")
        objects = {n.removeprefix("(anonymous namespace)::"): size for n, size in taken["objects"].items()}
        for name in ("variables", "net"):
            if objects.get(name) != printed[name]:
                sys.exit(f"{what}: the model says that {name} has {printed[name]}, the linker {objects.get(name)}")
        if not 0 < printed["stack"] <= taken["stack"] + 256:  # functions of libraries, start.cpp
            sys.exit(f"{what}: the stack was {printed['stack']} deep, at most {taken['stack']} are known")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    for name in ("compiler", "qemu", "host"):
        options.add_argument(f"--{name}", required=True)
    options.add_argument("--root", type=pathlib.Path, required=True)
    options.add_argument("--work", type=pathlib.Path, required=True)
    options.add_argument("--aarch64", help="a compiler")
    options.add_argument("--qemu-aarch64")
    options.add_argument("--all", action="store_true")
    options.add_argument("--table", action="store_true")
    given = options.parse_args()
    build = builder(given)
    if given.table:
        print("| program | processor | build | flash | RAM | stack |\n|---|---|---|---|---|---|")
        for name in ("policy", "trainer", "served", "served_int8"):
            for machine in MACHINES:
                for kind, added in (("", []), ("reproducible", REPRODUCIBLE)):
                    printed, taken = build.machine(name, machine, added)
                    print(f"| {name} | {machine} | {kind} | {taken['flash']:,} | {taken['RAM']:,} "
                          f"| {printed['stack']:,} of {taken['stack']:,} |", flush=True)
        return
    wanted = build.desktop("trainer")["bits"]
    if given.aarch64 and given.qemu_aarch64:
        bits = build.aarch64("trainer")["bits"]
        print(f"trainer on AArch64: {bits:016x}")
        if bits != wanted:
            sys.exit(f"a desktop has {wanted:016x}")
    for machine in MACHINES if given.all else ["Cortex-M55"]:
        printed, taken = build.machine("trainer", machine, REPRODUCIBLE)
        print(f"trainer on {machine}: {printed['bits']:016x}, flash {taken['flash']}, RAM {taken['RAM']}")
        if printed["bits"] != wanted:
            sys.exit(f"a desktop has {wanted:016x}")
    limits = {"served": 16384, "served_int8": 8192}
    for name, flash in limits.items() if given.all else [("served_int8", limits["served_int8"])]:
        printed, taken = build.machine(name, "Cortex-M4", REPRODUCIBLE)
        wanted = build.desktop(name)["bits"]
        if printed["bits"] != wanted:
            sys.exit(f"{name}: {printed['bits']:016x}, a desktop has {wanted:016x}")
        _, taken = build.machine(name, "Cortex-M4", [])
        print(f"{name} on Cortex-M4: flash {taken['flash']}, RAM {taken['RAM']}")
        if taken["flash"] > flash:
            sys.exit(f"that is more than {flash} bytes of flash")
    _, taken = build.machine("policy", "Cortex-M4", [])
    print(f"policy on Cortex-M4: flash {taken['flash']}, RAM {taken['RAM']}, stack {taken['stack']}")
    if taken["flash"] > 16384:
        sys.exit("that is more than 16 KiB of flash: code_and_stack says what came in")


if __name__ == "__main__":
    main()

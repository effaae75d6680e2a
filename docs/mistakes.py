# SPDX-License-Identifier: BSL-1.0
"""A page for each mistake that the compiler tells: a program that makes it, what g++ and clang say, and what the program
should have said. All of it from the refused programs of the tests, compiled here and now, so that no page grows old.

    python3 docs/mistakes.py --out build/site/pages [--gcc g++] [--clang clang++-16] [--only variable_exists]
    python3 docs/mistakes.py --list              # each mistake and the refused program of its page

Fails if a mistake has no refused program, or a compiler does not say its sentence.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
MISTAKES = ROOT / "include/ambit/diagnostics/mistakes.hpp"
CASES = ROOT / "tests/compile_fail"
BUDGETS = {
    "gcc": ["-fconstexpr-ops-limit=4294967296", "-fconstexpr-loop-limit=67108864"],
    "clang": ["-fconstexpr-steps=1073741824", "-ferror-limit=0", "-fno-caret-diagnostics",
              "-fconstexpr-backtrace-limit=0"],
}
ONLY_THROWN = {"output_overlap", "moved_from"}  # sentences that assertions could say, but nothing the compiler knows
WIDTH = 100  # of a compiler's line on a page


def kinds_and_sentences():
    """The mistakes that a compiler tells, in their order, and those that only a program at run time makes."""
    source = MISTAKES.read_text()
    first, second = source.split("#define AMBIT_THROWN_MISTAKES", 1)
    told = re.findall(r"KIND\(([a-z_]+)\)", first)
    thrown = re.findall(r"KIND\(([a-z_]+)\)", second.split("#define AMBIT_ADVICE", 1)[0])
    sentences = {}
    for kind, literals in re.findall(r'#define AMBIT_ADVICE_([a-z_]+) (?:\\\n)?((?:[ \\\n]*"(?:[^"\\]|\\.)*")+)', source):
        sentences[kind] = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)).replace('\\"', '"')
    return told, thrown, sentences


def case_of(kind, cases):
    """The refused program whose page it is: that of its name, or the shortest that makes nothing but this mistake."""
    fitting = [path for path, text in cases.items() if re.search(rf"ambit\\\] {kind}: ", text)]
    alone = [path for path in fitting if len(set(re.findall(r"ambit\\\] ([a-z_]+): ", cases[path]))) == 1]
    return min(alone or fitting, key=lambda path: (path.stem != kind, len(cases[path]), path), default=None)


def head_and_program(text):
    """What a refused program says of itself, the flags of each compiler, and its two halves: with the mistake, and
    without. (tests/compile_fail/check.cmake knows the words at its top.)"""
    lines = text.rstrip("\n").split("\n")[1:]
    said, flags = [], {"gcc": [], "clang": []}
    while lines and lines[0].startswith("//"):
        line = lines.pop(0)[3:]
        word = re.match(r"(expect|reject|lines|errors|others|flags|allow|prefix)(?:\((gcc|clang)\))?: +(.*)", line)
        if not word:
            said.append(line)
        elif word[1] == "flags":
            for family in [word[2]] if word[2] else flags:
                flags[family] += shlex.split(word[3])
    return " ".join(said), flags, half(lines, True), half(lines, False)


def half(lines, with_mistake):
    kept, stack = [], []
    for line in lines:
        word = line.strip()
        if word.startswith(("#ifdef AMBIT_MISTAKE", "#if defined(AMBIT_MISTAKE")):
            stack.append(with_mistake)
        elif word.startswith("#ifndef AMBIT_MISTAKE"):
            stack.append(not with_mistake)
        elif word.startswith(("#if", "#ifdef", "#ifndef")):
            stack.append(None)
            kept.append(line)
        elif word.startswith("#else") and stack and stack[-1] is not None:
            stack[-1] = not stack[-1]
        elif word.startswith("#endif") and stack:
            if stack.pop() is None:
                kept.append(line)
        elif all(entry is not False for entry in stack):
            kept.append(line)
    return kept


def compiled(family, compiler, flags, path, program, folder):
    """What a compiler says of a program, in its own words; the file has the name of the refused program."""
    place = folder / family / path.stem
    place.mkdir(parents=True, exist_ok=True)
    file = place / path.name
    file.write_text("\n".join(program) + "\n")
    command = [compiler, "-std=c++20", "-fsyntax-only", *BUDGETS[family], *flags, "-DAMBIT_MISTAKE",
               f"-I{ROOT / 'include'}",
               f"-I{path.parent}", "-I" + str(ROOT / "tests"), path.name]
    run = subprocess.run(command, cwd=place, capture_output=True, text=True,
                         env={**os.environ, "LC_ALL": "C", "GCC_COLORS": ""}, check=False)
    return run.returncode, run.stderr


def shortened(said, file):
    """The errors, and of the rest what names the user's file."""
    kept = []
    for line in said.replace(str(ROOT / "include") + "/", "").split("\n"):
        is_error = "error:" in line and "too many errors" not in line
        is_own = line.startswith(file) and ("required from" in line or "note:" in line)
        if "[with Mistake = " in line and "In instantiation of" in line:
            is_error = True
        if is_error or is_own:
            kept.append(line.strip())
    return "\n".join(part for line in list(dict.fromkeys(kept))
                     for part in textwrap.wrap(line, WIDTH, subsequent_indent="    ", break_long_words=False,
                                               break_on_hyphens=False))


def page(kind, sentence, path, text, compilers, folder):
    why, flags, wrong, right = head_and_program(text)
    parts = [f"# {kind} {{#mistake_{kind}}}", "", f"`[ambit] {kind}: {sentence}`", "", why, "", "## A program that makes it",
             "", "```cpp", *wrong, "```", ""]
    for family, compiler in compilers.items():
        code, said = compiled(family, compiler, flags[family], path, wrong, folder)
        if code == 0 or f"[ambit] {kind}: " not in said:
            raise SystemExit(f"mistakes: {compiler} does not say '{kind}' of {path.relative_to(ROOT)}")
        name = {"gcc": "g++", "clang": "clang"}[family]
        with_flags = f", with `{' '.join(flags[family])}`" if flags[family] else ""
        parts += [f"## What {name} says{with_flags}", "", "```text", shortened(said, path.name), "```", ""]
    parts += ["## What it should say", "", "```cpp", *right, "```", ""]
    return "\n".join(parts)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("--out", type=pathlib.Path)
    options.add_argument("--gcc", default="g++")
    options.add_argument("--clang", default="clang++-16")
    options.add_argument("--only", action="append", help="mistakes to write pages of")
    options.add_argument("--list", action="store_true", help="print each mistake and the program of its page")
    wanted = options.parse_args()

    told, thrown, sentences = kinds_and_sentences()
    # Those of `diagnostics` say the sentences themselves: where nothing else does, only a program at run time does.
    cases = {path: path.read_text() for path in sorted(CASES.rglob("*.cpp"))
             if not {"self_test", "diagnostics"} & set(path.parts)}
    chosen = {kind: case_of(kind, cases) for kind in told}
    thrown = [kind for kind in told if kind in ONLY_THROWN] + thrown
    told = [kind for kind in told if kind not in ONLY_THROWN]
    lacking = [kind for kind in told if chosen[kind] is None or kind not in sentences]
    if lacking:
        raise SystemExit(f"mistakes: without a refused program or a sentence: {', '.join(lacking)}")
    if wanted.list:
        for kind in told:
            print(f"{kind:22} {chosen[kind].relative_to(ROOT)}")
        return
    if wanted.out is None:
        options.error("say where the pages go: --out build/site/pages")

    compilers = {family: path for family, path in {"gcc": wanted.gcc, "clang": wanted.clang}.items()
                 if shutil.which(path)}
    if not compilers:
        raise SystemExit(f"mistakes: neither {wanted.gcc} nor {wanted.clang} is here")
    wanted.out.mkdir(parents=True, exist_ok=True)
    programs = wanted.out / "programs"
    asked = [kind for kind in told if not wanted.only or kind in wanted.only]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        pages = pool.map(lambda kind: page(kind, sentences[kind], chosen[kind], cases[chosen[kind]], compilers, programs),
                         asked)
        for number, (kind, text) in enumerate(zip(asked, pages), 1):
            (wanted.out / f"mistake_{kind}.md").write_text(text)
            if sys.stderr.isatty():
                print(f"\rmistakes: {number} of {len(asked)}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    index = ["# Mistakes {#mistakes}", "",
             "What ambit says of a model that is wrong begins with a tag. Each tag that a compiler tells has a page.", ""]
    index += [f"- @subpage mistake_{kind} \"{kind}\": {plain(sentences[kind])}" for kind in told]
    index += ["", "## At run time only", "", "A registry or a model throws these.", ""]
    index += [f"- `{kind}`: {plain(sentences[kind])}" for kind in thrown]
    (wanted.out / "mistakes.md").write_text("\n".join(index) + "\n")
    shutil.rmtree(programs, ignore_errors=True)


def plain(sentence):
    """Without what Doxygen takes for commands, tags or code."""
    return re.sub(r"([<&@\\#*_~`])", r"\\\1", sentence)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: BSL-1.0
"""A header as Doxygen is to read it: its comment at the top becomes the page of a topic, which all of its documented
declarations belong to; declarations that only refuse a misspelt call, and the default argument that finds the caller's
line, are left out.

    python3 docs/reference_filter.py include/ambit/ops/arrays.hpp
"""
import pathlib
import re
import sys

FOLDERS = {
    "ops": "Ops", "nn": "Layers, losses, metrics", "recurrent": "Recurrent cells", "optim": "Optimizers",
    "scope": "Scopes", "graph": "Graphs", "plan": "Expectations", "core": "Values", "model": "Models",
    "parallel": "Threads", "registry": "Registry", "distributed": "Several machines", "checkpoint": "Checkpoints",
    "config": "Settings", "io": "Files",
}


def without_refusals(text):
    """Leaves out each declaration that AMBIT_REFUSES stands in front of, with its template head."""
    kept, position = [], 0
    for found in re.finditer(r"(?:^[ \t]*template[^\n]*\n(?:[ \t]*(?:requires|typename|[A-Z]\w*)[^\n]*\n)*)?"
                             r"^[ \t]*AMBIT_REFUSES\(", text, re.M):
        if found.start() < position:
            continue
        kept.append(text[position:found.start()])
        position = end_of_declaration(text, end_of_parentheses(text, found.end() - 1))
    return "".join(kept) + text[position:]


def end_of_parentheses(text, at):
    depth, inside = 0, False
    while at < len(text):
        letter = text[at]
        if inside:
            if letter == "\\":
                at += 1
            elif letter == '"':
                inside = False
        elif letter == '"':
            inside = True
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return at


def end_of_declaration(text, at):
    """Behind its semicolon or its body."""
    depth = 0
    while at < len(text):
        letter = text[at]
        if letter == "(":
            at = end_of_parentheses(text, at)
            continue
        if letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth == 0:
                return at + 1 + (text[at + 1:at + 2] == ";")
        elif letter == ";" and depth == 0:
            return at + 1
        at += 1
    return at


def head_and_rest(text):
    lines = text.split("\n")
    end = 1
    while end < len(lines) and lines[end].startswith("//"):
        end += 1
    words = [line[3:] if line.startswith("// ") else line[2:] for line in lines[1:end]]
    return words, "\n".join(lines[end:])


def main():
    path = pathlib.Path(sys.argv[1])
    words, rest = head_and_rest(path.read_text())
    folder, name = path.parent.name, path.stem
    topic = f"{folder}_{name}"
    title = name.replace("_", " ").capitalize()
    include = f"ambit/{path.as_posix().split('include/ambit/')[-1]}"
    rest = without_refusals(rest)
    rest = re.sub(r",\s*const (?:core_parts::)?(?:location|place)& at = location::current\(\)", "", rest)
    rest = rest.replace("AMBIT_NAMESPACE", "ambit").replace("core_parts::whole_number", "int64_t")
    print(f"/** @defgroup {folder} {FOLDERS.get(folder, folder)} */")
    print(f"/** @defgroup {topic} {title}")
    print(f"@ingroup {folder}")
    print("\n".join(words))
    print(f"\n`#include <{include}>`\n*/")
    print("/** @namespace ambit\n@brief All that users write. */")
    # Doxygen forgets a topic where a namespace begins.
    rest = re.sub(r"^namespace ambit {$", f"namespace ambit {{\n/** @addtogroup {topic}\n@{{ */", rest, flags=re.M)
    print(re.sub(r"^}  // namespace ambit$", "/** @} */\n}", rest, flags=re.M))


if __name__ == "__main__":
    main()

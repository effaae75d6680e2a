# SPDX-License-Identifier: BSL-1.0
"""A Markdown page as Doxygen is to read it: links to sources lead to where the sources are published, links to other
pages to those.

    python3 docs/page_filter.py README.md
"""
import os.path
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = {"README.md", "examples/README.md", "bench/RESULTS.md"}


def main():
    file = pathlib.Path(sys.argv[1]).resolve()
    text = file.read_text()
    path = file.relative_to(ROOT) if file.is_relative_to(ROOT) else pathlib.Path(file.name)
    # Doxygen 1.9 knows pages by the path below the project, and no other links: the rest becomes text.
    def link(found):
        words, target = found.group(1), found.group(2)
        if re.match(r"[a-z]+:|#|@", target):
            return found.group(0)
        plain = os.path.normpath(path.parent / target.split("#")[0])
        if os.path.isfile(ROOT / plain / "README.md"):
            plain = os.path.normpath(os.path.join(plain, "README.md"))
        if plain in PAGES or plain.startswith("examples/guide/") and plain.endswith(".md"):
            return f"[{words}]({plain})"
        return f"`{plain}`" if plain.endswith(words.strip("`")) else f"{words} (`{plain}`)"
    print(re.sub(r"(?<!!)\[([^\]\n]+)\]\(([^)\s]+)\)", link, text))


if __name__ == "__main__":
    main()

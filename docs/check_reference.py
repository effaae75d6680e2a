# SPDX-License-Identifier: BSL-1.0
"""Makes the reference, and looks for each function that a page of ops, layers or optimizers documents, and for links
from the front page to each page of the guide and for the pictures of all pages.

    python3 docs/check_reference.py build/reference
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from examples import documented_functions

ROOT = pathlib.Path(__file__).resolve().parent.parent
THEME = "/usr/share/doxygen-awesome-css"


def main():
    destination = pathlib.Path(sys.argv[1]).resolve()
    shutil.rmtree(destination, ignore_errors=True)
    (destination / "pages").mkdir(parents=True)
    subprocess.run(["doxygen", "docs/Doxyfile"], cwd=ROOT, check=True, env={
        **os.environ, "DESTINATION": str(destination), "PAGES": str(destination / "pages"), "THEME": THEME,
        "PYTHON": sys.executable, "VERSION": "0"})
    functions, lacking = sorted({(f.header, f.name) for f in documented_functions()}), []
    for header, name in functions:
        folder, stem = pathlib.Path(header).parent.name, pathlib.Path(header).stem
        topic = destination / f"group__{folder}__{stem.replace('_', '__')}.html"
        if not topic.exists() or f"ambit::{name}" not in topic.read_text():
            lacking.append(f"{header}: {name}")
    front = (destination / "index.html").read_text()
    for page in sorted((ROOT / "examples/guide").glob("*.md")):
        if f'href="md_examples_guide_{page.stem}.html"' not in front:
            lacking.append(f"a link to {page.name}")
    for page in destination.glob("*.html"):
        for image in re.findall(r'<img [^>]*src="([^":]+)"', page.read_text()):
            if not (destination / image).exists():
                lacking.append(f"the picture {image} of {page.name}")
    if str(ROOT) in front:
        lacking.append("names of sources without the folder that they happen to lie in")
    if lacking or not functions:
        raise SystemExit("not in the reference:\n  " + "\n  ".join(lacking or ["anything"]))
    print(f"the reference has {len(functions)} functions of ops, layers, optimizers and ranks")


if __name__ == "__main__":
    main()

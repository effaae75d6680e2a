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

ROOT = pathlib.Path(__file__).resolve().parent.parent
THEME = "/usr/share/doxygen-awesome-css"
WRITTEN_BY_USERS = re.compile(r"^namespace AMBIT_NAMESPACE {$(.*?)^}  // namespace ambit$", re.M | re.S)
DECLARED = re.compile(r"^///[^\n]*\n(?:template[^\n]*\n|    requires[^\n]*\n|    [ ]*(?:&&|\|\|)[^\n]*\n)*"
                      r"(?:\[\[nodiscard\]\] )?constexpr [\w:<>*& ]*?\b(\w+)\(", re.M)


def main():
    destination = pathlib.Path(sys.argv[1]).resolve()
    shutil.rmtree(destination, ignore_errors=True)
    (destination / "pages").mkdir(parents=True)
    subprocess.run(["doxygen", "docs/Doxyfile"], cwd=ROOT, check=True, env={
        **os.environ, "DESTINATION": str(destination), "PAGES": str(destination / "pages"), "THEME": THEME,
        "PYTHON": sys.executable, "VERSION": "0"})
    functions, lacking = 0, []
    for folder in ["ops", "nn", "optim", "distributed"]:
        for header in sorted((ROOT / "include/ambit" / folder).glob("*.hpp")):
            names = {name for block in WRITTEN_BY_USERS.findall(header.read_text()) for name in DECLARED.findall(block)}
            names = {name for name in names if not name.startswith("operator")}
            topic = destination / f"group__{folder}__{header.stem.replace('_', '__')}.html"
            page = topic.read_text() if topic.exists() else ""
            for name in sorted(names):
                functions += 1
                if f"ambit::{name}" not in page:
                    lacking.append(f"{folder}/{header.name}: {name}")
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
    if lacking or functions == 0:
        raise SystemExit("not in the reference:\n  " + "\n  ".join(lacking or ["anything"]))
    print(f"the reference has {functions} functions of ops, layers, optimizers and ranks")


if __name__ == "__main__":
    main()

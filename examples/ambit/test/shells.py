#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What `ambit` writes for shells and for man, as bash and groff take it; zsh where it is here.

    shells.py PROGRAM
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv[1])


def said(*words, given=None, folder=None):
    done = subprocess.run(words, input=given, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode != 0:
        raise AssertionError(f"{words[0]} ended with {done.returncode}: {done.stderr}")
    return done.stdout, done.stderr


def completed(*words, folder=None):
    """What bash offers for the last of `words`."""
    script = said(PROGRAM, "completion", "bash")[0]
    line = " ".join(f"'{word}'" for word in words)
    out, error = said("bash", "-c", f"{script}\nCOMP_WORDS=({line}) COMP_CWORD={len(words) - 1}\n_ambit\n"
                                    'printf "%s\\n" "${COMPREPLY[@]}"', folder=folder)
    assert error == "", error
    return out.split("\n")[:-1]


class Shells(unittest.TestCase):
    def test_bash(self):
        self.assertEqual(completed("ambit", "con"), ["convert"])
        self.assertEqual(completed("ambit", "--v"), ["--version"])
        self.assertEqual(completed("ambit", "diff", "--a"), ["--absolute", "--any-dtype"])
        self.assertEqual(completed("ambit", "completion", ""), ["bash", "zsh"])
        self.assertEqual(completed("ambit", "new", "x"), [""])
        with tempfile.TemporaryDirectory() as folder:
            for name in ("model one.safetensors", "model.npz", "other"):
                with open(os.path.join(folder, name), "wb"):
                    pass
            self.assertEqual(sorted(completed("ambit", "inspect", "mod", folder=folder)),
                             ["model one.safetensors", "model.npz"])

    def test_every_command_and_option(self):
        commands = completed("ambit", "")
        for command in commands:
            if command.startswith("-"):
                continue
            page = said(PROGRAM, command, "--help")[0]
            options = completed("ambit", command, "-")
            self.assertIn("--help", options)
            for option in options:
                self.assertIn(option, page, command)
            for script in (said(PROGRAM, "completion", "zsh")[0], said(PROGRAM, "manual")[0].replace("\\-", "-")):
                for word in [command, *options]:
                    self.assertIn(word, script)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not here")
    def test_zsh(self):
        said("zsh", "-n", given=said(PROGRAM, "completion", "zsh")[0])

    @unittest.skipUnless(shutil.which("groff"), "groff is not here")
    def test_manual(self):
        out, error = said("groff", "-man", "-ww", "-Tascii", "-P-cbou", given=said(PROGRAM, "manual")[0])
        self.assertEqual(error, "")
        for words in ("ambit - Look into checkpoints", "--absolute X", "Example: ambit diff before.safetensors",
                      "\\= stands for = in a name"):
            self.assertIn(words, " ".join(out.split()))  # groff fills lines with blanks

    def test_another_shell(self):
        done = subprocess.run([PROGRAM, "completion", "fish"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("fish", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

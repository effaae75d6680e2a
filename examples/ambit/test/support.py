# SPDX-License-Identifier: BSL-1.0
"""What tests of the program `ambit` share: how it is run, a model that makes trouble, safetensors made and read here.

The tests' arguments are the program and the folder tests/.
"""
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

import numpy as np

PROGRAM, TESTS = (os.path.abspath(path) for path in sys.argv[1:3])
NAMES = {"F32": "<f4", "F64": "<f8", "F16": "<f2", "I64": "<i8", "U64": "<u8", "I32": "<i4", "U8": "|u1", "BOOL": "?",
         "C64": "<c8"}


def write_safetensors(path, arrays, texts=None):
    header, data = {}, b""
    if texts:
        header["__metadata__"] = texts
    for name, array in arrays.items():
        array = np.asarray(array)
        kind = next(key for key, dtype in NAMES.items() if np.dtype(dtype) == array.dtype)
        offsets = [len(data), len(data) + array.nbytes]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": offsets}
        data += array.tobytes()
    text = json.dumps(header).encode()
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    with open(path, "rb") as file:
        content = file.read()
    length, = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    texts = header.pop("__metadata__", {})
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        raw = content[8 + length + begin:8 + length + end]
        arrays[name] = np.frombuffer(raw, NAMES[entry["dtype"]]).reshape(entry["shape"])
    return arrays, texts


def environment(**changes):
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "LC_ALL", "LC_CTYPE", "COLUMNS")}
    return {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", **changes}


class Run:
    def __init__(self, *words, out=subprocess.PIPE, folder=None, **changes):
        done = subprocess.run([PROGRAM, *words], stdout=out, stderr=subprocess.PIPE, env=environment(**changes),
                              stdin=subprocess.DEVNULL, check=False, timeout=120, cwd=folder)
        self.code, self.error = done.returncode, done.stderr.decode()
        self.out = (done.stdout or b"").decode()

    def json(self):
        return json.loads(self.out)


def on_terminal(*words, columns=80, **changes):
    """What a terminal of so many columns is sent, and the exit code."""
    terminal, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    with subprocess.Popen([PROGRAM, *words], stdin=end, stdout=end, stderr=end, env=environment(**changes),
                          start_new_session=True) as process:
        os.close(end)
        said = b""
        while True:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # the program has ended
                break
            if not part:
                break
            said += part
    os.close(terminal)
    return said.decode(), process.returncode


def example():
    """A model with what makes trouble: NaN, a name with a control character, one within another, a constant."""
    generator = np.random.RandomState(1)
    weights = generator.normal(0, 0.1, (30, 40)).astype("f4")
    weights[3, 4] = np.nan
    weights[5, 6] = np.inf
    return {"encoder/layer_2/weights": weights, "encoder/layer_10/weights": generator.rand(4, 4).astype("f4"),
            "encoder/layer_10/biases": np.full(4, 0.5, "f4"), "logits/weights": generator.rand(4, 3).astype("f4"),
            "logits/weights/adam/m": generator.rand(4, 3).astype("f4"), "step": np.array(2**60 + 1, "i8"),
            "\x1b[31mred\n": np.zeros(2, "f4"), "mask": np.array([True, False, True]), "none": np.zeros((0, 3), "f4"),
            "wave": np.array([1 + 2j, 3 - 4j], "c8"), "halves": np.array([0.5, 65504, -2], "f2")}


TEXTS = {"format": "pt", "note": "a \x1b[2J text", "ambit.slots": "logits/weights/adam/m", "tied": "logits/weights"}


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.a = self.path("a.safetensors")
        write_safetensors(self.a, example(), TEXTS)

    def path(self, name):
        return os.path.join(self.folder, name)

    def succeeds(self, *words, code=0, **changes):
        run = Run(*words, **changes)
        self.assertEqual(run.error, "")
        self.assertEqual(run.code, code, run.out)
        return run

    def refuses(self, words, *parts, code=2, **changes):
        """One sentence on the standard error output, nothing on the other, and the exit code."""
        run = Run(*words, **changes)
        self.assertEqual(run.code, code, run.error)
        self.assertEqual(run.out, "")
        self.assertTrue(run.error.startswith("ambit: "), run.error)
        self.assertEqual(run.error.count("\n"), 1, run.error)
        for part in parts:
            self.assertIn(part, run.error)
        return run.error

#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The program `ambit` as people and scripts meet it: what it prints, its JSON, its exit codes, the files it writes.

    program.py PROGRAM TESTS        TESTS is the folder tests/, for its files and its writer of TensorFlow's

Files are made and read here with the standard library and NumPy alone.
"""
import json
import os
import struct
import subprocess
import sys
import unittest
import zipfile

import numpy as np

from support import (Case, PROGRAM, Run, TESTS, TEXTS, environment, example, on_terminal,
                     read_safetensors, write_safetensors)

sys.path.insert(0, os.path.join(TESTS, "python"))
import tensorflow_1  # noqa: E402

GOLDEN = os.path.join(TESTS, "data", "golden")


class Inspect(Case):
    def test_values(self):
        found = self.succeeds("inspect", "--json", self.a).json()
        self.assertEqual(found["format"], "safetensors")
        self.assertEqual(found["metadata"], TEXTS)
        tensors = {entry["name"]: entry for entry in found["tensors"]}
        self.assertEqual(set(tensors), set(example()))
        for name, array in example().items():
            entry, numbers = tensors[name], tensors[name]["statistics"]
            self.assertEqual(entry["shape"], list(array.shape))
            self.assertEqual(entry["type"], array.dtype.name)
            self.assertEqual(entry["bytes"], array.nbytes)
            self.assertEqual(entry["of_optimizer"], name == "logits/weights/adam/m")
            parts = array.reshape(-1).view("f4") if array.dtype == "c8" else array.reshape(-1)
            finite = parts[np.isfinite(parts)]
            self.assertEqual(numbers["elements"], parts.size)
            self.assertEqual(numbers["nan"], int(np.isnan(parts).sum()))
            self.assertEqual(numbers["infinite"], int(np.isinf(parts).sum()))
            self.assertEqual(numbers["zeros"], int((parts == 0).sum()))
            if finite.size == 0:
                continue
            self.assertEqual(numbers["min"], finite.min())
            self.assertEqual(numbers["max"], finite.max())
            self.assertAlmostEqual(numbers["mean"], float(finite.astype("f8").mean()), delta=1e-9 * abs(finite.max()))
            self.assertAlmostEqual(numbers["std"], float(finite.astype("f8").std()), delta=1e-9 * abs(finite.max()))
            self.assertEqual(sum(numbers["histogram"]), finite.size)
        weights = example()["encoder/layer_2/weights"].astype("f8")
        wanted, _ = np.histogram(weights[np.isfinite(weights)], bins=16)
        self.assertEqual(tensors["encoder/layer_2/weights"]["statistics"]["histogram"], wanted.tolist())
        self.assertEqual(tensors["step"]["statistics"]["max"], 2**60 + 1)  # no double has it

    def test_all_types(self):
        arrays = {np.dtype(dtype).name: np.array([1, 0, 1], dtype) for dtype in
                  "? u1 i1 u2 i2 u4 i4 u8 i8 f2 f4 f8 c8 c16".split()}
        np.savez_compressed(self.path("all.npz"), **arrays, text=np.array(["a"]))
        entries = self.succeeds("inspect", "--json", self.path("all.npz")).json()["tensors"]
        for entry in entries:
            if entry["name"] == "text":
                self.assertEqual((entry["type"], entry["type_in_file"]), ("other", "<U1"))
                self.assertNotIn("statistics", entry)
                continue
            self.assertEqual(entry["type"], entry["name"])
            self.assertEqual(entry["statistics"]["max"], 1)
            self.assertEqual(entry["statistics"]["min"], 0)

    def test_text(self):
        text = self.succeeds("inspect", self.a).out
        self.assertNotIn("\x1b", text)
        lines = text.split("\n")
        for line in lines:
            self.assertLessEqual(len(line), 80, line)
        self.assertEqual(lines[1], "  safetensors, saved by ambit")  # by its keys, whatever `format` says
        self.assertRegex(text, r"\n  11 tensors, [0-9,]+ bytes \([0-9.]+ KiB\), 1 of an optimizer\n")
        self.assertIn('\n  note    "a ?[2J text"\n', text.replace("note  ", "note    "))
        self.assertIn('"?[31mred?"', text)
        # Numbers in order, tensors below tensors, one part where there is one way.
        rows = [line.split("  ")[0] for line in lines]
        self.assertEqual(rows[rows.index("encoder"):rows.index("encoder") + 2], ["encoder", "├─ layer_2/weights"])
        self.assertLess(text.index("layer_2"), text.index("layer_10"))
        self.assertRegex(text, r"\nlogits/weights +float32\[4, 3\] .*\n(.*\n)?└─ adam/m ")
        self.assertRegex(text, r"biases +float32\[4\] +16 bytes +all 0.5\n")
        self.assertRegex(text, r"step +int64\[\] +8 bytes +")
        self.assertRegex(text, r"none +float32\[0, 3\] +0 bytes +no elements\n")
        self.assertIn("1 NaN, 1 infinite\n", text)
        self.assertRegex(text, "mask .*█.*1\n")

    def test_other_locale(self):
        text = self.succeeds("inspect", self.a, LANG="C", LC_ALL="C").out
        self.assertTrue(text.isascii(), text)
        self.assertIn("\n`- adam/m ", text)

    def test_one_tensor(self):
        text = self.succeeds("inspect", self.a, "logits/weights/adam").out
        self.assertIn("\n  1 tensor of 11, 48 bytes,", text)
        self.assertIn("\n  role       state of an optimizer\n", text)
        self.assertEqual(text.count("█") > 0 and len(text.split("\n\n")[2].strip("\n").split("\n")), 16)

    def test_names(self):
        entries = self.succeeds("inspect", "--json", self.a, "encoder/layer_10", "step").json()["tensors"]
        self.assertEqual([entry["name"] for entry in entries],
                         ["encoder/layer_10/biases", "encoder/layer_10/weights", "step"])
        self.refuses(["inspect", self.a, "encoder/layer_1"], 'no tensor "encoder/layer_1"')
        self.refuses(["inspect", self.a, "logits/wieghts"], 'did you mean "logits/weights"?')

    def test_names_only(self):
        run = self.succeeds("inspect", "--names-only", self.a)
        self.assertNotIn("mean", run.out)
        self.assertIn("float32[30, 40]", run.out)
        for entry in self.succeeds("inspect", "--names-only", "--json", self.a).json()["tensors"]:
            self.assertNotIn("statistics", entry)

    def test_golden(self):
        for name in ("ambit.safetensors", "ambit.npz", "ambit.npy", "numpy_deflated.npz", "tensorflow",
                     "tensorflow_snappy"):
            found = self.succeeds("inspect", "--json", os.path.join(GOLDEN, name)).json()
            self.assertGreater(len(found["tensors"]), 0)
            if name in ("ambit.safetensors", "ambit.npz"):
                self.assertEqual(found["saved_by"], "ambit")
            if name.startswith("tensorflow"):
                self.assertEqual((found["format"], found["saved_by"]), ("TensorFlow 1", "TensorFlow"))

    def test_damaged_tensor(self):
        """One tensor with another checksum: the others are shown."""
        self.succeeds("convert", self.a, self.path("b.safetensors"))
        with open(self.path("b.safetensors"), "r+b") as file:
            content = bytearray(file.read())
            wanted = example()["encoder/layer_10/weights"].tobytes()
            content[content.index(wanted)] ^= 1
            file.seek(0)
            file.write(content)
        run = Run("inspect", "--json", self.path("b.safetensors"))
        self.assertEqual(run.code, 2)
        self.assertIn('the bytes of tensor "encoder/layer_10/weights" are not those', run.error)
        bad = [entry["name"] for entry in run.json()["tensors"] if "error" in entry]
        self.assertEqual(bad, ["encoder/layer_10/weights"])
        run = Run("inspect", self.path("b.safetensors"))
        self.assertEqual(run.code, 2)
        self.assertRegex(run.out, r"weights +float32\[4, 4\] .*\n?.*cannot be read")


class Diff(Case):
    def test_equal(self):
        np.savez(self.path("b.npz"), **example())
        run = self.succeeds("diff", self.a, self.path("b.npz"))
        self.assertTrue(run.out.endswith("  equal: 11\n"), run.out)
        self.assertEqual(len(run.out.split("\n")), 4)
        self.succeeds("diff", self.a, self.path("b.npz"), "--texts", code=1)
        self.assertEqual(self.succeeds("diff", "-q", self.a, self.path("b.npz"), "--texts", code=1).out, "")

    def test_differences(self):
        other = example()
        other["logits/weight"] = other.pop("logits/weights")
        other["encoder/layer_10/biases"] = np.full((2, 2), 0.5, "f4")
        other["halves"] = other["halves"].astype("f4")
        weights = other["encoder/layer_2/weights"]
        weights[1, 2] += np.float32(0.25)
        weights[3, 4] = 0
        other["step"] = other["step"] + 1
        other["mask"] = ~other["mask"]
        write_safetensors(self.path("b.safetensors"), other)
        found = self.succeeds("diff", "--json", self.a, self.path("b.safetensors"), code=1).json()
        self.assertFalse(found["is_equal"])
        self.assertEqual([(entry["name"], entry["nearest"]) for entry in found["missing"]],
                         [("logits/weights", "logits/weight")])
        self.assertEqual([entry["name"] for entry in found["unexpected"]], ["logits/weight"])
        self.assertEqual([(entry["a"]["shape"], entry["b"]["shape"]) for entry in found["other_shape"]],
                         [([4], [2, 2])])
        self.assertEqual([(entry["a"]["type"], entry["b"]["type"], entry["differing"])
                          for entry in found["other_dtype"]], [("float16", "float32", 0)])
        values = {entry["name"]: entry for entry in found["other_values"]}
        self.assertEqual(set(values), {"encoder/layer_2/weights", "step", "mask"})
        entry = values["encoder/layer_2/weights"]
        before = example()["encoder/layer_2/weights"]
        apart = abs(float(before[1, 2]) - float(weights[1, 2]))
        self.assertEqual((entry["differing"], entry["not_finite_in_one"]), (2, 1))
        self.assertEqual(entry["largest_absolute"], apart)
        self.assertEqual(entry["largest_absolute_at"], [1, 2])
        self.assertAlmostEqual(entry["largest_relative"], apart / max(abs(before[1, 2]), abs(weights[1, 2])), 12)
        self.assertEqual(values["step"]["largest_absolute"], 1)  # of 2^60: no double knows
        self.assertEqual(values["mask"]["differing"], 3)
        text = self.succeeds("diff", self.a, self.path("b.safetensors"), code=1).out
        for words in ("  missing in B: 1\n", '    logits/weights  float32[4, 3]  did you mean "logits/weight"?\n',
                      "  of another shape in B: 1\n    encoder/layer_10/biases  float32[4]  there float32[2, 2]\n",
                      "  of another dtype in B: 1\n    halves  float16[3]  there float32[3], the same values\n",
                      "  2 of 1,200\n", "      up to 0.25 at [1, 2], relative ", "1 NaN or infinite in one of them\n",
                      "  equal: 5\n"):
            self.assertIn(words, text)
        for line in text.split("\n"):
            self.assertTrue(len(line) <= 80 or line[:3] in ("A  ", "B  "), line)

    def test_tolerance(self):
        other = {name: array + array.dtype.type(0) for name, array in example().items()}
        other["logits/weights"] = example()["logits/weights"] * np.float32(1.001)
        other["halves"] = example()["halves"].astype("f4")
        b = self.path("b.safetensors")
        write_safetensors(b, other)
        self.succeeds("diff", self.a, b, "--relative", "0.01", code=1)
        self.succeeds("diff", self.a, b, "--relative", "0.01", "--any-dtype")
        self.succeeds("diff", self.a, b, "--absolute", "0.01", "--any-dtype")
        self.succeeds("diff", self.a, b, "--absolute", "1e-6", "--any-dtype", code=1)
        for wrong in ("-1", "x", "1e-3x", "nan", ""):
            self.refuses(["diff", self.a, b, "--absolute", wrong], f"takes a number of at least 0, not '{wrong}'")

    def test_zeros_and_nan(self):
        write_safetensors(self.path("1.safetensors"), {"w": np.array([0.0, np.nan], "f4")})
        odd = np.array([0x80000000, 0x7FC00001], "<u4").view("<f4")
        write_safetensors(self.path("2.safetensors"), {"w": odd})
        self.succeeds("diff", self.path("1.safetensors"), self.path("2.safetensors"))

    def test_bytes_of_other_types(self):
        for name, text in (("1", "a"), ("2", "b"), ("3", "a")):
            np.savez(self.path(name + ".npz"), t=np.array([text]))
        self.succeeds("diff", self.path("1.npz"), self.path("3.npz"))
        self.assertIn("other bytes", self.succeeds("diff", self.path("1.npz"), self.path("2.npz"), code=1).out)


class Rename(Case):
    def test_names(self):
        out = self.path("out.safetensors")
        run = self.succeeds("rename", "--json", self.a, out, "encoder/=tower/", "step=a\\=b", "tied=logits/same",
                            "logits/weights=w", "logits/weights/adam/=w/adam/", "encoder/layer_2/weights=first")
        arrays, texts = read_safetensors(out)
        wanted = {"encoder/layer_2/weights": "first", "encoder/layer_10/weights": "tower/layer_10/weights",
                  "encoder/layer_10/biases": "tower/layer_10/biases", "step": "a=b", "logits/weights": "w",
                  "logits/weights/adam/m": "w/adam/m"}
        self.assertEqual(run.json()["renamed"], wanted)
        self.assertEqual(set(arrays), {wanted.get(name, name) for name in example()})
        for name, array in example().items():
            self.assertEqual(arrays[wanted.get(name, name)].tobytes(), array.tobytes())
        texts.pop("ambit.crc32c")
        self.assertEqual(texts, {"format": "pt", "note": TEXTS["note"], "ambit.slots": "w/adam/m", "logits/same": "w"})

    def test_state_of_a_training(self):
        """What a saver says of step and local variables is told, and follows the names."""
        saved, out = self.path("model-1000.safetensors"), self.path("out.safetensors")
        texts = {"ambit.step": "1000", "ambit.local dropout/state": "int64[1] 0100000000000000", "who": "me"}
        write_safetensors(saved, {"w": np.zeros(2, "f4"), "b": np.zeros(1, "f4")}, texts)
        text = self.succeeds("inspect", saved).out
        self.assertIn("\n  safetensors, saved by ambit, step 1000\n", text)
        self.assertIn('\n  who  "me"\n', text)
        self.assertNotIn("ambit.local", text)
        self.succeeds("rename", saved, out, "=model/")
        found = read_safetensors(out)[1]
        found.pop("ambit.crc32c")
        self.assertEqual(found, {**{key: texts[key] for key in ("ambit.step", "who")},
                                 "ambit.local model/dropout/state": texts["ambit.local dropout/state"]})

    def test_whole_beginning(self):
        out = self.path("out.npz")
        self.succeeds("rename", self.a, self.path("below.npz"), "=model/")
        self.assertIn("model/step", np.load(self.path("below.npz")).files)
        text = self.succeeds("rename", self.path("below.npz"), out, "model/=").out
        self.assertIn("  renamed: 11\n", text)
        self.assertIn("    and 3 more\n", text)
        self.assertIn("step", np.load(out).files)
        self.succeeds("diff", self.a, out, "--texts")

    def test_refusals(self):
        out = self.path("out.safetensors")
        for rules, words in ((["step"], "no equals sign"), (["a=b=c"], "two equals signs"), (["="], "right side"),
                             (["encoder/=x"], "ends in / or ., too"), (["step="], "leaves no name"),
                             (["step=mask"], 'tensors "mask" and "step" would both be "mask"'),
                             (["encoder/layer_2/=encoder/layer_10/"], "would both be"),
                             (["stp=x"], 'did you mean "step"?'), (["encodr/=x/"], 'did you mean "encoder/"?'),
                             (["step=x", "step=y"], "two rules"), (["logits/weights/adam/m/=x/"], "none of its"),
                             (["tied=note"], "two text pairs"), ([], "RULE is required")):
            self.refuses(["rename", self.a, out, *rules], words)
            self.assertFalse(os.path.exists(out))


class Convert(Case):
    def same(self, first, second):
        self.succeeds("diff", first, second)

    def test_formats(self):
        for name in ("b.npz", "c.safetensors"):
            self.assertIn("wrote ", self.succeeds("convert", self.a, self.path(name)).out)
        loaded = np.load(self.path("b.npz"))
        for name, array in example().items():
            self.assertEqual(loaded[name].tobytes(), array.tobytes())
            self.assertEqual(loaded[name].dtype, array.dtype)
        self.assertEqual(json.loads(bytes(loaded["__metadata__"])), TEXTS)
        self.succeeds("convert", self.path("b.npz"), self.path("d.safetensors"))
        with open(self.path("c.safetensors"), "rb") as one, open(self.path("d.safetensors"), "rb") as two:
            self.assertEqual(one.read(), two.read())  # by either way the same bytes
        arrays, _ = read_safetensors(self.path("d.safetensors"))
        self.assertEqual(arrays["wave"].tobytes(), example()["wave"].tobytes())

    def test_npy(self):
        np.save(self.path("big_endian.npy"), np.arange(6, dtype=">f8").reshape(2, 3))
        self.succeeds("convert", self.path("big_endian.npy"), self.path("b.npz"))
        self.assertEqual(np.load(self.path("b.npz"))["big_endian"].tolist(), [[0, 1, 2], [3, 4, 5]])
        text = self.succeeds("convert", self.a, self.path("one.npy"), "--only", "encoder/layer_2").out
        self.assertIn("left out: 4 text pairs", text)
        np.testing.assert_array_equal(np.load(self.path("one.npy")), example()["encoder/layer_2/weights"])
        self.refuses(["convert", self.a, self.path("all.npy")], "a .npy file holds one")

    def test_tensorflow(self):
        arrays = {"dense/kernel": example()["encoder/layer_2/weights"], "global_step": np.array(7, "<i8")}
        tensorflow_1.write(self.path("model.ckpt-7"), arrays, texts={"_GRAPH": [b"x"]}, shards=2)
        out = self.path("out.safetensors")
        self.refuses(["convert", self.path("model.ckpt-7"), out], '"DT_STRING"', "--skip")
        self.assertIn("_GRAPH", self.succeeds("convert", self.path("model.ckpt-7"), out, "--skip").out)
        found, _ = read_safetensors(out)
        self.assertEqual(set(found), set(arrays))
        self.assertEqual(found["dense/kernel"].tobytes(), arrays["dense/kernel"].tobytes())
        run = self.succeeds("convert", self.path("model.ckpt-7"), self.path("some.npz"), "--only", "dense", "--json")
        self.assertEqual(run.json()["tensors"], 1)

    def test_python_objects(self):
        np.savez(self.path("objects.npz"), objects=np.array([{}, None], object), w=np.zeros(2, "f4"))
        self.refuses(["convert", self.path("objects.npz"), self.path("out.npz")], '"|O", objects of Python', "--skip")
        self.succeeds("convert", self.path("objects.npz"), self.path("out.npz"), "--skip")
        self.assertEqual(np.load(self.path("out.npz")).files, ["w"])

    def test_subset_keeps_roles(self):
        out = self.path("out.safetensors")
        self.succeeds("convert", self.a, out, "--only", "logits", "--only", "step")
        arrays, texts = read_safetensors(out)
        self.assertEqual(set(arrays), {"logits/weights", "logits/weights/adam/m", "step"})
        self.assertEqual(texts["ambit.slots"], "logits/weights/adam/m")
        self.succeeds("convert", self.a, out, "--only", "step", "--force")
        self.assertNotIn("ambit.slots", read_safetensors(out)[1])

    def test_places(self):
        out = self.path("out.safetensors")
        self.succeeds("convert", self.a, out)
        self.refuses(["convert", self.a, out], "--force replaces it")
        self.succeeds("convert", self.a, out, "--force")
        os.link(self.a, self.path("same.safetensors"))
        for same in (self.a, self.path("same.safetensors"), self.path("./a.safetensors")):
            self.refuses(["convert", self.a, same, "-f"], "it is the file that is read")
        self.refuses(["convert", self.a, self.path("out.bin")], ".safetensors, .npz and .npy")
        os.mkdir(self.path("folder.npz"))
        self.refuses(["convert", self.a, self.path("folder.npz")], "Is a directory")
        self.refuses(["convert", self.a, self.path("no/out.npz")], "No such file or directory")

    def test_nothing_half_written(self):
        """The last tensor is damaged: what was there stays."""
        whole, out = self.path("whole.safetensors"), self.path("out.npz")
        self.succeeds("convert", self.a, whole)
        self.succeeds("convert", self.a, out, "--only", "step")
        with open(out, "rb") as file:
            before = file.read()
        with open(whole, "r+b") as file:
            file.seek(-1, os.SEEK_END)
            last = file.read(1)
            file.seek(-1, os.SEEK_END)
            file.write(bytes([last[0] ^ 1]))
        self.refuses(["convert", whole, out, "--force"], "false" if last is None else "are")
        with open(out, "rb") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.safetensors", "out.npz", "whole.safetensors"])


class New(Case):
    """The project itself is built and run where ambit is installed (tests/consumer)."""

    def test_files(self):
        self.assertIn("cmake -B build", self.succeeds("new", "my-net_2", folder=self.folder).out)
        written = sorted(os.listdir(self.path("my-net_2")))
        self.assertEqual(written, [".gitignore", "CMakeLists.txt", "README.md", "main.cpp", "net.hpp", "test.cpp"])
        for name in written:
            with open(os.path.join(self.folder, "my-net_2", name), encoding="utf-8") as file:
                self.assertNotIn("starter", file.read(), name)
        with open(os.path.join(self.folder, "my-net_2", "CMakeLists.txt"), encoding="utf-8") as file:
            self.assertIn("project(my-net_2 LANGUAGES CXX)", file.read())

    def test_refusals(self):
        os.mkdir(self.path("there"))
        with open(self.path("file"), "w", encoding="utf-8") as file:
            file.write("kept")
        for name, said in (("there", '"there" is there'), ("file", '"file"'), ("../above", "begins with a letter"),
                           ("2nets", "begins with a letter"), ("a b", "not \"a b\""), ("a\x1b[31m", "?[31m"),
                           ("n" * 65, "at most 64"), ("test", "CMake has a target"), ("all", "CMake has a target")):
            self.refuses(["new", name], said, folder=self.folder)
        self.assertEqual(os.listdir(self.path("there")), [])
        with open(self.path("file"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "kept")


class Mistakes(Case):
    def test_files(self):
        short = self.path("short.safetensors")
        with open(self.a, "rb") as file, open(short, "wb") as out:
            out.write(file.read()[:-7])
        with open(self.path("text"), "w", encoding="utf-8") as out:
            out.write("hello, this is text\n")
        with zipfile.ZipFile(self.path("broken.npz"), "w") as archive:
            archive.writestr("a.npy", b"\x93NUMPY\1\0no header")
        os.mkfifo(self.path("pipe"))
        for words in (["inspect"], ["diff", self.a], ["rename", "OUT", "step=x"], ["convert", "OUT"]):
            for name, said in (("missing", "No such file or directory"), (".", "Is a directory"), ("pipe", "pipe"),
                               ("short.safetensors", "cut short"), ("text", "begins with"), ("broken.npz", "a.npy")):
                given = [word if word != "OUT" else self.path("out.npz") for word in words]
                self.refuses([given[0], self.path(name), *given[1:]], said)
        self.assertFalse(os.path.exists(self.path("out.npz")))

    def test_names_of_files(self):
        """Neither what a terminal does nor where a sentence ends is decided by a name."""
        said = self.refuses(["inspect", self.path("a\n\x1b[31mambit: all is well")], "a??[31mambit")
        self.assertNotIn("\x1b", said)
        odd = self.path("b\x1b[0m.safetensors")
        write_safetensors(odd, {"w": np.zeros(2, "f4")})
        self.assertNotIn("\x1b", self.succeeds("inspect", odd).out)
        self.assertNotIn("\x1b", self.succeeds("diff", odd, self.a, code=1).out)

    def test_command_lines(self):
        for words, said in (([], "ambit --help"), (["inspct", self.a], "did you mean inspect?"),
                            (["frobnicate"], 'no command "frobnicate"'), (["inspect"], "FILE is required"),
                            (["inspect", "--wrong", self.a], "--wrong"), (["diff", self.a], "B is required"),
                            (["diff", self.a, self.a, "--absolute", "x"], "--absolute"),
                            (["diff", self.a, self.a, "\x1b[31m"], "?[31m"), (["--wrong"], "--wrong")):
            self.refuses(words, said)

    def test_help(self):
        text = self.succeeds("--help").out
        for command in ("inspect", "diff", "rename", "convert", "new"):
            self.assertIn(command, text)
            page = self.succeeds(command, "--help").out
            self.assertIn("Example: ambit " + command, page)
            for line in (text + page).split("\n"):
                self.assertLessEqual(len(line), 80, line)
        self.assertRegex(self.succeeds("--version").out, r"^ambit [0-9]+\.[0-9]+\.[0-9]+\n$")

    def test_full_disk(self):
        with open("/dev/full", "wb") as full:
            run = Run("inspect", self.a, out=full)
        self.assertEqual(run.code, 2)
        self.assertIn("the standard output cannot be written to: No space left on device", run.error)

    def test_reader_goes_away(self):
        for _ in range(5):
            reading, writing = os.pipe()
            os.close(reading)
            for ignored in (True, False):
                done = subprocess.run([PROGRAM, "inspect", self.a], stdout=writing, stderr=subprocess.PIPE,
                                      env=environment(), check=False, restore_signals=not ignored)
                self.assertEqual(done.stderr, b"")
            os.close(writing)


class Terminal(Case):
    def test_colours(self):
        said, code = on_terminal("inspect", self.a)
        self.assertEqual(code, 0)
        self.assertIn("\x1b[31m1 NaN, 1 infinite\x1b[0m", said)
        self.assertIn("\x1b[1m", said)
        self.assertIn('"?[31mred?"', said)
        for changes in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            said, code = on_terminal("inspect", self.a, **changes)
            self.assertEqual(code, 0)
            self.assertNotIn("\x1b", said)
        said, code = on_terminal("diff", self.a, self.a)
        self.assertIn("\x1b[32mequal: 11\x1b[0m", said)
        said, code = on_terminal("inspect", "--json", self.a)
        self.assertNotIn("\x1b", said)

    def test_widths(self):
        lines = {}
        for columns in (50, 80, 100, 140):
            said, _ = on_terminal("inspect", self.a, columns=columns, NO_COLOR="1")
            lines[columns] = said.split("\r\n")
            for line in lines[columns]:
                self.assertLessEqual(len(line), columns, line)
        self.assertLess(len(lines[140]), len(lines[80]))
        self.assertLess(len(lines[80]), len(lines[50]))

    def test_progress(self):
        """Of long work, on a terminal alone, and gone when the work is done."""
        long = self.path("long.safetensors")
        count = 64 << 20
        header = json.dumps({"w": {"dtype": "F32", "shape": [count], "data_offsets": [0, 4 * count]}}).encode()
        with open(long, "wb") as out:
            out.write(struct.pack("<Q", len(header)) + header)
            out.truncate(8 + len(header) + 4 * count)  # a hole: it takes no place
        said, code = on_terminal("inspect", long)
        self.assertEqual(code, 0)
        self.assertRegex(said, r"\rinspect \[[#-]+\] +[0-9]+ %  [0-9,]+ MiB/s  [0-9.]+ s left")
        self.assertRegex(said, r"\r +\r")
        self.assertNotIn("%", said[said.rindex("\r \r" if "\r \r" in said else " \r") + 2:])
        self.assertIn("67,108,864", said)
        self.assertEqual(self.succeeds("inspect", long).error, "")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The program on files as those of CIFAR-10's binary version, made here: with its towers, or on ranks.

    binary_files.py DIRECTORY cifar10
    binary_files.py DIRECTORY mpirun -n 2 cifar10

It learns to tell stripes apart, wide and narrow ones, across, down and aslant; and in a few steps towers have trained
their variables alike, however many they are and wherever they run.
"""
import json
import pathlib
import re
import subprocess
import sys

import numpy

# Waves a pixel, to the right and down: a class each.
STRIPES = [(0, 0.2), (0.2, 0), (0.14, 0.14), (0, 0.09), (0.09, 0)]


def write_pictures(path, count, seed):
    """Records of a byte with the label, and 32 x 32 of red, of green, of blue."""
    draw = numpy.random.RandomState(seed)
    y, x = numpy.mgrid[:32, :32]
    records = b""
    for _ in range(count):
        label = draw.randint(len(STRIPES))
        right, down = STRIPES[label]
        wave = numpy.sin(2 * numpy.pi * (draw.uniform() + right * x + down * y))
        middle, height = draw.uniform(90, 160, (3, 1, 1)), draw.uniform(40, 80, (3, 1, 1))
        records += bytes([label]) + (middle + height * wave).astype(numpy.uint8).tobytes()
    path.write_bytes(records)


def run(command, *options):
    done = subprocess.run([*command, *options], capture_output=True, text=True)
    print("$", *command, *options, "\n" + done.stdout + done.stderr, flush=True)
    assert done.returncode == 0, f"exit code {done.returncode}"
    return done.stdout + done.stderr


def weights_in(path):
    """The tensors of floats in a file of safetensors."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    weights = {}
    for name, tensor in json.loads(content[8:8 + length]).items():
        if name != "__metadata__" and tensor["dtype"] == "F32":
            begin, end = (8 + length + offset for offset in tensor["data_offsets"])
            weights[name] = numpy.frombuffer(content[begin:end], dtype="<f4")
    return weights


def expect_alike(one, other):
    assert one.keys() == other.keys() and {"conv1/weights", "softmax_linear/biases"} <= one.keys()
    for name, values in one.items():
        # Sums in another order differ in their last bits; towers that are not averaged, by more than 1e-3.
        distance = numpy.abs(values - other[name]).max()
        assert distance < 1e-4, f"{name} differs by {distance}"


def main():
    directory, command = pathlib.Path(sys.argv[1]), sys.argv[2:]
    directory.mkdir(parents=True, exist_ok=True)
    write_pictures(directory / "data_batch_1.bin", 300, 1)
    write_pictures(directory / "data_batch_2.bin", 200, 2)
    write_pictures(directory / "test_batch.bin", 200, 3)

    def trained(command, *options, steps):
        """What is said, and the weights."""
        path = directory / "weights.safetensors"
        said = run(command, "--data", str(directory), "--steps", str(steps), "--save", str(path), *options)
        assert "500 to train on, 200 unseen" in said
        return said, weights_in(path)

    def expect_to_learn(*options):
        said, weights = trained(command, *options, steps=40)
        right = float(re.search(r"^([0-9.]+) % of 200 unseen", said, re.M)[1])
        assert right > 80, f"{right} % are told right"
        for name, values in weights.items():  # what no gradient reaches may tell stripes apart as well
            assert numpy.abs(values - compiled[name]).max() > 1e-3, f"{name} was not trained"

    _, compiled = trained(command[-1:], steps=3)
    if len(command) == 1:
        for towers in "1", "4":
            said, others = trained(command, "--towers", towers, steps=3)
            assert f"conv1/weights, 4800 elements, used {towers} times" in said
            expect_alike(compiled, others)
        expect_to_learn()
        expect_to_learn("--towers", "4")
    else:
        said, others = trained(command, "--ranks", steps=3)
        assert said.count("told right") == 1 and said.count("training: 3 steps") == 1
        expect_alike(compiled, others)
        expect_to_learn("--ranks")


main()

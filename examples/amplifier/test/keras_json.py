#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Weights of another program: random ones as JSON of Keras layers, played by the plugin's net and by plain loops here.

    keras_json.py AMPLIFIER DIRECTORY
"""
import json
import os
import struct
import subprocess
import sys

import numpy

UNITS = 16


def read_wav(path):
    """The samples of a WAV file of floats."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:4] == b"RIFF" and data[8:12] == b"WAVE", path
    at = 12
    while data[at:at + 4] != b"data":
        at += 8 + struct.unpack("<I", data[at + 4:at + 8])[0]
    size = struct.unpack("<I", data[at + 4:at + 8])[0]
    return numpy.frombuffer(data[at + 8:at + 8 + size], dtype="<f4").astype(numpy.float64)


def played(layers, sound):
    """An LSTM as Keras has it, gates i, f, c, o, and a dense layer."""
    (kernel, recurrent, bias), (out, out_bias) = ([numpy.array(a, dtype=numpy.float64) for a in layer["weights"]]
                                                  for layer in layers)
    sigmoid = lambda x: 1 / (1 + numpy.exp(-x))
    hidden, cell, heard = numpy.zeros(UNITS), numpy.zeros(UNITS), []
    for sample in sound:
        i, f, c, o = numpy.split(sample * kernel[0] + hidden @ recurrent + bias, 4)
        cell = sigmoid(f) * cell + sigmoid(i) * numpy.tanh(c)
        hidden = sigmoid(o) * numpy.tanh(cell)
        heard.append(hidden @ out[:, 0] + out_bias[0])
    return numpy.array(heard)


def refused(program, directory, text, words):
    path = os.path.join(directory, "wrong.json")
    with open(path, "w") as file:
        file.write(text)
    run = subprocess.run([program, "--import", path, "--bundle", directory], capture_output=True, text=True)
    assert run.returncode == 1 and words in run.stderr, (text, run.returncode, run.stderr)


def main():
    program, directory = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    draw = numpy.random.default_rng(7)
    array = lambda *shape: (0.4 * draw.standard_normal(shape)).tolist()
    layers = [{"type": "lstm", "activation": "", "shape": [None, None, UNITS],
               "weights": [array(1, 4 * UNITS), array(UNITS, 4 * UNITS), array(4 * UNITS)]},
              {"type": "dense", "activation": "", "shape": [None, None, 1], "weights": [array(UNITS, 1), array(1)]}]
    weights = os.path.join(directory, "amp.json")
    with open(weights, "w") as file:
        json.dump({"in_shape": [None, None, 1], "layers": layers}, file)
    print(subprocess.run([program, "--import", weights, "--bundle", directory], check=True, capture_output=True,
                         text=True).stdout, end="")
    dry, heard = (read_wav(os.path.join(directory, name)) for name in ("dry.wav", "recurrent.wav"))
    count = 20_000
    off = numpy.abs(played(layers, dry[:count]) - heard[:count]).max()
    assert numpy.abs(heard[:count]).max() > 0.01 and off < 1e-5, off
    print(f"{count} samples are those of plain loops, at most {off:.1e} apart")

    refused(program, directory, "{", "is no JSON")
    refused(program, directory, "{}", "has no list of layers")
    refused(program, directory, '{"layers": [{"type": "gru", "weights": []}]}', "has a layer of type")
    refused(program, directory, '{"layers": [{"type": "dense", "weights": [[[1], [2, 3]], [1]]}]}',
            "no vector or matrix")
    refused(program, directory, '{"layers": [{"type": "dense", "weights": [[[1], [-1e39]], [1]]}]}',
            "a number in dense/kernel that float32 does not hold: -1e+39")
    refused(program, directory, json.dumps({"layers": layers[:1]}), "mix/")


if __name__ == "__main__":
    main()

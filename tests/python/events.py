#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Reads the event file that tests/unit/io/event_file.cpp has written into FOLDER: the frames here, the messages by
protobuf's own compiler.

    events.py FOLDER PROTOC
"""
import os
import re
import struct
import subprocess
import sys
import time


def crc32c(data):
    total = 0xFFFFFFFF
    for byte in data:
        total ^= byte
        for _ in range(8):
            total = total >> 1 ^ (0x82F63B78 if total & 1 else 0)
    return total ^ 0xFFFFFFFF


def masked(data):
    total = crc32c(data)
    return ((total >> 15 | total << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records_of(data):
    while data:
        length, of_length = struct.unpack_from("<QI", data)
        assert masked(data[:8]) == of_length
        record, = data[12:12 + length],
        assert len(record) == length
        assert struct.unpack_from("<I", data, 12 + length) == (masked(record),)
        yield record
        data = data[16 + length:]


def fields_of(text, name):
    """The numbers that a field has in protobuf's text format, in order."""
    return [float(value) for value in re.findall(rf"\b{name}: (\S+)", text)]


def main():
    folder, protoc = sys.argv[1:]
    here = os.path.dirname(os.path.abspath(__file__))
    names = [n for n in os.listdir(folder) if "tfevents" in n]
    newest = max((os.path.join(folder, n) for n in names), key=os.path.getmtime)
    with open(newest, "rb") as file:
        records = list(records_of(file.read()))

    def decoded(message, data):
        done = subprocess.run([protoc, f"--decode={message}", f"--proto_path={here}", "events.proto"], input=data,
                              capture_output=True, check=True)
        text = done.stdout.decode()
        assert not re.search(r"^\s*\d+:", text, re.M), f"a field that is not known:\n{text}"
        return text

    events = [decoded("Event", record) for record in records]
    assert 'file_version: "brain.Event:2"' in events[0], events[0]
    assert abs(fields_of(events[0], "wall_time")[0] - time.time()) < 3600

    # add_scalar("loss", 0.5, 0), add_scalar("loss", -2.25, 7)
    assert fields_of(events[1], "simple_value") == [0.5] and 'tag: "loss"' in events[1]
    assert fields_of(events[2], "simple_value") == [-2.25] and fields_of(events[2], "step") == [7]

    # add_histogram("values", {-1, 0, 0.25, 0.25, 100, NaN}, 3)
    text = events[3]
    assert fields_of(text, "step") == [3] and 'tag: "values"' in text
    assert [fields_of(text, n)[0] for n in ("min", "max", "num", "sum", "sum_squares")] == [-1, 100, 5, 99.5, 10001.125]
    limits, counts = fields_of(text, "bucket_limit"), fields_of(text, "bucket")
    assert len(limits) == len(counts) and limits == sorted(limits) and sum(counts) == 5
    bins = {}
    for low, high, count in zip([-float("inf")] + limits, limits, counts):
        for value in (-1, 0, 0.25, 100):
            if low <= value < high:
                bins[value] = count
    assert bins == {-1: 1, 0: 1, 0.25: 2, 100: 1}, bins
    # The nothing of an empty array is a histogram, too.
    assert fields_of(events[4], "num") == [] and len(fields_of(events[4], "bucket_limit")) == 1

    # add_graph(net): y = relu(x · layer/weights)
    graph = re.search(r'graph_def: "((?:[^"\\]|\\.)*)"', events[5])[1]
    data = graph.encode().decode("unicode_escape").encode("latin-1")
    nodes = re.findall(r"^node \{\n(.*?)^\}", decoded("Graph", data), re.M | re.S)
    by_name = {re.search(r'name: "([^"]*)"', node)[1]: node for node in nodes}
    assert len(by_name) == len(nodes), "two nodes have one name"
    for node in nodes:
        for operand in re.findall(r'input: "([^"]*)"', node):
            assert operand in by_name, operand
    product = by_name["layer/matmul"]
    assert 'op: "matmul"' in product and len(re.findall("input:", product)) == 2
    assert fields_of(product, "size") == [2, 4] and fields_of(product, "type") == [1]
    result = by_name["layer/relu"]
    assert 'input: "layer/matmul"' in result
    assert len(events) == 6


if __name__ == "__main__":
    main()

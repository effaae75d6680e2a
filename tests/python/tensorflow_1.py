# SPDX-License-Identifier: BSL-1.0
"""Writes checkpoints of TensorFlow 1: a sorted table of protocol buffers beside files of bytes.

Sources: tensorflow/core/protobuf/tensor_bundle.proto; doc/table_format.md of LevelDB; format_description.txt of
snappy; RFC 3720, B.4 (CRC-32C).
"""
import struct

import numpy as np

DTYPES = {"float32": 1, "float64": 2, "int32": 3, "uint8": 4, "int16": 5, "int8": 6, "complex64": 8, "int64": 9,
          "bool": 10, "uint16": 17, "complex128": 18, "float16": 19, "uint32": 22, "uint64": 23}
DT_STRING = 7

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def crc32c(data, crc=0):
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def masked(crc):
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(value):
    out = b""
    while value >= 128:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    """A number as a varint, bytes with their length; zeros are left out, as proto3 has it."""
    if isinstance(value, bytes):
        return varint(number << 3 | 2) + varint(len(value)) + value
    return varint(number << 3) + varint(value) if value else b""


def fixed32(number, value):
    return varint(number << 3 | 5) + struct.pack("<I", value)


def shape_of(extents):
    return b"".join(field(2, field(1, extent)) for extent in extents)


def entry(dtype, extents, shard, offset, size, crc, slices=()):
    return (field(1, dtype) + field(2, shape_of(extents)) + field(3, shard) + field(4, offset) + field(5, size) +
            fixed32(6, masked(crc)) + b"".join(field(7, s) for s in slices))


def snappy(data):
    """Literals, and copies of runs of one byte."""
    out, at = varint(len(data)), 0
    while at < len(data):
        end = min(at + 60, len(data))
        out += bytes([(end - at - 1) << 2]) + data[at:end]
        at = end
        run = 0
        while at + run < len(data) and run < 64 and data[at + run] == data[at - 1]:
            run += 1
        if run >= 4:
            out += bytes([(run - 1) << 2 | 2, 1, 0])
            at += run
    return out


class Block:
    def __init__(self, interval=16):
        self.data, self.restarts, self.count, self.last, self.interval = b"", [0], 0, b"", interval

    def add(self, key, value):
        shared = 0
        if self.count % self.interval == 0:
            if self.count:
                self.restarts.append(len(self.data))
        else:
            while shared < min(len(key), len(self.last)) and key[shared] == self.last[shared]:
                shared += 1
        self.data += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        self.last, self.count = key, self.count + 1

    def content(self):
        return self.data + b"".join(struct.pack("<I", r) for r in self.restarts) + struct.pack("<I", len(self.restarts))


def write_table(path, pairs, block_size=4096, compress=False, interval=16):
    """A table of pairs of bytes, sorted by key."""
    file = b""

    def put(block):
        nonlocal file
        content = block.content()
        kind = b"\0"
        if compress:
            content, kind = snappy(content), b"\1"
        handle = varint(len(file)) + varint(len(content))
        file += content + kind + struct.pack("<I", masked(crc32c(content + kind)))
        return handle

    index, block = Block(1), Block(interval)
    for key, value in pairs:
        block.add(key, value)
        if len(block.data) >= block_size:
            index.add(block.last, put(block))
            block = Block(interval)
    if block.count:
        index.add(block.last + b"\0", put(block))
    meta_handle = put(Block())
    footer = meta_handle + put(index)
    file += footer.ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57)
    with open(path, "wb") as out:
        out.write(file)


def write(prefix, tensors, texts=None, shards=1, **table):
    """Arrays by name, and arrays of byte strings."""
    data = [b""] * shards
    pairs = {b"": field(1, shards) + field(3, field(1, 1))}
    for i, (name, array) in enumerate(sorted(tensors.items())):
        raw, shard = np.asarray(array).tobytes(), i % shards
        pairs[name.encode()] = entry(DTYPES[array.dtype.name], array.shape, shard, len(data[shard]), len(raw),
                                     crc32c(raw))
        data[shard] += raw
    for name, strings in (texts or {}).items():
        lengths = b"".join(varint(len(s)) for s in strings)
        sums = b"".join(struct.pack("<I", len(s)) for s in strings)
        raw = lengths + struct.pack("<I", masked(crc32c(sums))) + b"".join(strings)
        pairs[name.encode()] = entry(DT_STRING, (len(strings),), 0, len(data[0]), len(raw), crc32c(raw))
        data[0] += raw
    write_table(prefix + ".index", sorted(pairs.items()), **table)
    for shard, content in enumerate(data):
        with open(f"{prefix}.data-{shard:05d}-of-{shards:05d}", "wb") as out:
            out.write(content)

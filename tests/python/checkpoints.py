#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checkpoints as other programs write and read them, with the standard library and NumPy alone.

    checkpoints.py write FOLDER     files for ambit to read, and what is in them: FOLDER/expected, a line an array
    checkpoints.py read FOLDER      reads what ambit wrote there, and holds it against FOLDER/expected

A line of `expected`: file, tensor, NumPy's name of the dtype, extents, the little-endian bytes in hexadecimal; names
are quoted as in URLs.
"""
import json
import os
import struct
import sys
import urllib.parse
import zipfile

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tensorflow_1  # noqa: E402

rows = []


def expect(file, name, array):
    array = np.asarray(array)
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    rows.append(" ".join([file, "=" + urllib.parse.quote(name, safe=""), array.dtype.newbyteorder("=").name,
                          ",".join(map(str, array.shape)) or "-", little.tobytes(order="C").hex() or "-"]))


def values(dtype, shape, seed=0):
    """Numbers of any bits, NaN with payloads among them; bools are bools."""
    dtype = np.dtype(dtype)
    count = int(np.prod(shape, dtype=np.int64))
    generator = np.random.RandomState(seed + 1)
    if dtype.kind == "b":
        return (generator.randint(0, 2, count) > 0).reshape(shape)
    raw = generator.bytes(count * dtype.itemsize)
    return np.frombuffer(raw, dtype=dtype).reshape(shape)


DTYPES = ["?", "|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8", "<c8", "<c16",
          ">u2", ">i4", ">i8", ">f2", ">f4", ">f8", ">c8"]
SHAPES = [(), (1,), (5,), (3, 4), (2, 3, 4), (0,), (3, 0, 2), (1, 2, 1, 3, 1, 2, 1, 2), (2,) * 10]


def write_npy(folder):
    for i, dtype in enumerate(DTYPES):
        for j, shape in enumerate(SHAPES):
            for order in "CF":
                array = np.array(values(dtype, shape, i * 100 + j), order=order)
                name = f"a{i}_{j}{order}"
                np.save(os.path.join(folder, name), array)
                expect(name + ".npy", name, array)
    for version in ((1, 0), (2, 0), (3, 0)):
        array = values("<f4", (2, 3))
        name = f"version{version[0]}"
        with open(os.path.join(folder, name + ".npy"), "wb") as out:
            np.lib.format.write_array(out, array, version=version)
        expect(name + ".npy", name, array)
    # As NumPy of Python 2 wrote it, and as nobody does who writes by hand.
    for name, header in (("python2", "{'descr': '<i4', 'fortran_order': False, 'shape': (2L, 3L), }"),
                         ("by_hand", '{"shape":(2,3),"descr":"i4","fortran_order":False}')):
        array = values("<i4", (2, 3))
        with open(os.path.join(folder, name + ".npy"), "wb") as out:
            out.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() + array.tobytes())
        expect(name + ".npy", name, array)


def write_npz(folder):
    arrays = {"dense/kernel": values("<f4", (3, 4)), "dense/bias": values(">f8", (4,)),
              "steps": np.array(7, "<i8"), "\u00fc\u4e2d\U0001f600": values("<f2", (3,)), "": values("|u1", (2,)),
              "a b": np.asfortranarray(values("<i4", (2, 5))), "empty": np.zeros((0, 3), "<f4"),
              "mask": values("?", (9,)), "smooth": np.zeros((100, 100), "<f4"), "x.npy": values("<i2", (2,))}
    for name, save in (("stored.npz", np.savez), ("deflated.npz", np.savez_compressed)):
        save(os.path.join(folder, name), **arrays)
        for key, array in arrays.items():
            expect(name, key, array)
    # What is not asked for does not matter: texts, dates, records, objects.
    np.savez(os.path.join(folder, "others.npz"), text=np.array(["a", "\u00fc"]), raw=np.array([b"abc"]),
             when=np.array(["2020-01-01"], "M8[D]"), record=np.zeros(2, [("x", "<f4"), ("y", ">i2", (2, 2))]),
             objects=np.array([{}, None], object), wide=np.zeros(2, np.longdouble), weights=values("<f4", (2,)))
    expect("others.npz", "weights", values("<f4", (2,)))
    np.savez(os.path.join(folder, "none.npz"))


def write_safetensors(folder):
    names = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
             "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "?", "C64": "<c8"}
    header, data = {"__metadata__": {"format": "np", "\u00fc": "\n"}}, b""
    for i, (name, dtype) in enumerate(names.items()):
        for j, shape in enumerate([(), (3,), (2, 3), (0, 4)]):
            array, key = values(dtype, shape, i * 10 + j), f"layer/{name}:{j}"
            header[key] = {"dtype": name, "shape": list(shape), "data_offsets": [len(data), len(data) + array.nbytes]}
            data += array.tobytes()
            expect("all.safetensors", key, array)
    text = json.dumps(header).encode()
    with open(os.path.join(folder, "all.safetensors"), "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + data)


def write_tensorflow(folder):
    for name, options in (("model.ckpt-1000", {}), ("snappy.ckpt", {"compress": True}),
                          ("shards.ckpt", {"shards": 3, "block_size": 64})):
        tensors = {"dense/kernel": values("<f4", (3, 4)), "dense/bias": values("<f4", (4,)),
                   "dense/bias/Adam": values("<f4", (4,)), "global_step": np.array(1000, "<i8"),
                   "double": values("<f8", (2, 2)), "small": values("|u1", (3,)), "flag": values("?", (3,)),
                   "half": values("<f2", (5,)), "empty": np.zeros((0, 2), "<f4"), "i": values("<i4", (1,))}
        for i in range(50):
            tensors[f"layer_{i}/weights"] = values("<f4", (i % 5, 2), i)
        tensorflow_1.write(os.path.join(folder, name), tensors, texts={"note": [b"hello", b""]}, **options)
        for key, array in tensors.items():
            expect(name, key, array)


def write_refused(folder):
    """Files that are to be refused; FOLDER/refused has a line for each: the file, then words of the message."""
    lines = []

    def refuse(file, words):
        lines.append(f"{file} {words}")
        return os.path.join(folder, file)

    def index(name, words, pairs=(), header=tensorflow_1.field(1, 1), data=bytes(64), **table):
        path = refuse(name, words)
        tensorflow_1.write_table(path + ".index", [(b"", header), *pairs], **table)
        with open(path + ".data-00000-of-00001", "wb") as out:
            out.write(data)

    whole, field = tensorflow_1.entry, tensorflow_1.field
    zeros = tensorflow_1.crc32c(bytes(8))
    one = whole(1, (2,), 0, 0, 8, zeros)
    index("sliced", "was saved in 2 slices", [(b"w", whole(1, (4, 2), 0, 0, 0, 0, slices=[b"", b""]))])
    index("first_version", "first version, V1", header=field(1, b"\x0a\0"))
    index("big_endian", "big-endian machine", header=field(1, 1) + field(2, 1))
    index("no_header", "0 files of data", header=b"")
    index("many_files", "100000 files of data", header=field(1, 100000))
    index("no_message", "no protocol buffer", [(b"w", b"\x08")])
    index("group", "no protocol buffer", [(b"w", b"\x0b\x0c")])
    index("long_varint", "no protocol buffer", [(b"w", b"\x08" + b"\xff" * 9 + b"\x02")])
    index("field_past_end", "no protocol buffer", [(b"w", b"\x12\x7f")])
    index("no_shape", "no protocol buffer", [(b"w", field(1, 1) + field(2, b"\x12\x05\x08"))])
    index("negative", "float32[-1], which has a negative extent", [(b"w", whole(1, (2**64 - 1,), 0, 0, 8, zeros))])
    index("wraps", "float32[274177, 67280421310721], which takes more bytes",
          [(b"w", whole(1, (274177, 67280421310721), 0, 0, 4, zeros))])
    index("too_short", "its shape and dtype take 12", [(b"w", whole(1, (3,), 0, 0, 8, zeros))])
    index("other_file", "in file 1 of 1", [(b"w", whole(1, (2,), 1, 0, 8, zeros))])
    index("past_end", "takes 8 bytes from byte 60", [(b"w", whole(1, (2,), 0, 60, 8, zeros))])
    index("far_past_end", "from byte 18446744073709551615", [(b"w", whole(1, (2,), 0, 2**64 - 1, 8, zeros))])
    index("shared", "share bytes", [(b"v", one), (b"w", whole(1, (2,), 0, 4, 8, zeros))])
    index("other_sum", "checksum", [(b"w", whole(1, (2,), 0, 0, 8, zeros + 1))])
    two = whole(10, (1,), 0, 0, 1, tensorflow_1.crc32c(b"\2"))
    index("no_bool", "of the DT_BOOL tensor", [(b"w", two)], data=b"\2")
    index("out_of_order", "not in order", [(b"w", one), (b"v", one)])
    index("twice", "not in order", [(b"w", one), (b"w", one)])
    long = b"k" * 4000
    index("long_keys", "more bytes than names do",
          [(long + b"%05d" % i, whole(1, (0,), 0, 0, 0, 0)) for i in range(2000)],
          block_size=1 << 20, interval=10000)

    small = np.arange(3.0)
    for name, method, words in (("bzip2.npz", zipfile.ZIP_BZIP2, "compressed by method 12"),
                                ("lzma.npz", zipfile.ZIP_LZMA, "compressed by method 14")):
        with zipfile.ZipFile(refuse(name, words), "w", method) as archive:
            with archive.open("a.npy", "w") as member:
                np.lib.format.write_array(member, small)
    path = refuse("encrypted.npz", "is encrypted")
    np.savez(path, a=small)
    with open(path, "r+b") as file:
        content = bytearray(file.read())
        content[6] |= 1
        content[content.rindex(b"PK\1\2") + 8] |= 1
        file.seek(0)
        file.write(content)
    # Two entries of the directory that name the same bytes.
    path = refuse("overlapping.npz", "more bytes than the archive")
    np.savez(path, a=np.zeros(100), b=np.zeros(100))
    with open(path, "r+b") as file:
        content = bytearray(file.read())
        first = content.index(b"PK\1\2")
        entry = bytes(content[first:content.index(b"PK\1\2", first + 4)])
        end = content.index(b"PK\5\6")
        more = b"".join(entry.replace(b"a.npy", b"%c.npy" % letter) for letter in b"cdefgh")
        content[end:end] = more
        end += len(more)
        size, = struct.unpack("<I", content[end + 12:end + 16])
        content[end + 8:end + 16] = struct.pack("<HHI", 8, 8, size + len(more))
        file.seek(0)
        file.write(content)
    # A member that inflates to more than its array.
    with zipfile.ZipFile(refuse("bomb.npz", "take 8 bytes, and 10000008 follow"), "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("a.npy", "w") as member:
            np.lib.format.write_array(member, np.zeros(1))
            member.write(bytes(10_000_000))
    with zipfile.ZipFile(refuse("torch.pt", "torch.save"), "w") as archive:
        archive.writestr("model/data.pkl", b"\x80\2}q\0.")
    with open(os.path.join(folder, "refused"), "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


def load_safetensors(path):
    with open(path, "rb") as file:
        content = file.read()
    length, = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    metadata = header.pop("__metadata__", {})
    dtypes = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
              "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "?", "C64": "<c8"}
    arrays = {}
    for name, it in header.items():
        begin, end = it["data_offsets"]
        raw = content[8 + length + begin:8 + length + end]
        arrays[name] = np.frombuffer(raw, dtypes[it["dtype"]]).reshape(it["shape"])
    sums = metadata.pop("ambit.crc32c")
    if sums[8:] != "".join(f"{tensorflow_1.crc32c(arrays[name].tobytes()):08x}" for name in sorted(arrays)):
        sys.exit(f"{path}: the checksums of the tensors are not theirs")
    return arrays, metadata


def read(folder):
    cache = {}
    with open(os.path.join(folder, "expected"), encoding="utf-8") as lines:
        wanted = [line.split() for line in lines]
    for file, quoted, dtype, shape, content in wanted:
        path, name = os.path.join(folder, file), urllib.parse.unquote(quoted[1:])
        if path not in cache:
            if file.endswith(".npz"):
                archive = np.load(path)  # verifies checksums as it reads
                arrays = {key: archive[key] for key in archive.files}
                metadata = json.loads(bytes(arrays.pop("__metadata__"))) if "__metadata__" in arrays else {}
            elif file.endswith(".npy"):
                arrays, metadata = {name: np.load(path)}, {}
            else:
                arrays, metadata = load_safetensors(path)
            cache[path] = arrays
            if "metadata" in file and metadata != {"step": "7", "quote\"": "line\n\u00fc"}:
                sys.exit(f"{file}: the text pairs are {metadata}")
        array = cache[path].pop(name)
        extents = () if shape == "-" else tuple(map(int, shape.split(",")))
        raw = b"" if content == "-" else bytes.fromhex(content)
        if array.dtype.name != dtype or array.shape != extents or array.tobytes() != raw:
            sys.exit(f"{file}: {name} is {array.dtype}{array.shape}, wanted {dtype}{extents}, or has other bits")
    left = {path: list(arrays) for path, arrays in cache.items() if arrays}
    if left or not wanted:
        sys.exit(f"not expected: {left}")
    print(f"{len(wanted)} arrays in {len(cache)} files are as expected")


def main():
    task, folder = sys.argv[1:]
    if task == "read":
        return read(folder)
    write_npy(folder)
    write_npz(folder)
    write_safetensors(folder)
    write_tensorflow(folder)
    write_refused(folder)
    with open(os.path.join(folder, "expected"), "w", encoding="utf-8") as out:
        out.write("\n".join(rows) + "\n")
    return None


main()

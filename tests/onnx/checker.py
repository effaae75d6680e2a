# SPDX-License-Identifier: BSL-1.0
"""What ONNX's own checker says of the files that test.onnx has written: types and shapes included.

    python3 checker.py FOLDER
"""
import pathlib
import sys

import onnx
from onnx import checker, shape_inference

files = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
if not files:
    sys.exit(f"no files in {sys.argv[1]}")
for file in files:
    model = onnx.load(str(file))
    checker.check_model(model, full_check=True)
    inferred = shape_inference.infer_shapes(model, strict_mode=True)
    declared = {value.name: value.type for value in model.graph.output}
    for value in inferred.graph.output:
        if value.type != declared[value.name]:
            sys.exit(f"{file.name}: {value.name} is declared as {declared[value.name]}, and is {value.type}")
    print(f"{file.name}: {len(model.graph.node)} nodes, as ONNX {onnx.__version__} wants them")

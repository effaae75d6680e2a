# SPDX-License-Identifier: BSL-1.0
"""Compiles the examples of the reference: the indented lines in the comment of each function that users call, of which
every function has some. They run while the compiler looks at them, in a module for each header, and so meet the
checks of shapes and dtypes. Where a comment ends in a shape, `-> [32, 10]`, the line makes that; shapes in front of
the arrow are those of its operands.

    python3 docs/examples.py --out build/examples -- g++ -std=c++20 -Iinclude
"""
import argparse
import pathlib
import re
import subprocess
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ["ops", "nn", "nn/recurrent", "optim", "distributed"]
WRITTEN_BY_USERS = re.compile(r"^namespace AMBIT_NAMESPACE {$(.*?)^}  // namespace ambit$", re.M | re.S)
DECLARED = re.compile(r"^((?:///[^\n]*\n)+)((?:template[^\n]*\n|    requires[^\n]*\n|    [ ]*(?:&&|\|\|)[^\n]*\n)*"
                      r"(?:\[\[nodiscard\]\] )?(?!struct |class |enum |using |inline |concept )"
                      r"[\w:<>*&, \n]*?\b(\w+)\()", re.M)
INDENT = "///     "

# Names that examples use and do not declare are float32 [32, 10], but for these, of all examples or of one function's.
OPERANDS = {
    "": """
        image float32[32, 28, 28, 1]    images float32[32, 28, 28, 1]    kernel float32[3, 3, 1, 32]
        labels int32[32]    lengths int32[32]    words int32[32, 20]    step int32[]    index int32[32]    width int32[]
        xs float32[32, 20, 8]    signal float32[32, 100, 8]    data_loss float32[]    mask bool[32, 10]
        mean float32[10]    variance float32[10]    biases float32[10]    gamma float32[10]    beta float32[10]
        gradient float32[10, 10]    is_taken bool[32, 10]    h float32[32, 10]    table float32[1000, 64]
        weights `variable weights = s.get_variable("weights", {10, 10})`
        counter `variable counter = s.get_variable("counter", {}, {.dtype = int32})`
        loss `tensor loss = reduce_mean(square(s.get_variable("weights", {10})))`
        cell `lstm_cell cell(128)`
    """,
    "transpose": "nchw float32[32, 3, 28, 28]",
    "assign": """best `variable best = s.get_variable("best", {})`    loss float32[]""",
    "group": """seen `variable seen = s.get_variable("seen", {}, {.dtype = int32})`    loss float32[]
        last `variable last = s.get_variable("last", {})`""",
    "with_dependencies": 'update `operation update = assign(s.get_variable("last", {}), 1)`',
    "check_range": "given int32[32]",
    "scan": "xs float32[20, 32, 8]    initial float32[32, 64]",
    "moving_average": """mean `variable mean = s.get_variable("mean", {10})`    value float32[10]""",
    "explicit_pads": "image float32[32, 8, 8, 1]    weights float32[3, 3, 1, 16]",
    "conv2d": "weights float32[3, 3, 1, 16]",
    "conv2d_transpose": "x float32[32, 14, 14, 8]    weights float32[3, 3, 16, 8]",
    "conv1d": "weights float32[5, 8, 16]",
    "max_pool": "x float32[32, 28, 28, 1]",
    "resize_nearest": "mask uint8[32, 28, 28, 1]",
    "resize_bilinear": "x float32[32, 28, 28, 1]",
    "local_response_normalization": "image float32[32, 28, 28, 16]",
    "scatter_add": "ids int32[32]    rows float32[32, 64]",
    "exceeds_a_terabyte": "most `const std::int64_t most = 1000`",
    "matmul": "queries float32[32, 8, 20, 16]    keys float32[32, 8, 30, 16]    values float32[32, 8, 30, 16]",
    "einsum": "queries float32[32, 20, 8, 16]    keys float32[32, 30, 8, 16]    matrix float32[10, 10]",
    "pad": "line float32[3]",
    "moments": "x float32[32, 28, 28, 16]",
    "compute_weighted_loss": "mask bool[32]",
    "cached_attention": "x float32[8, 1, 64]",
    "cached_transformer_block": "x float32[8, 1, 64]",
    "streaming_conv1d": "x float32[8, 5, 2]",
    "beam_search": "cell `gru_cell cell(64)`    state float32[8, 64]",
    "scheduled_sampling": "cell `gru_cell cell(64)`    state float32[8, 64]    words int32[20, 8]    told float32[]",
    "separable_conv2d": "depthwise float32[3, 3, 1, 4]    pointwise float32[1, 1, 4, 16]",
    "accuracy": "mask bool[32]",
}
WORDS = set("""
    true false const constexpr return if auto float32 float64 int32 int64 uint8 boolean same valid any_shape relu s
    averaged scope tensor variable operation call pad_mode std resize_rounding
""".split())


class Function(NamedTuple):
    header: str      # nn/dense.hpp
    name: str
    runs_in_compiler: bool
    comment: list    # of lines
    line: int        # where the comment begins


def documented_functions():
    """Each function with a comment in a header that users include."""
    found = []
    for folder in FOLDERS:
        for header in sorted((ROOT / "include/ambit" / folder).glob("*.hpp")):
            text = header.read_text()
            for block in WRITTEN_BY_USERS.finditer(text):
                for declared in DECLARED.finditer(block[1]):
                    if declared[3].startswith("operator") or declared[3] == "requires":
                        continue
                    line = text.count("\n", 0, block.start(1) + declared.start()) + 1
                    found.append(Function(f"{folder}/{header.name}", declared[3], "constexpr" in declared[2],
                                          declared[1].splitlines(), line))
    return found


def examples_of(function):
    """The indented lines of its comment and where they begin, one example after another."""
    examples, begin = [], None
    for number, line in enumerate(function.comment + ["///"]):
        if line.startswith(INDENT) and begin is None:
            begin = number
        elif not line.startswith(INDENT) and begin is not None:
            examples.append((function.line + begin, [l[len(INDENT):] for l in function.comment[begin:number]]))
            begin = None
    return examples


SPEC = r"(?:(float32|float64|int32|int64|uint8|bool))?\[((?:\d+(?:, )?)*)\]"


def dtype_of(word):
    return "boolean" if word == "bool" else word or "float32"


def operand(spec):
    dtype, extents = re.fullmatch(SPEC, spec).groups()
    return f"root.builder()->input(spec({dtype_of(dtype)}, {{{extents}}}))"


RUN_TIME = """
struct trainer_{number} {{
    constexpr tensor operator()(scope&, tensor x) const {{ return x; }}
}};
template <class Trainer> concept example_{number} = requires(Trainer& t, saver& checkpoints, std::int64_t step) {{
{place}
    {call}
}};
static_assert(example_{number}<data_parallel<model<trainer_{number}, input<float, 2>>>>);
"""


def table(text):
    """The operands that a text of the table above names."""
    return {name: given for name, given in re.findall(r"(\w+) (\w*\[[\d, ]*\]|`[^`]*`)", text)}


def without_strings(text):
    return re.sub(r'"[^"]*"', '""', text)


def names_used(lines, operands):
    """The names that an example uses and does not declare."""
    text = without_strings("\n".join(re.sub(r"//.*", "", line) for line in lines))
    own = set(re.findall(r"\b(?:tensor|variable|operation|schedule|scope&|lstm_state|auto|int) (\w+)", text))
    own |= {name for names in re.findall(r"auto \[([\w, ]*)\]", text) for name in names.split(", ")}
    values = re.findall(r"(?<![.\w:])([a-z_]\w*)\b(?!\s*[(<{]|::|\s+\w)", text)
    functions = [name for name in operands if re.search(rf"(?<![.\w]){name}\(", text)]
    return [name for name in dict.fromkeys(values + functions) if name not in own | WORDS]


def shapes_told(lines, used):
    """What comments say of shapes: those of operands by name, and checks of what is made."""
    operands, checks = {}, []
    for line, after in zip(lines, lines[1:] + [""]):
        code, _, comment = line.partition("//")
        code = code.strip() or after
        front, arrow, result = comment.partition("->")
        words = re.findall(r"\w+", without_strings(code.partition("=")[2]))
        names = [name for name in dict.fromkeys(words) if name in used]
        shapes = re.findall(SPEC, front)
        if arrow and len(shapes) == len(names):
            operands.update({name: f"{dtype}[{extents}]" for name, (dtype, extents) in zip(names, shapes)})
        made, shown = re.match(r"tensor (\w+)", code), re.fullmatch(r" *" + SPEC, result)
        if made and shown:
            checks.append(f"expect({made[1]}, {{{shown[2]}}}, dtype::{dtype_of(shown[1]) if shown[1] else 'none'});")
    return operands, checks


def code_of(function, number, line, lines):
    """A block that is an example in a scope of its own, behind its operands."""
    place = f'#line {line} "{ROOT}/include/ambit/{function.header}"'
    if not function.runs_in_compiler:
        return RUN_TIME.format(number=number, place=place, call=re.sub(r"^[\w:& ]* = ", "", lines[0]))
    given = {**table(OPERANDS[""]), **table(OPERANDS.get(function.name, ""))}
    used = names_used(lines, given)
    told, checks = shapes_told(lines, used)
    declared = []
    for name in used:
        value = {**given, **told}.get(name, "float32[32, 10]")
        declared.append(value.strip("`") + ";" if value.startswith("`")
                        else f"const tensor {name} = {operand(value)};")
    if function.header == "ops/op.hpp":  # in the rule of an op
        lines = ["[[maybe_unused]] const auto infer = [&](const op_call& call) -> inferred {", *lines,
                 "return yields(call.operand(0)); };"]
    return "\n".join(["    {", f'auto s = root.variable_scope("example_{number}");', place, *declared, place, *lines,
                      place, *checks, "    }"])


HEAD = """#include <ambit/graphs.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/recurrent.hpp>
#include <ambit/optim/sgd.hpp>
{includes}
using namespace ambit;
namespace {{

// Not constexpr on purpose: it ends a constant evaluation, and compilers say who called it.
void the_example_makes_another_shape_or_dtype() {{}}
constexpr void expect(const tensor& made, const shape& extents, dtype type) {{
    if (made.shape() != extents || (type != dtype::none && made.dtype() != type))
        the_example_makes_another_shape_or_dtype();
}}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="a folder for the program that is compiled")
    parser.add_argument("--without", default="", help="a folder whose examples are not compiled: distributed")
    parser.add_argument("command", nargs="+", help="compiler and flags")
    arguments = parser.parse_args()

    functions = documented_functions()
    with_one = {(f.header, f.name) for f in functions if examples_of(f)}
    lacking = sorted({f"{f.header}: {f.name}" for f in functions} - {f"{h}: {n}" for h, n in with_one})
    if lacking or not functions:
        raise SystemExit("no example, an indented line in the comment of the declaration:\n  " +
                         "\n  ".join(lacking or ["anything"]))

    arguments.out.mkdir(parents=True, exist_ok=True)
    by_module, number = {}, 0
    for function in functions:
        if arguments.without and function.header.startswith(arguments.without):
            continue
        for line, lines in examples_of(function):
            number += 1
            # `minimize` trains all variables of a module.
            module = function.header + (str(number) if any("minimize(" in l for l in lines) else "")
            by_module.setdefault(module, []).append(code_of(function, number, line, lines))
    left_out = ("ops/", arguments.without or "ops/")
    headers = dict.fromkeys(f.header for f in functions if not f.header.startswith(left_out))
    includes = "\n".join(f"#include <ambit/{header}>" for header in headers)
    parts = [HEAD.format(includes=includes)]
    for module, blocks in by_module.items():
        if blocks[0].startswith("\nstruct"):
            parts += blocks
            continue
        name = re.sub(r"\W", "_", module)
        parts.append(f"struct {name}_examples {{\n    constexpr tensor operator()(scope& root) const {{\n" +
                     "\n".join(blocks) + f"\n    return zeros(root, {{1}});\n    }}\n}};\n"
                     f"static_assert(expect_valid<{name}_examples>());\n")
    parts.append("}  // namespace\n")
    program = arguments.out / "examples.cpp"
    program.write_text("\n".join(parts))
    command = [*arguments.command, "-fsyntax-only", "-Wno-unused", "-Wno-shadow", str(program)]
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{program} does not compile")
    print(f"{number} examples compile")


if __name__ == "__main__":
    main()

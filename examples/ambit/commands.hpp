// SPDX-License-Identifier: BSL-1.0
// What the program does, apart from its command line. Each command returns the exit code, and throws what makes it 2.
#pragma once

#include <string>
#include <vector>

namespace tool {

struct inspect_options {
    std::string file;
    std::vector<std::string> names;  ///< of tensors, or what these are below; all if empty
    bool reads_no_values = false, as_json = false;
};
int inspect(const inspect_options& wanted);

struct diff_options {
    std::string a, b;
    double absolute = 0, relative = 0;  ///< values differ where |a - b| > absolute + relative |b|
    bool any_type = false;  ///< another element type is no difference
    bool with_texts = false;  ///< text pairs are compared, too
    bool is_quiet = false, as_json = false;
};
int diff(const diff_options& wanted);

struct copy_options {
    std::string from, to;
    bool replaces = false, as_json = false;
};
/// `old=new`, `old/=new/`
int rename(const copy_options& wanted, const std::vector<std::string>& rules);
/// Of `names`, or all if it is empty; those of types that the format of `to` lacks are left out if `skips`.
int convert(const copy_options& wanted, const std::vector<std::string>& names, bool skips);

struct import_options {
    std::string file, name;            ///< the name of the struct, else that of the file
    std::vector<std::string> extents;  ///< `batch=8`, or `8` for all that the file leaves open
    bool replaces = false;
};
/// Writes an ONNX file as a module, NAME.hpp, and its weights, NAME.safetensors, in this folder.
int import_model(const import_options& wanted);

/// Writes a project of this name into a new folder of this name.
int start(const std::string& name);

}  // namespace tool

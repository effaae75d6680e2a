// SPDX-License-Identifier: BSL-1.0
// ONNX's own tests of its operators, as Debian's libonnx-testdata has them: each is a model of a node or a few, inputs,
// and the outputs that are wanted. What is not there stands in not_there.txt, with the reason.
#include <catch2/catch.hpp>

#include <ambit/onnx/onnx_error.hpp>
#include <ambit/onnx/onnx_module.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace ambit;

namespace fs = std::filesystem;

std::vector<std::byte> bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto* const first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}

/// A value of a test: one array, those of a sequence, or none.
struct test_value {
    onnx_kind kind = onnx_kind::array;
    std::vector<onnx_array> arrays;
};

test_value read_value(const fs::path& file, onnx_kind kind) {
    const std::vector<std::byte> bytes = bytes_of(file);
    if (kind == onnx_kind::sequence) return {kind, parse_onnx_sequence(bytes)};
    if (kind == onnx_kind::optional) return {kind, parse_onnx_optional(bytes)};
    return {kind, {parse_onnx_array(bytes)}};
}

std::vector<test_value> read_values(const fs::path& folder, const char* prefix,
                                    const std::vector<onnx_value>& declared) {
    std::vector<test_value> all;
    for (const onnx_value& value : declared) {
        const fs::path file = folder / (prefix + std::to_string(all.size()) + ".pb");
        if (fs::exists(file)) all.push_back(read_value(file, value.kind));
    }
    return all;
}

/// ONNX's own tolerance; empty if two arrays agree.
std::string difference(const onnx_array& wanted, onnx_type type, const std::vector<std::int64_t>& extents,
                       const std::byte* data) {
    if (type != wanted.type)
        return "type " + std::to_string(int(type)) + " instead of " + std::to_string(int(wanted.type));
    if (extents != wanted.extents) return "another shape";
    std::string found;
    with_elements(wanted, [&]<class T>(std::span<const T> elements) {
        for (std::size_t i = 0; i < elements.size() && found.empty(); ++i) {
            T got;
            std::memcpy(&got, data + i * sizeof(T), sizeof(T));
            const auto a = static_cast<double>(got), b = static_cast<double>(elements[i]);
            const bool agrees = std::isnan(b) ? std::isnan(a) : a == b || std::abs(a - b) <= 1e-7 + 1e-3 * std::abs(b);
            if (!agrees)
                found =
                    "element " + std::to_string(i) + " is " + std::to_string(a) + " instead of " + std::to_string(b);
        }
    });
    return found;
}

/// The module, with those inputs as constants that it needs to know.
onnx_module imported(onnx_file file, const std::vector<test_value>& inputs, std::set<std::string>& given) {
    onnx_options options;
    std::size_t next = 0;
    std::map<std::string, const test_value*> values;
    for (onnx_value& input : file.graph.inputs) {
        const bool has_initializer = std::any_of(file.graph.initializers.begin(), file.graph.initializers.end(),
                                                 [&](const auto& one) { return one.first == input.name; });
        if (has_initializer || next == inputs.size()) continue;
        const test_value& value = inputs[next++];
        values[input.name] = &value;
        if (value.kind != onnx_kind::array && (value.kind == onnx_kind::sequence || value.arrays.size() != 1)) {
            options.sequences[input.name] = value.arrays;
            given.insert(input.name);
            continue;
        }
        const onnx_array& array = value.arrays.at(0);
        if (value.kind == onnx_kind::optional || array.carrier() == dtype::none || array.elements() == 0) {
            options.constants[input.name] = array;
            given.insert(input.name);
        }
        input.extents = array.extents;
        input.has_shape = true;
        input.open_names.resize(array.extents.size());
    }
    for (;;) {
        try {
            return onnx_module(file, options);
        } catch (const onnx_error& why) {
            if (why.kind() != onnx_fault::needs_constant) throw;
            // A value that is computed from inputs: those of integers, then all that are one number.
            const auto give = [&](const std::string& name) {
                if (!given.insert(name).second) return false;
                options.constants[name] = values.at(name)->arrays.at(0);
                return true;
            };
            bool is_more = values.count(why.name()) != 0 && give(why.name());
            for (const bool numbers : {false, true})
                for (const auto& [name, value] : values) {
                    if (is_more || value->arrays.size() != 1) continue;
                    const onnx_array& array = value->arrays[0];
                    if (numbers ? array.elements() == 1 : !is_floating(array.carrier())) is_more = give(name);
                }
            if (!is_more) throw;
        }
    }
}

/// Empty if the outputs are those that are wanted.
std::string run_case(const onnx_file& file, const fs::path& folder) {
    const std::vector<test_value> inputs = read_values(folder, "input_", file.graph.inputs);
    const std::vector<test_value> wanted = read_values(folder, "output_", file.graph.outputs);
    std::set<std::string> given;
    const onnx_module module = imported(file, inputs, given);
    std::vector<onnx_array> results;
    std::vector<dynamic_value> arguments;
    std::size_t next = 0;
    for (const onnx_value& input : file.graph.inputs) {
        const bool has_initializer = std::any_of(file.graph.initializers.begin(), file.graph.initializers.end(),
                                                 [&](const auto& one) { return one.first == input.name; });
        if (has_initializer || next == inputs.size()) continue;
        const test_value& value = inputs[next++];
        if (given.count(input.name) != 0) continue;
        arguments.emplace_back(input.name, module.inputs()[arguments.size()].spec, value.arrays.at(0).bytes.data());
    }
    std::vector<onnx_array> flat;
    for (const test_value& value : wanted) flat.insert(flat.end(), value.arrays.begin(), value.arrays.end());
    if (flat.size() != module.outputs().size())
        return std::to_string(module.outputs().size()) + " outputs instead of " + std::to_string(flat.size());
    registry reg(seed{1});
    const bool computes = std::any_of(module.outputs().begin(), module.outputs().end(),
                                      [](const onnx_output& o) { return o.known == nullptr; });
    std::optional<dynamic_model> model;
    std::vector<dynamic_value> computed;
    if (computes) {
        model.emplace(module.build(reg));
        const std::vector<dynamic_argument> list(arguments.begin(), arguments.end());
        for (const dynamic_value& value : model->run_list(list)) computed.push_back(value);
    }
    std::size_t place = 0;
    for (std::size_t k = 0; k < flat.size(); ++k) {
        const onnx_output& output = module.outputs()[k];
        if (output.known != nullptr && !output.known->texts.empty()) {
            if (output.known->texts != flat[k].texts) return output.name + ": other texts";
            continue;
        }
        const std::byte* const data = output.known != nullptr ? output.known->bytes.data() : computed[place++].data();
        if (std::string found = difference(flat[k], output.type, output.extents, data); !found.empty())
            return output.name + ": " + found;
    }
    return {};
}

/// Why a test does not pass; empty if it does.
std::string run_test(const onnx_file& file, const fs::path& folder) {
    for (int set = 0;; ++set) {
        const fs::path data = folder / ("test_data_set_" + std::to_string(set));
        if (!fs::exists(data)) return set == 0 ? "no data" : "";
        if (std::string found = run_case(file, data); !found.empty()) return found;
    }
}

void add_operators(const onnx_graph& graph, std::set<std::string>& names) {
    for (const onnx_node& node : graph.nodes) {
        names.insert(node.domain.empty() ? node.op_type : node.domain + ':' + node.op_type);
        for (const auto& [name, attribute] : node.attributes)
            if (attribute.graph != nullptr) add_operators(*attribute.graph, names);
    }
}

/// `name: reason` of operators and of single tests, whose names begin with `test_`.
std::map<std::string, std::string> not_there() {
    std::map<std::string, std::string> all;
    std::ifstream in(AMBIT_ONNX_NOT_THERE);
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#') continue;
        const std::size_t colon = line.rfind(": ");
        REQUIRE(colon != std::string::npos);
        all[line.substr(0, colon)] = line.substr(colon + 2);
    }
    return all;
}

}  // namespace

TEST_CASE("onnx: the tests of ONNX's operators pass, but for those that are listed", "[onnx]") {
    const char* const only = std::getenv("AMBIT_ONNX_ONLY");
    const std::map<std::string, std::string> listed = not_there();
    std::set<std::string> excused;
    std::vector<std::string> surprises;
    int passed = 0, all = 0;
    for (const char* const part : {"node", "simple", "pytorch-operator", "pytorch-converted"}) {
        std::vector<fs::path> folders;
        for (const auto& entry : fs::directory_iterator(fs::path(AMBIT_ONNX_DATA) / part))
            folders.push_back(entry.path());
        std::sort(folders.begin(), folders.end());
        for (const fs::path& folder : folders) {
            const std::string name = folder.filename().string();
            if (only != nullptr && name.find(only) == std::string::npos) continue;
            ++all;
            std::set<std::string> operators{name};
            std::string why;
            try {
                const onnx_file file = read_onnx_file((folder / "model.onnx").string());
                add_operators(file.graph, operators);
                why = run_test(file, folder);
            } catch (const std::exception& thrown) {
                why = thrown.what();
            }
            std::set<std::string> reasons;
            for (const std::string& one : operators)
                if (listed.count(one) != 0) reasons.insert(one);
            if (why.empty()) {
                ++passed;
                for (const std::string& reason : reasons)
                    surprises.push_back(name + " passes, and " + reason + " is listed");
            } else {
                excused.insert(reasons.begin(), reasons.end());
                if (reasons.empty()) surprises.push_back(name + ": " + why);
            }
        }
    }
    for (const auto& [name, reason] : listed)
        if (excused.count(name) == 0 && only == nullptr)
            surprises.push_back(name + " is listed, and no test needs that");
    for (const std::string& surprise : surprises) UNSCOPED_INFO(surprise);
    std::cout << passed << " of " << all << " tests of ONNX pass\n";
    CHECK(surprises.empty());
    if (only == nullptr) CHECK(passed >= 1008);
}

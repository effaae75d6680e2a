// SPDX-License-Identifier: BSL-1.0
// ONNX's own tests of its operators, each damaged in one place: an attribute, an extent, a number that decides on
// shapes, the name of a value or an operator. A module of such a file is made, or refused by an onnx_error; nothing
// else happens, whatever the file asks for. What is made is not run: that may need any amount of memory.
#include <catch2/catch.hpp>

#include <ambit/onnx/onnx_error.hpp>
#include <ambit/onnx/onnx_module.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace ambit;

namespace fs = std::filesystem;

class damage {
public:
    explicit damage(std::uint32_t seed) : random_(seed) {}

    std::size_t one_of(std::size_t count) { return random_() % count; }

    std::int64_t integer(std::int64_t was) {
        constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                               most = std::numeric_limits<std::int64_t>::max();
        const std::int64_t chosen[] = {0,     1,         -1,          2,         7,     -8,
                                       1000,  1 << 20,   -(1 << 20),  1LL << 31, -was,  was / 2,
                                       1LL << 33, 1LL << 40, -(1LL << 40), most, least, most / 8 + 1};
        return chosen[one_of(std::size(chosen))];
    }
    float number() {
        const float chosen[] = {0, -1, 1e-40f, 1e30f, -1e30f, std::numeric_limits<float>::infinity(),
                                std::numeric_limits<float>::quiet_NaN()};
        return chosen[one_of(std::size(chosen))];
    }

    void change(onnx_attribute& attribute) {
        if (attribute.integer) attribute.integer = integer(*attribute.integer);
        if (attribute.number) attribute.number = number();
        if (attribute.text) attribute.text = one_of(2) == 0 ? "" : *attribute.text + "x";
        change(attribute.integers, [&](std::int64_t was) { return integer(was); });
        change(attribute.numbers, [&](float) { return number(); });
        if (attribute.array) attribute.array = changed(*attribute.array);
    }
    std::shared_ptr<const onnx_array> changed(const onnx_array& array) {
        auto made = std::make_shared<onnx_array>(array);
        const std::int64_t size = array.carrier() == dtype::none ? 0 : size_of(array.carrier());
        if (array.carrier() == dtype::int64 && array.elements() > 0) {
            const std::size_t place = 8 * one_of(static_cast<std::size_t>(array.elements()));
            std::int64_t element = 0;
            std::memcpy(&element, made->bytes.data() + place, 8);
            element = integer(element);
            std::memcpy(made->bytes.data() + place, &element, 8);
        } else if (size > 0 && array.elements() > 0) {
            const std::byte flipped{array.carrier() == dtype::boolean ? std::uint8_t{1} : std::uint8_t{0x80}};
            made->bytes[one_of(made->bytes.size())] ^= flipped;
        }
        return made;
    }
    void change(onnx_file& file) {
        onnx_graph& graph = file.graph;
        onnx_node& node = graph.nodes[one_of(graph.nodes.size())];
        switch (one_of(8)) {
            case 0:
            case 1:
            case 2:
                if (node.attributes.empty()) return;
                return change(std::next(node.attributes.begin(),
                                        static_cast<std::ptrdiff_t>(one_of(node.attributes.size())))->second);
            case 3: {
                if (graph.inputs.empty()) return;
                onnx_value& input = graph.inputs[one_of(graph.inputs.size())];
                return change(input.extents, [&](std::int64_t was) { return integer(was); });
            }
            case 4:
                if (node.inputs.empty()) return;
                node.inputs[one_of(node.inputs.size())] =
                    one_of(2) == 0 ? node.inputs[one_of(node.inputs.size())] : std::string();
                return;
            case 5:
                if (one_of(2) == 0 && !node.inputs.empty()) node.inputs.pop_back();
                else node.inputs.push_back(node.inputs.empty() ? "none" : node.inputs[0]);
                return;
            case 6: {
                const std::vector<std::string> known = onnx_operators();
                node.op_type = known[one_of(known.size())];
                return;
            }
            default: file.opsets[""] = static_cast<std::int64_t>(one_of(20)); return;
        }
    }

private:
    template <class T, class Make> void change(std::vector<T>& list, const Make& make) {
        if (list.empty()) return;
        switch (one_of(4)) {
            case 0: list.pop_back(); return;
            case 1: list.push_back(list[0]); return;
            default: T& element = list[one_of(list.size())]; element = make(element);
        }
    }

    std::minstd_rand random_;
};

/// Numbers that decide on shapes, as files of data have them: they are known when the model is built.
void give_numbers(const onnx_file& file, const fs::path& folder, onnx_options& options) {
    for (std::size_t i = 0; i < file.graph.inputs.size(); ++i) {
        const fs::path data = folder / "test_data_set_0" / ("input_" + std::to_string(i) + ".pb");
        if (file.graph.inputs[i].kind != onnx_kind::array || !fs::exists(data)) continue;
        std::ifstream in(data, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        const onnx_array array = parse_onnx_array(std::as_bytes(std::span(text)));
        if (!is_floating(array.carrier()) || array.elements() <= 1)
            options.constants[file.graph.inputs[i].name] = array;
    }
}

}  // namespace

TEST_CASE("onnx: files damaged in one place are taken or refused", "[onnx]") {
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(fs::path(AMBIT_ONNX_DATA) / "node")) folders.push_back(entry);
    std::sort(folders.begin(), folders.end());
    int taken = 0, refused = 0;
    std::vector<std::string> surprises;
    for (std::size_t f = 0; f < folders.size(); ++f) {
        const onnx_file whole = read_onnx_file((folders[f] / "model.onnx").string());
        if (whole.graph.nodes.empty()) continue;
        onnx_options numbers;
        give_numbers(whole, folders[f], numbers);
        for (std::uint32_t round = 0; round < 4; ++round) {
            damage some(static_cast<std::uint32_t>(f) * 4 + round + 1);
            onnx_file file = whole;
            onnx_options options = numbers;
            if (!options.constants.empty() && some.one_of(2) == 0) {
                auto& given = std::next(options.constants.begin(),
                                        static_cast<std::ptrdiff_t>(some.one_of(options.constants.size())))->second;
                given = *some.changed(given);
            } else {
                some.change(file);
            }
            try {
                onnx_module(std::move(file), std::move(options));
                ++taken;
            } catch (const onnx_error&) {
                ++refused;
            } catch (const std::exception& other) {
                surprises.push_back(folders[f].filename().string() + ", round " + std::to_string(round) + ": " +
                                    other.what());
            }
        }
    }
    for (const std::string& surprise : surprises) UNSCOPED_INFO(surprise);
    CHECK(surprises.empty());
    CHECK(taken > 500);    // what is damaged may still be a model
    CHECK(refused > 500);
}

// Every integer of an attribute in turn is the least and the greatest that there is, and every list is empty: what is
// computed of them, and reached by them, is no number and no memory.
TEST_CASE("onnx: attributes out of every range are taken or refused", "[onnx]") {
    int refused = 0;
    std::vector<std::string> surprises;
    for (const auto& folder : fs::directory_iterator(fs::path(AMBIT_ONNX_DATA) / "node")) {
        const onnx_file whole = read_onnx_file((folder.path() / "model.onnx").string());
        onnx_options options;
        give_numbers(whole, folder.path(), options);
        const auto import = [&](const onnx_file& file, const std::string& what) {
            try {
                onnx_module(file, options);
            } catch (const onnx_error&) {
                ++refused;
            } catch (const std::exception& other) {
                surprises.push_back(folder.path().filename().string() + ", " + what + ": " + other.what());
            }
        };
        for (std::size_t n = 0; n < whole.graph.nodes.size(); ++n)
            for (const auto& [name, said] : whole.graph.nodes[n].attributes) {
                onnx_file file = whole;
                onnx_attribute& changed = file.graph.nodes[n].attributes.at(name);
                for (const std::int64_t number :
                     {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
                    if (said.integer) {
                        changed.integer = number;
                        import(file, name);
                    }
                    for (std::size_t i = 0; i < said.integers.size(); ++i) {
                        changed.integers = said.integers;
                        changed.integers[i] = number;
                        import(file, name);
                    }
                }
                if (said.integers.empty()) continue;
                changed.integers.clear();
                import(file, name);
            }
    }
    for (const std::string& surprise : surprises) UNSCOPED_INFO(surprise);
    CHECK(surprises.empty());
    CHECK(refused > 500);
}

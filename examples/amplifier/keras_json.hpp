// SPDX-License-Identifier: BSL-1.0
// Weights in the JSON form in which nets for guitar amplifiers are passed on: a list of layers as Keras has them, each
// with its arrays. As an open checkpoint, so that `load` takes it, with the layout maps for Keras:
//
//     load(net, keras_json("amp.json"), keras::lstm<"lstm", "rnn/lstm_cell">, keras::dense<"dense", "mix">);
//
// Layers are named by their type: `lstm`, `dense`, `dense_1`, ….
#pragma once

#include <ambit/checkpoint/tensor_source.hpp>
#include <ambit/io/whole_file.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace amplifier {

class keras_json final : public ambit::tensor_source {
public:
    /// Throws `ambit::checkpoint_error`, `ambit::file_error` of a file that cannot be read.
    explicit keras_json(std::string file) : file_(std::move(file)) {
        constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20;
        const std::vector<std::byte> bytes = ambit::io_parts::read_file<ambit::file_error>(file_, most_bytes);
        const char* const text = reinterpret_cast<const char*>(bytes.data());
        const nlohmann::json all = nlohmann::json::parse(text, text + bytes.size(), nullptr, false);
        if (all.is_discarded()) throw fault(ambit::checkpoint_fault::header_syntax, "is no JSON");
        if (!all.is_object() || !all.contains("layers") || !all["layers"].is_array())
            throw fault(ambit::checkpoint_fault::header_field, "has no list of layers");
        std::map<std::string, int> counts;
        for (const nlohmann::json& layer : all["layers"]) add(layer, counts);
        std::vector<std::size_t> order(tensors_.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::sort(order.begin(), order.end(),
                  [&](std::size_t a, std::size_t b) { return tensors_[a].name < tensors_[b].name; });
        std::vector<ambit::stored_tensor> sorted;
        for (const std::size_t place : order) {
            sorted.push_back(tensors_[place]);
            values_.push_back(std::move(read_[place]));
        }
        tensors_ = std::move(sorted);
    }

    const std::string& file() const override { return file_; }
    std::span<const ambit::stored_tensor> tensors() const override { return tensors_; }
    const ambit::checkpoint_metadata& metadata() const override { return metadata_; }
    std::string_view format() const override { return "JSON of Keras layers"; }

private:
    void read_elements(std::size_t tensor, std::span<std::byte> destination) const override {
        std::memcpy(destination.data(), values_[tensor].data(), destination.size());
    }

    ambit::checkpoint_error fault(ambit::checkpoint_fault kind, const std::string& found) const {
        return {kind, file_, found, "give JSON of Keras layers, LSTM and dense ones"};
    }

    void add(const nlohmann::json& layer, std::map<std::string, int>& counts) {
        if (!layer.is_object() || !layer.contains("type") || !layer["type"].is_string() || !layer.contains("weights") ||
            !layer["weights"].is_array())
            throw fault(ambit::checkpoint_fault::header_field, "has a layer without type or weights");
        const std::string type = layer["type"];
        static const std::map<std::string, std::vector<const char*>> known{
            {"lstm", {"kernel", "recurrent_kernel", "bias"}}, {"dense", {"kernel", "bias"}}};
        const auto found = known.find(type);
        if (found == known.end())
            throw fault(ambit::checkpoint_fault::unsupported,
                        "has a layer of type " + ambit::mistake_parts::in_quotes(type));
        const std::vector<const char*>& names = found->second;
        if (layer["weights"].size() != names.size())
            throw fault(ambit::checkpoint_fault::header_field, "has a layer " + type + " with " +
                                                                   std::to_string(layer["weights"].size()) +
                                                                   " arrays, not " + std::to_string(names.size()));
        const int count = counts[type]++;
        const std::string name = count == 0 ? type : type + '_' + std::to_string(count);
        for (std::size_t i = 0; i < names.size(); ++i) add_array(name + '/' + names[i], layer["weights"][i]);
    }

    void add_array(const std::string& name, const nlohmann::json& array) {
        std::vector<std::int64_t> extents;
        std::vector<float> values;
        const auto refuse = [&] {
            return fault(ambit::checkpoint_fault::illegal_shape,
                         "has an array " + name + " that is no vector or matrix of numbers");
        };
        if (!array.is_array() || array.empty()) throw refuse();
        const auto take_row = [&](const nlohmann::json& row) {
            for (const nlohmann::json& value : row) {
                if (!value.is_number()) throw refuse();
                const double number = value.get<double>();
                if (!(std::fabs(number) <= double{std::numeric_limits<float>::max()}))
                    throw fault(ambit::checkpoint_fault::illegal_value,
                                "has a number in " + name + " that float32 does not hold: " + value.dump());
                values.push_back(static_cast<float>(number));
            }
        };
        extents.push_back(static_cast<std::int64_t>(array.size()));
        if (array[0].is_array()) {
            extents.push_back(static_cast<std::int64_t>(array[0].size()));
            for (const nlohmann::json& row : array) {
                if (!row.is_array() || row.empty() || static_cast<std::int64_t>(row.size()) != extents[1])
                    throw refuse();
                take_row(row);
            }
        } else {
            take_row(array);
        }
        tensors_.push_back({name, ambit::element_type::float32, "number", extents, values.size() * sizeof(float)});
        read_.push_back(std::move(values));
    }

    std::string file_;
    std::vector<ambit::stored_tensor> tensors_;
    std::vector<std::vector<float>> read_, values_;
    ambit::checkpoint_metadata metadata_;
};

}  // namespace amplifier

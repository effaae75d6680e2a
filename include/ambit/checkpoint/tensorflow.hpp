// SPDX-License-Identifier: BSL-1.0
// Checkpoints of TensorFlow 1, read in: `load` takes the prefix that `tf.train.Saver` was given. Link `ambit::formats`,
// for snappy.
//
//     #include <ambit/checkpoint/tensorflow.hpp>
//     load(net, "model.ckpt-1000");              // model.ckpt-1000.index, model.ckpt-1000.data-00000-of-00001
//
// Source: tensorflow/core/protobuf/tensor_bundle.proto and the formats that sorted_table.hpp and protobuf_fields.hpp
// name.
#pragma once

#include <ambit/checkpoint/open_checkpoint.hpp>
#include <ambit/checkpoint/protobuf_fields.hpp>
#include <ambit/checkpoint/sorted_table.hpp>
#include <ambit/files/crc32c.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

struct tensorflow_type {
    std::string_view name;
    element_type type;
};

/// An element type of TensorFlow by its number in types.proto.
inline tensorflow_type tensorflow_type_of(std::uint64_t number) {
    switch (number) {
        case 1: return {"DT_FLOAT", element_type::float32};
        case 2: return {"DT_DOUBLE", element_type::float64};
        case 3: return {"DT_INT32", element_type::int32};
        case 4: return {"DT_UINT8", element_type::uint8};
        case 5: return {"DT_INT16", element_type::int16};
        case 6: return {"DT_INT8", element_type::int8};
        case 7: return {"DT_STRING", element_type::other};
        case 8: return {"DT_COMPLEX64", element_type::complex64};
        case 9: return {"DT_INT64", element_type::int64};
        case 10: return {"DT_BOOL", element_type::boolean};
        case 14: return {"DT_BFLOAT16", element_type::bfloat16};
        case 17: return {"DT_UINT16", element_type::uint16};
        case 18: return {"DT_COMPLEX128", element_type::complex128};
        case 19: return {"DT_HALF", element_type::float16};
        case 21: return {"DT_VARIANT", element_type::other};
        case 22: return {"DT_UINT32", element_type::uint32};
        case 23: return {"DT_UINT64", element_type::uint64};
        case 24: return {"DT_FLOAT8_E5M2", element_type::float8_e5m2};
        case 25: return {"DT_FLOAT8_E4M3FN", element_type::float8_e4m3};
        default: return {"DT_OTHER", element_type::other};  // quantized numbers among them
    }
}

/// An open checkpoint of TensorFlow. The index is read when it is opened; the checksum of a tensor is verified when it
/// is read. A variable that was saved in slices is listed, and refused when it is read.
class tensorflow_checkpoint final : public tensor_source {
public:
    /// Throws `checkpoint_error`.
    explicit tensorflow_checkpoint(byte_source index) : index_(std::move(index)) {
        if (index_.is_in_memory())
            throw checkpoint_error(checkpoint_fault::unsupported, file(),
                                   "an index of TensorFlow was given in memory, without the files of its data",
                                   "open it by its path, or convert it to .safetensors");
        read_sorted_table(index_, [&](std::string_view key, std::string_view value) {
            if (key.empty()) read_header(value);
            else if (shard_count_ == 0) fail(checkpoint_fault::header_field, "the index has no header");
            else if (key.front() != '\0') read_entry(key, value);  // else the data of a slice
        });
        if (shard_count_ == 0) fail(checkpoint_fault::header_field, "the index has no header");
        open_shards();
        check_places();
    }

    const std::string& file() const override { return index_.name(); }
    std::span<const stored_tensor> tensors() const override { return tensors_; }
    const checkpoint_metadata& metadata() const override { return metadata_; }
    std::string_view format() const override { return "TensorFlow 1"; }
    std::string_view checksum() const override { return "CRC-32C"; }

private:
    struct location {
        std::uint64_t shard = 0, offset = 0;
        std::uint32_t checksum = 0;
        std::size_t slices = 0;
    };

    [[noreturn]] void fail(checkpoint_fault kind, const std::string& found) const {
        throw checkpoint_error(kind, file(), found, "the file is damaged: fetch it or save it again");
    }

    void read_header(std::string_view message) {
        protobuf_fields fields(message);
        shard_count_ = 0;
        bool is_well_formed = true;
        while (fields.next()) {
            if (fields.number() == 1 && fields.is_bytes())
                throw checkpoint_error(checkpoint_fault::unsupported, file(),
                                       "the checkpoint is of TensorFlow's first version, V1",
                                       "save it by tf.train.Saver(write_version=tf.train.SaverDef.V2)");
            if (fields.number() == 1) shard_count_ = fields.value();
            if (fields.number() == 2) is_well_formed &= !fields.is_bytes();
            if (fields.number() == 2 && is_well_formed && fields.value() != 0)
                throw checkpoint_error(checkpoint_fault::unsupported, file(),
                                       "the checkpoint was saved on a big-endian machine",
                                       "save it on a little-endian one");
        }
        if (fields.is_broken() || !is_well_formed)
            fail(checkpoint_fault::header_syntax, "the header of the index is no protocol buffer");
        if (shard_count_ == 0 || shard_count_ > 99'999)
            fail(checkpoint_fault::header_field,
                 "the index is said to have " + std::to_string(shard_count_) + " files of data");
    }

    void read_entry(std::string_view key, std::string_view message) {
        const std::string subject = "tensor " + in_quotes(key);
        stored_tensor tensor;
        tensor.name = key;
        location where;
        std::uint64_t type = 0;
        bool is_well_formed = true;
        protobuf_fields fields(message);
        while (fields.next()) {
            // Numbers, but for a shape and for slices.
            const int field = fields.number();
            if (field <= 7) is_well_formed &= fields.is_bytes() == (field == 2 || field == 7);
            switch (field) {
                case 1: type = fields.value(); break;
                case 2: is_well_formed &= read_shape(fields.bytes(), tensor.extents); break;
                case 3: where.shard = fields.value(); break;
                case 4: where.offset = fields.value(); break;
                case 5: tensor.bytes = fields.value(); break;
                case 6: where.checksum = static_cast<std::uint32_t>(fields.value()); break;
                case 7: ++where.slices; break;
                default: break;  // of a later version
            }
        }
        if (fields.is_broken() || !is_well_formed)
            fail(checkpoint_fault::header_syntax, "the description of " + subject + " is no protocol buffer");
        const tensorflow_type known = tensorflow_type_of(type);
        tensor.type = known.type;
        tensor.type_name = known.name;
        const std::optional<std::uint64_t> bytes =
            bytes_of(tensor.extents, (std::max<std::uint64_t>)(size_of(tensor.type), 1));
        if (!bytes) fail(checkpoint_fault::illegal_shape, impossible_size(tensor));
        if (where.slices > 0) {
            tensor.bytes = *bytes;  // it has none of its own
        } else if (tensor.type != element_type::other && tensor.bytes != *bytes) {
            fail(checkpoint_fault::wrong_offsets, subject + " is said to have " + std::to_string(tensor.bytes) +
                                                      " bytes, and its shape and dtype take " + std::to_string(*bytes));
        }
        if (where.shard >= shard_count_)
            fail(checkpoint_fault::wrong_offsets, subject + " is said to lie in file " + std::to_string(where.shard) +
                                                      " of " + std::to_string(shard_count_));
        tensors_.push_back(std::move(tensor));
        places_.push_back(where);
    }

    /// False where the bytes are no shape.
    static bool read_shape(std::string_view message, std::vector<std::int64_t>& extents) {
        protobuf_fields fields(message);
        while (fields.next()) {
            if (fields.number() != 2) continue;
            if (!fields.is_bytes()) return false;
            std::uint64_t extent = 0;
            protobuf_fields dimension(fields.bytes());
            while (dimension.next())
                if (dimension.number() == 1) {
                    if (dimension.is_bytes()) return false;
                    extent = dimension.value();
                }
            if (dimension.is_broken()) return false;
            extents.push_back(static_cast<std::int64_t>(extent));
        }
        return !fields.is_broken();
    }

    /// `model.ckpt-1000.data-00000-of-00001`
    std::string shard_name(std::uint64_t shard) const {
        const auto digits = [](std::uint64_t number) {
            const std::string text = std::to_string(number);
            return std::string(5 - (std::min<std::size_t>)(text.size(), 5), '0') + text;
        };
        std::string_view prefix = file();
        if (prefix.ends_with(".index")) prefix.remove_suffix(6);
        return std::string(prefix) + ".data-" + digits(shard) + "-of-" + digits(shard_count_);
    }

    /// Those that tensors lie in.
    void open_shards() {
        for (std::size_t t = 0; t < places_.size(); ++t) {
            if (places_[t].slices > 0) continue;
            const auto found = shards_.find(places_[t].shard);
            const byte_source& data =
                found != shards_.end()
                    ? found->second
                    : shards_.try_emplace(places_[t].shard, shard_name(places_[t].shard)).first->second;
            if (places_[t].offset > data.size() || tensors_[t].bytes > data.size() - places_[t].offset)
                throw checkpoint_error(checkpoint_fault::truncated, data.name(),
                                       "tensor " + in_quotes(tensors_[t].name) + " takes " +
                                           std::to_string(tensors_[t].bytes) + " bytes from byte " +
                                           std::to_string(places_[t].offset) + ", and the file has " +
                                           std::to_string(data.size()),
                                       "the file was cut short: fetch it or save it again");
        }
    }

    /// No two tensors share bytes. Between them there may be some, which align them.
    void check_places() const {
        std::vector<std::size_t> order;
        for (std::size_t t = 0; t < places_.size(); ++t)
            if (places_[t].slices == 0 && tensors_[t].bytes > 0) order.push_back(t);
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return std::pair(places_[a].shard, places_[a].offset) < std::pair(places_[b].shard, places_[b].offset);
        });
        for (std::size_t i = 1; i < order.size(); ++i) {
            const location &before = places_[order[i - 1]], &here = places_[order[i]];
            if (before.shard == here.shard && before.offset + tensors_[order[i - 1]].bytes > here.offset)
                fail(checkpoint_fault::wrong_offsets, "tensors " + in_quotes(tensors_[order[i - 1]].name) + " and " +
                                                          in_quotes(tensors_[order[i]].name) + " share bytes");
        }
    }

    void read_elements(std::size_t tensor, std::span<std::byte> destination) const override {
        const location& where = places_[tensor];
        if (where.slices > 0)
            throw checkpoint_error(checkpoint_fault::unsupported, file(),
                                   "tensor " + in_quotes(tensors_[tensor].name) + " was saved in " +
                                       std::to_string(where.slices) + " slices, by a partitioner",
                                   "save it as a whole: restore it in TensorFlow without the partitioner");
        shards_.at(where.shard).read_at(where.offset, destination);
        // Texts have a checksum of their own kind.
        if (tensors_[tensor].type != element_type::other && crc32c(destination) != unmasked_crc32c(where.checksum))
            throw checkpoint_error(
                checkpoint_fault::wrong_checksum, shard_name(where.shard),
                "tensor " + in_quotes(tensors_[tensor].name) + " does not have the checksum that was stored with it",
                "the file is damaged, or of another index: fetch it or save it again");
    }

    byte_source index_;
    std::uint64_t shard_count_ = 0;
    std::map<std::uint64_t, byte_source> shards_;
    std::vector<stored_tensor> tensors_;
    std::vector<location> places_;
    checkpoint_metadata metadata_;
};

/// It is one, or is named so and begins as no other format does: what was cut off is missing then.
inline bool is_named_index(const byte_source& source) {
    return header_for(first_bytes(source, 9), source.name()) == "tensorflow";
}

inline const bool reads_tensorflow =
    add_reader({[](const byte_source& source) { return is_sorted_table(source) || is_named_index(source); },
                [](byte_source source) -> std::unique_ptr<tensor_source> {
                    return std::make_unique<tensorflow_checkpoint>(std::move(source));
                }});

}  // namespace ambit::checkpoint_parts

// SPDX-License-Identifier: BSL-1.0
// Rows of numbers, each with the number of its class, as small data sets come in files of comma-separated values. Link
// with -lz.
//
//     labelled_numbers flowers = read_labelled_csv("iris.csv", label_column::last, 3);
//     flowers.values;                                          // [150, 4]
//     batches<10, 4> training(flowers, {.order = example_order::shuffled});
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/io/csv.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>  // xtl, which calls std::terminate, lacks it
#include <filesystem>
#include <string>
#include <vector>

#include <xtensor/xadapt.hpp>
#include <xtensor/xtensor.hpp>

namespace AMBIT_NAMESPACE {

struct labelled_numbers {
    xt::xtensor<float, 2> values;  ///< [size, elements]
    std::vector<std::int32_t> labels;
    std::vector<std::string> names;  ///< of the columns of `values`; empty without a header

    // ---- as a set that batches are made of, io/batches.hpp

    std::size_t size() const { return labels.size(); }
    std::size_t elements() const { return values.shape(1); }
    std::int32_t label(std::size_t index) const { return labels[index]; }
    void copy_example(std::size_t index, float* to) const {
        std::copy_n(values.data() + index * elements(), elements(), to);
    }
    /// `the rows have 4 numbers`
    std::string extents_in_words() const { return "the rows have " + std::to_string(elements()) + " numbers"; }
};

enum class label_column { first, last };

/// Reads a table of numbers; those of one column are labels, integers from 0 to below `classes`. Throws `csv_error`, or
/// `file_error` where no line is at fault.
inline labelled_numbers read_labelled_csv(const std::filesystem::path& file, label_column where, std::int32_t classes,
                                          const csv_options& options = {}) {
    labelled_numbers set;
    std::vector<float> values;
    const csv_extents extents =
        io_parts::for_each_csv_field(file, options, set.names, [&](const io_parts::csv_field& field) {
            if (where == label_column::first ? field.column > 0 : !field.is_last) {
                values.push_back(io_parts::parse_csv_number<float>(field));
                return;
            }
            const auto label = io_parts::parse_csv_number<std::int32_t>(field);
            if (label < 0 || label >= classes)
                throw field.error(file_fault::illegal_value,
                                  "is no label: they are from 0 to below " + std::to_string(classes),
                                  "check the file, the number of classes, and the column of the labels");
            set.labels.push_back(label);
        });
    if (extents.columns < 2)
        throw file_error(file_fault::wrong_size, file, "the rows have a label and no numbers",
                         "choose another file, or check the delimiter");
    if (!set.names.empty()) set.names.erase(where == label_column::first ? set.names.begin() : set.names.end() - 1);
    set.values = xt::adapt(values, std::vector<std::size_t>{extents.rows, extents.columns - 1});
    return set;
}

}  // namespace ambit

// SPDX-License-Identifier: BSL-1.0
// What an operator of ONNX sees while it becomes ops: its node, its inputs, what it may ask and what it gives.
//
//     void gemm(node_call& call) { call.give(matmul(call.x(0), call.x(1))); }
#pragma once

#include <ambit/core/throw_or_end.hpp>
#include <ambit/onnx/onnx_error.hpp>
#include <ambit/onnx/onnx_graph.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/scope/scope.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::onnx_parts {

using integers = std::vector<std::int64_t>;
using array_pointer = std::shared_ptr<const onnx_array>;

/// A value of the file while the graph is built: known already, a tensor, both, or a sequence. None of them: an
/// optional value that is empty, or an input that is left out.
struct value {
    onnx_type type = onnx_type::undefined;
    array_pointer known = {};
    std::optional<tensor> built = {};
    std::shared_ptr<const std::vector<value>> items = {};
    bool is_weight = false;  ///< an initializer of floats: may change, but knows its values now
    std::string name = {};

    bool is_there() const { return known != nullptr || built.has_value() || items != nullptr; }
    integers extents() const {
        if (known != nullptr) return known->extents;
        integers all;
        if (built.has_value())
            for (int axis = 0; axis < built->shape().rank(); ++axis) all.push_back(built->shape()[axis]);
        return all;
    }
    /// A known one without elements; no tensor is such.
    bool is_empty() const { return known != nullptr && known->elements() == 0; }
};

value known_value(onnx_array array);
template <tensor_element T> value known_value(const std::vector<T>& list, integers extents) {
    return known_value(onnx_array::of<T>(onnx_type_of(dtype_of<T>), std::move(extents), list));
}
value known_integers(const integers& list);

/// Names in a graph, and behind them those of the graph around it.
struct frame {
    const frame* around = nullptr;
    std::map<std::string, value, std::less<>> values = {};

    const value* find(std::string_view name) const {
        for (const frame* at = this; at != nullptr; at = at->around)
            if (const auto found = at->values.find(name); found != at->values.end()) return &found->second;
        return nullptr;
    }
};

class node_call;
using op_function = std::function<void(node_call&)>;

/// One version of an operator, from an opset on.
struct op_version {
    int since = 1;
    op_function build;
    bool folds = true;  ///< of known inputs its results are known, too
};

class op_table {
public:
    void add(std::string_view name, op_function build, int since = 1, bool folds = true) {
        versions_[std::string(name)][since] = {since, std::move(build), folds};
    }
    /// The last one from an opset not later than this; null if there is none.
    const op_version* find(const std::string& name, std::int64_t opset) const {
        const auto found = versions_.find(name);
        if (found == versions_.end()) return nullptr;
        auto behind = found->second.upper_bound(static_cast<int>(opset));
        return behind == found->second.begin() ? nullptr : &(--behind)->second;
    }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& [name, versions] : versions_) all.push_back(name);
        return all;
    }

    static const op_table& all();

private:
    std::map<std::string, std::map<int, op_version>, std::less<>> versions_;
};

void add_arithmetic(op_table& table);
void add_functions(op_table& table);
void add_arrays(op_table& table);
void add_lookup(op_table& table);
void add_reductions(op_table& table);
void add_losses(op_table& table);
void add_products(op_table& table);
void add_images(op_table& table);
void add_resizing(op_table& table);
void add_recurrent(op_table& table);
void add_control(op_table& table);
void add_quantized(op_table& table);
void add_signals(op_table& table);
void add_training(op_table& table);

/// Builds the graph of a file in a scope.
class importer {
public:
    importer(scope& s, const onnx_file& file) : s_(s), file_(file) {}

    scope& s() const { return s_; }
    const onnx_file& file() const { return file_; }
    std::int64_t opset(std::string_view domain) const {
        const auto found = file_.opsets.find(domain);
        return found == file_.opsets.end() ? 1 : found->second;
    }

    /// The results of a graph whose inputs have these values, within the names of another one.
    std::vector<value> run(const onnx_graph& graph, std::span<const value> inputs, const frame* around);

    /// Known values become constants, and weights variables.
    tensor tensor_of(const value& of, const std::string& node = {});

    /// Paths of initializers that have become variables, in order of first use.
    struct used_weight {
        std::string path, name;
        array_pointer values;
    };
    std::vector<used_weight> weights;

private:
    friend class node_call;
    void run_node(const onnx_node& node, frame& here);
    bool fold(const onnx_node& node, const op_version& version, std::vector<value>& inputs, frame& here);
    std::string free_path(const std::string& name) const;

    scope& s_;
    const onnx_file& file_;
    std::map<const onnx_array*, tensor> tensors_;
    std::vector<array_pointer> held_;
};

/// A node that is being built.
class node_call {
public:
    node_call(importer& of, const onnx_node& node, std::vector<value>& inputs, const frame& here)
        : importer_(of), node_(node), inputs_(inputs), here_(here), results_(node.outputs.size()) {}

    importer& builder() const { return importer_; }
    scope& s() const { return importer_.s(); }
    const onnx_node& node() const { return node_; }
    const frame& names() const { return here_; }
    std::int64_t opset() const { return importer_.opset(node_.domain); }

    // ---- inputs -------------------------------------------------------------------------------------------------
    int inputs() const { return static_cast<int>(inputs_.size()); }
    bool has(int i) const { return i < inputs() && inputs_[static_cast<std::size_t>(i)].is_there(); }
    const value& in(int i) const {
        if (!has(i)) refuse(onnx_fault::missing_value, "input " + std::to_string(i) + " is missing", "");
        return inputs_[static_cast<std::size_t>(i)];
    }
    tensor x(int i) const { return importer_.tensor_of(in(i), node_.title()); }
    onnx_type type(int i) const { return in(i).type; }
    integers extents(int i) const { return in(i).extents(); }
    int rank(int i) const { return static_cast<int>(extents(i).size()); }
    /// Values that have to be known now.
    const onnx_array& known(int i) const;
    integers known_integers(int i) const;
    std::vector<double> known_numbers(int i) const;
    std::int64_t known_integer(int i) const;
    double known_number(int i) const;

    // ---- attributes ---------------------------------------------------------------------------------------------
    bool says(std::string_view name) const { return node_.attributes.find(name) != node_.attributes.end(); }
    const onnx_attribute& attribute(std::string_view name) const;
    std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
    double number(std::string_view name, double otherwise) const;
    std::string text(std::string_view name, std::string_view otherwise) const;
    integers list(std::string_view name, const integers& otherwise = {}) const;
    /// `numbers` as they are, if each lies from `low` to `high`, so that what is computed of them is a number, too.
    integers within(integers numbers, std::int64_t low, std::int64_t high, std::string_view what) const;
    std::vector<float> numbers(std::string_view name) const {
        return says(name) ? attribute(name).numbers : std::vector<float>();
    }
    const onnx_graph& graph(std::string_view name) const;

    /// An axis from 0 on; negative ones count from the end of `rank`.
    int axis(std::int64_t given, int rank) const;
    std::vector<int> axes(const integers& given, int rank) const;

    // ---- results ------------------------------------------------------------------------------------------------
    int outputs() const { return static_cast<int>(results_.size()); }
    /// Whether somebody may read this result.
    bool wants(int k) const { return k < outputs() && !node_.outputs[static_cast<std::size_t>(k)].empty(); }
    void give(const tensor& result, onnx_type type, int k = 0) { give(value{.type = type, .built = result}, k); }
    /// Of the type of input 0.
    void give(const tensor& result) { give(result, type(0)); }
    void give(value result, int k = 0) {
        if (k < outputs()) results_[static_cast<std::size_t>(k)] = std::move(result);
    }
    std::vector<value>& results() { return results_; }

    [[noreturn]] void refuse(onnx_fault kind, std::string_view found, std::string_view advice,
                             std::string name = {}) const {
        core_parts::throw_or_end(onnx_error(kind, node_.title(), std::move(name), found, advice));
    }
    /// A form of the operator that is not there.
    [[noreturn]] void lacks(std::string_view what) const {
        refuse(onnx_fault::unknown_operator, what, "it is not there");
    }

private:
    importer& importer_;
    const onnx_node& node_;
    std::vector<value>& inputs_;
    const frame& here_;
    std::vector<value> results_;
};

// ---- what several families need ------------------------------------------------------------------------------------

/// Precondition: at most 8 extents, each at least 1.
shape shape_of(const integers& extents);
integers extents_of(const tensor& x);
/// How many there are in such an array; one that is larger than a tensor may be is refused.
std::int64_t elements_of(const node_call& call, const integers& extents);
op_parts::axis_places places_of(const integers& list);
ambit::axes axes_of(const std::vector<int>& list);
/// A list as a constant of the graph.
tensor constant_of(scope& s, const onnx_array& array);
tensor constant_of(scope& s, const std::vector<double>& list, const integers& extents, dtype type);
tensor scalar_of(scope& s, double number, dtype type);
/// The low bits of an integer, as a type of fewer bits than its carrier has; of float16 and bfloat16 the nearest ones.
tensor narrowed(const tensor& x, onnx_type type);
tensor cast_to(const tensor& x, dtype type);
/// Axes of extent 1 in front, up to a rank.
tensor with_rank(const tensor& x, int rank);

/// Computes tensors that depend on no input, now.
std::vector<onnx_array> computed(const std::function<std::vector<tensor>(scope&)>& build,
                                 const std::vector<onnx_type>& types);

}  // namespace ambit::onnx_parts

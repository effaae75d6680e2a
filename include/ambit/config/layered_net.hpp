// SPDX-License-Identifier: BSL-1.0
// A net that a file describes: a module made of layers, for dynamic models.
//
//     const layered_net net = read_config("digits.toml");
//     registry reg(seed{1});
//     dynamic_model answer(reg, net, {net.input(100)});
//     dynamic_model trainer(other, net.trainer(), {{"x", net.input(32)}, {"wanted", net.wanted(32)}});
//     trainer.run({"train", "loss"}, {{"x", images}, {"wanted", labels}});
//
//     [input]                        # of one example
//     shape = [28, 28, 1]
//     [[layers]]
//     type = "flatten"
//     [[layers]]
//     type = "dense"
//     name = "hidden"                # the scope of its variables: hidden/weights, hidden/biases
//     units = 500
//     activation = "relu"
//     [[layers]]
//     shares = "hidden"              # the same variables once more, and the same options
//     input = "flatten"              # else the layer before it
//
// A file is read as a whole or refused as a whole: by a `config_error` that names file, line and key, or, where the
// rules of scopes and shapes refuse the net, by a `model_error` whose places are the lines of the file.
#pragma once

#include <ambit/config/document.hpp>
#include <ambit/config/layer.hpp>
#include <ambit/config/layer_list.hpp>
#include <ambit/config/training.hpp>
#include <ambit/graph/module.hpp>
#include <ambit/nn/metrics.hpp>
#include <ambit/diagnostics/raise.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace AMBIT_NAMESPACE::config_parts {

/// A name of a file that lives as long as the program: places in reports, and in registries, keep no text of their own.
inline const char* kept_name(const std::string& file) {
    static std::mutex one_at_a_time;
    static std::set<std::string> names;
    const std::lock_guard<std::mutex> lock(one_at_a_time);
    return names.insert(visible(file, 1000)).first->c_str();
}

}  // namespace ambit::config_parts

namespace AMBIT_NAMESPACE {

class layered_net;
layered_net read_config(const config_source& from);

class layered_net {
public:
    /// The answers of the net, [batch, ...].
    tensor operator()(scope& s, const tensor& x) const { return answers(s, x, false); }

    /// The spec of so many examples.
    tensor_spec input(std::int64_t batch) const { return {with_batch(batch, input_.extents), input_.type}; }
    /// The spec of what they are compared with; throws a `config_error` if the file says nothing of training.
    tensor_spec wanted(std::int64_t batch) const {
        if (training().loss == loss_function::sparse_softmax_cross_entropy)
            return {with_batch(batch, labels_), dtype::int32};
        return {with_batch(batch, answer_), input_.type};
    }
    const training_settings& training() const {
        if (!training_)
            core_parts::throw_or_end(config_error(config_fault::missing_key, {file_, 0, "training"}, "it is missing",
                                                  "a net that is trained says its loss and its optimizer"));
        return *training_;
    }
    bool has_training() const noexcept { return training_.has_value(); }
    std::size_t layer_count() const noexcept { return layers_.size(); }
    const std::string& file() const noexcept { return file_; }

    /// What `trainer()` computes. `error` is, of classifiers, the share of examples whose largest logit is another
    /// class, else the mean of the absolute differences.
    struct training_outputs {
        tensor answers, loss, error;
        operation train;
    };
    class training_module;
    /// The module that learns. It shares nothing with the net, so that either may go.
    training_module trainer() const;

private:
    friend layered_net read_config(const config_source& from);

    static shape with_batch(std::int64_t batch, const shape& of_one) {
        shape extents{batch};
        for (int axis = 0; axis < of_one.rank(); ++axis) extents.append(of_one[axis]);
        return extents;
    }
    core_parts::place place_of(int line) const {
        core_parts::place at;
        at.file = kept_file_;
        at.line = line;
        return at;
    }

    tensor answers(scope& s, const tensor& x, bool training) const {
        std::vector<tensor> values;
        values.reserve(layers_.size());
        for (const config_parts::layer& described : layers_) {
            std::vector<tensor> of;
            for (const int k : described.inputs) of.push_back(k < 0 ? x : values[static_cast<std::size_t>(k)]);
            const graph_parts::line_of_call here(s, place_of(described.line));
            const config_parts::layer* const owner =
                described.shares < 0 ? &described : &layers_[static_cast<std::size_t>(described.shares)];
            if (!config_parts::has_variables(described.kind)) {
                values.push_back(config_parts::apply_layer(described, s, described.name, of, training));
                continue;
            }
            scope_options around{.reuse = owner != &described};
            if (described.l2 > 0) around.regularizer = l2_regularizer(described.l2);
            else if (described.l1 > 0) around.regularizer = l1_regularizer(described.l1);
            auto where = s.variable_scope(s.handle(), around);
            values.push_back(config_parts::apply_layer(described, where, owner->name, of, training));
        }
        return values.back();
    }

    void check();

    std::string file_;
    const char* kept_file_ = "";
    tensor_spec input_;
    shape answer_, labels_;  // of one example
    std::vector<config_parts::layer> layers_;
    std::optional<training_settings> training_;
};

class layered_net::training_module {
public:
    using outputs = training_outputs;

    explicit training_module(layered_net net) : net_(std::move(net)) {}

    outputs operator()(scope& s, const tensor& x, const tensor& wanted) const {
        const training_settings& by = net_.training();
        const tensor y = net_.answers(s, x, true);
        const graph_parts::line_of_call here(s, net_.place_of(by.line));
        tensor loss = config_parts::loss_of(by.loss, y, wanted);
        if (!s.root().regularization_losses().empty())
            loss = add(loss, op_parts::of_dtype(regularization_loss(s), loss.dtype()));
        const tensor error = by.loss == loss_function::sparse_softmax_cross_entropy ? sub(1, accuracy(y, wanted))
                                                                                    : reduce_mean(abs(sub(y, wanted)));
        const operation train = std::visit(
            [&](const auto& optimizer) { return minimize(s, loss, optimizer, {.clip = by.clip}); }, by.optimizer);
        return {y, loss, error, train};
    }

private:
    layered_net net_;
};

inline layered_net::training_module layered_net::trainer() const {
    static_cast<void>(training());
    return training_module(*this);
}

/// Runs the modules once, as far as the graph: whatever the rules refuse is told here, all of it at once. Nothing is
/// allocated for variables.
inline void layered_net::check() {
    const auto raise_mistakes = [&](const mistake_parts::reports& mistakes) {
        if (mistakes.empty()) return;
        std::string text;
        bool shares_by_mistake = false;
        for (int i = 0; i < mistakes.size(); ++i) {
            text += (i > 0 ? "\n" : "") + to_string(mistakes, i);
            shares_by_mistake = shares_by_mistake || mistakes[i].kind == mistake::variable_exists;
        }
        if (shares_by_mistake)
            text += "\n  in this file, a layer that uses the variables of another one says shares = \"its name\"";
        core_parts::throw_or_end(model_error(mistakes[0].kind, text, mistake_parts::facts_for_programs(mistakes, 0)));
    };
    constexpr std::int64_t batch = 2;
    const graph_parts::module_run<layered_net, 1> run(*this, {input(batch)}, mistake_parts::on_mistake::collect);
    raise_mistakes(run.builder().mistakes());
    const shape answer = run.result().shape();
    for (int axis = 1; axis < answer.rank(); ++axis) {
        answer_.append(answer[axis]);
        if (axis + 1 < answer.rank()) labels_.append(answer[axis]);
    }
    if (!training_) return;
    const training_module learns(*this);
    const graph_parts::module_run<training_module, 2> trained(learns, {input(batch), wanted(batch)},
                                                              mistake_parts::on_mistake::collect);
    raise_mistakes(trained.builder().mistakes());
}

/// Reads a net. Throws a `config_error` or a `model_error`.
inline layered_net read_config(const config_source& from) {
    const config_parts::document read = from.open();
    config_parts::table_reader table(config_parts::table_of(read, from.section()));
    layered_net net;
    net.file_ = read.file;
    net.kept_file_ = config_parts::kept_name(read.file);
    config_parts::table_reader input(table.required("input"));
    static constexpr std::array<std::string_view, 2> dtypes{"float32", "float64"};
    net.input_.extents = config_parts::extents_of(input.required("shape"), 1);
    net.input_.type = dtype::float32;
    if (const auto said = input.optional("dtype"))
        net.input_.type = said->word(dtypes) == 0 ? dtype::float32 : dtype::float64;
    input.finish();
    const auto layers = table.required("layers");
    if (const auto training = table.optional("training")) net.training_ = config_parts::read_training(*training);
    table.finish();
    net.layers_ = config_parts::layer_list(layers).read();
    net.check();
    return net;
}

}  // namespace ambit

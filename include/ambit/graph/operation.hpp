// SPDX-License-Identifier: BSL-1.0
// Something that a call does besides computing values: an assignment, or several things together. It happens only in
// calls that ask for it, in program order, once.
//
//     struct outputs { tensor loss; operation train; };
//     trainer.run<&outputs::train, &outputs::loss>(images, labels);
#pragma once

#include <ambit/graph/tensor.hpp>

namespace AMBIT_NAMESPACE {

class operation {
public:
    constexpr operation() = default;
    constexpr operation(graph_builder* builder, int id) : builder_(builder), id_(id) {}

    constexpr core_parts::short_text op_name() const;

    template <std::same_as<tensor> Tensor>
    AMBIT_REFUSES("an operation has no value, calls ask for it: struct outputs { tensor loss; operation train; }")
    constexpr operator Tensor() const { return {nullptr, tensor::refused}; }

    friend constexpr bool operator==(const operation& a, const operation& b) {
        return a.builder_ == b.builder_ && a.id_ == b.id_;
    }

    constexpr graph_builder* builder() const { return builder_; }
    constexpr int id() const { return id_; }

private:
    graph_builder* builder_ = nullptr;
    int id_ = -1;
};

}  // namespace ambit

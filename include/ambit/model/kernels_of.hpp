// SPDX-License-Identifier: BSL-1.0
// Kernels that one unit compiles, for others that use a model. What all of them include:
//
//     using net = model<digits, input<float, 1, 784>>;                              // digits.hpp, which includes
//     template <> inline constexpr bool ambit::kernels_elsewhere<net> = true;       // ambit/model/stored_model.hpp
//     extern template struct ambit::kernels_of<net>;                                // of net(x) and net.run_into(…)
//
// and what one of them says, which includes ambit/model/model.hpp, too:
//
//     template struct ambit::kernels_of<net>;
//
// The others parse no kernels and instantiate none; with ambit/model_elsewhere.hpp, which returns numbers and writes
// arrays into the caller's memory, no xtensor either. The kernels of a call for some of the outputs are
// `kernels_of<net, net::selection<&digits::outputs::train, &digits::outputs::loss>()>`.
#pragma once

#include <ambit/model/checks.hpp>
#include <ambit/plan/plan.hpp>

#include <cstddef>
#include <cstdint>

namespace AMBIT_NAMESPACE::model_parts {

/// Base addresses of the memory spaces during one call.
struct model_memory {
    std::byte* arena = nullptr;
    const std::byte* constants = nullptr;
    std::byte* const* variables = nullptr;
    const std::byte* const* inputs = nullptr;
    std::byte* const* outputs = nullptr;
    std::byte* packed = nullptr;
    std::byte** moving = nullptr;
};

/// Runs the steps of a call. Defined in model/executor.hpp.
template <class Graph, std::uint64_t Selected>
void run_call(const model_memory& memory) noexcept(!has_checks<Graph, Selected>);

}  // namespace ambit::model_parts

namespace AMBIT_NAMESPACE {

/// Whether the kernels of a model are those that a unit instantiates explicitly; else each call has its own, which the
/// compiler may expand where it is.
template <class Model> inline constexpr bool kernels_elsewhere = false;

/// The kernels of a model's call for the outputs of a selection. By default all.
template <class Model, std::uint64_t Selected = plan_parts::all_outputs> struct kernels_of {
    static void run(const model_parts::model_memory& memory) noexcept(
        !model_parts::has_checks<typename Model::graph, Selected>);
};

}  // namespace ambit

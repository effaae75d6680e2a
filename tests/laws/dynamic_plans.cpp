// SPDX-License-Identifier: BSL-1.0
// Plans that run with kernels compiled once compute what the graph means, for random graphs with loops, assignments and
// gradients, for every choice of outputs: elementwise and integer results to the bit, what follows from sums within
// rounding.
#include "../support/interpreter.hpp"
#include "../support/random_graph.hpp"

#include <ambit/model/parameters.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/optim/adagrad.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/rmsprop.hpp>
#include <ambit/optim/sgd.hpp>
#include <ambit/registry/build.hpp>
#include <ambit/registry/dynamic_plan.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <regex>
#include <set>
#include <string>

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;

namespace {

constexpr unsigned graphs = 4000;

/// Whether `asked(op)` holds for an op that a value depends on, by what a variable was given before it is read, too.
template <class Asked> bool depends_on(const graph_view& view, int from, Asked asked) {
    std::set<int> found;
    std::vector<int> next{from};
    while (!next.empty()) {
        const int n = next.back();
        next.pop_back();
        if (!found.insert(n).second) continue;
        if (view.role(n) == op_role::compute && asked(n)) return true;
        for (int i = 0; i < view.node(n).operand_count; ++i) next.push_back(view.operand(n, i));
        if (view.role(n) == op_role::read)
            for (int m = 0; m < n; ++m)
                if (view.role(m) == op_role::assign && view.word(m, 0) == view.word(n, 0)) next.push_back(m);
    }
    return false;
}
/// A kernel that sums floats, in whatever order it likes.
bool depends_on_sums(const graph_view& view, int from) {
    return depends_on(view, from, [&](int n) { return view.type(n) == float64; });
}
/// Of equal rows one is the largest by what rounding its sums has done.
bool depends_on_ties(const graph_view& view, int from) {
    return depends_on(view, from, [&](int n) {
        return view.node(n).op->name == "argmax" && view.type(view.operand(n, 0)) == float64;
    });
}
bool gives_variable_ties(const graph_view& view, int variable) {
    for (int n = 0; n < view.node_count; ++n)
        if (view.role(n) == op_role::assign && view.word(n, 0) == variable && depends_on_ties(view, n)) return true;
    return false;
}

bool is_close(const std::byte* a, const std::byte* b, std::int64_t elements) {
    for (std::int64_t i = 0; i < elements; ++i) {
        double x = 0, y = 0;
        std::memcpy(&x, a + 8 * i, 8);
        std::memcpy(&y, b + 8 * i, 8);
        const bool is_same = std::memcmp(&x, &y, 8) == 0 || (std::isnan(x) && std::isnan(y));
        if (!is_same && !(std::fabs(x - y) <= 1e-9 * (1 + std::fabs(y)))) return false;
    }
    return true;
}

std::vector<std::uint64_t> selections(const graph_view& view, std::mt19937& engine) {
    std::vector<std::uint64_t> all{all_outputs};
    const std::uint64_t every = (std::uint64_t{1} << view.output_count) - 1;
    for (int i = 0; i < 2; ++i)
        if (const std::uint64_t some = engine() & every; some != 0) all.push_back(some);
    return all;
}

}  // namespace

TEST_CASE("a dynamic plan computes what the graph means and leaves variables as it says", "[laws]") {
    registry_parts::link_with_ambit_dynamic_or_include_dynamic_kernels(registry_parts::kernel_table::of_program());
    int exact = 0, close = 0;
    for (unsigned seed = 0; seed < graphs; ++seed) {
        CAPTURE(seed);
        const random_graph g(seed);
        const graph_view view = g.view();
        std::vector<bytes> inputs, variables;
        for (int i = 0; i < view.input_count; ++i)
            inputs.push_back(random_bytes(view.node(g.input_node(i)).result, seed + static_cast<unsigned>(i)));
        for (int v = 0; v < g.variable_count(); ++v)
            variables.push_back(random_bytes(g.variable_spec(v), seed + 100 + static_cast<unsigned>(v)));
        const layout laid = lay_out(view);
        std::vector<std::byte*> addresses;
        for (bytes& v : variables) addresses.push_back(v.data());
        std::vector<const std::byte*> given;
        for (const bytes& x : inputs) given.push_back(x.data());
        const model_parts::aligned_bytes memory = model_parts::allocate_aligned(laid.places.arena_bytes);
        std::mt19937 engine(seed);
        for (const std::uint64_t selected : selections(view, engine)) {
            CAPTURE(selected);
            const std::vector<bytes> before = variables;
            const meaning wanted = unplanned(view, inputs, before, selected);
            registry_parts::dynamic_plan plan(view, laid.view(), selected, plan_part::all, addresses);
            std::memset(memory.get(), 0xAA, static_cast<std::size_t>(laid.places.arena_bytes));
            plan.run(memory.get(), given);
            const auto look_at = [&](const std::byte* is, const std::byte* should, const tensor_spec& spec, bool sums) {
                if (std::memcmp(is, should, static_cast<std::size_t>(spec.bytes())) == 0) return ++exact, true;
                ++close;
                return sums && spec.type == float64 && is_close(is, should, spec.extents.elements());
            };
            for (int k = 0; k < view.output_count; ++k) {
                const int n = view.outputs[k];
                if (!is_selected(selected, k) || is_operation(view.role(n))) continue;
                CAPTURE(k);
                const bool is_right = look_at(memory.get() + plan.value().output_offsets[k],
                                              wanted.values[static_cast<std::size_t>(n)].data(), view.node(n).result,
                                              depends_on_sums(view, n));
                REQUIRE((is_right || depends_on_ties(view, n)));
            }
            for (std::size_t v = 0; v < variables.size(); ++v) {
                CAPTURE(v);
                const int variable = static_cast<int>(v);
                const bool is_right =
                    look_at(variables[v].data(), wanted.variables[v].data(), g.variable_spec(variable), true);
                REQUIRE((is_right || gives_variable_ties(view, variable)));
            }
            // What rounding has done is not handed on.
            for (std::size_t v = 0; v < variables.size(); ++v)
                std::copy(wanted.variables[v].begin(), wanted.variables[v].end(), variables[v].begin());
        }
    }
    CHECK(exact > 10 * close);
}

namespace {

std::string text_below(const std::filesystem::path& folder) {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        std::ifstream file(entry.path());
        if (entry.is_regular_file()) all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
}

}  // namespace

namespace {

template <class Optimizer> struct trained {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& labels) const {
        const tensor hidden = relu(dense(s, "hidden", x, 7));
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(dense(s, "logits", hidden, 3), labels));
        return {loss, minimize(s, loss, Optimizer{})};
    }
};

// Runs a program over [rows, columns], the whole of it or handed over in blocks as kernels do, with inputs that are
// whole arrays, rows or numbers; answers all that it stores.
std::vector<bytes> stored_by(const registry_parts::fused_group& group, const fused_program& program, dtype type,
                             std::int64_t rows, std::int64_t columns) {
    const auto size = static_cast<std::size_t>(rows * columns * size_of(type));
    std::vector<bytes> out(static_cast<std::size_t>(program.outputs), bytes(size)), in;
    for (int i = 0; i < program.has_accumulator + program.inputs; ++i) {
        in.emplace_back(size);
        const std::vector<double> values = numbers<double>(rows * columns, static_cast<unsigned>(i + 1));
        for (std::size_t e = 0; e < values.size(); ++e) {
            const double x = std::fabs(values[e]) + 0.25;
            const float narrow = static_cast<float>(x);
            if (type == float64) std::memcpy(in.back().data() + 8 * e, &x, 8);
            else std::memcpy(in.back().data() + 4 * e, &narrow, 4);
        }
    }
    std::vector<std::byte*> at;
    for (bytes& to : out) at.push_back(to.data());
    for (int i = program.has_accumulator; i < program.has_accumulator + program.inputs; ++i)
        at.push_back(in[static_cast<std::size_t>(i)].data());
    if (program.has_accumulator == 0) {
        group.run(at.data());
        return out;
    }
    const std::int64_t half = (columns + 1) / 2;
    for (std::int64_t row = 0; row < rows; row += 2)
        for (const std::int64_t column : {std::int64_t{0}, half}) {
            const std::int64_t count = (std::min)(rows - row, std::int64_t{2});
            const std::int64_t wide = column == 0 ? half : columns - half;
            if (wide == 0) continue;
            const contract_parts::finished_block block{in[0].data() + (row * columns + column) * size_of(type), count,
                                                       wide, columns, row, 1, column};
            if (group.is_chain()) group.take_as_chain(at.data(), block, columns);
            else group.take(at.data(), block, columns);
        }
    return out;
}

// All programs of a trainer, which are all compiled as one loop each: at run time ops come in the order in which the
// compiler met them, too.
template <class Optimizer> void look_at_chains_of() {
    int found = 0;
    registry reg(seed{1});
    const auto built =
        registry_parts::build(reg, trained<Optimizer>{}, std::array{spec(float32, {4, 5}), spec(int32, {4})});
    const registry_parts::value_graph graph(*built.builder, built.outputs);
    const graph_view view = graph.view();
    const layout laid = lay_out(view);
    const registry_parts::value_plan plan(view, laid.view(), all_outputs);
    for (const plan_step& step : plan.steps) {
        if (step.ops == 0) continue;
        const fused_program program = program_of(view, step, plan.nodes_of(step));
        contract_parts::block_function loops[max_fused_ops] = {};
        for (int i = 0; i < program.ops; ++i) loops[i] = registry_parts::loop_of(view, plan.nodes_of(step)[i], 64);
        const bool none[max_fused_outputs] = {};
        const auto& table = registry_parts::kernel_table::of_program();
        const dtype type = loop_type(view, step, plan.nodes_of(step));
        const contract_parts::chain_function chain = table.find_chain(program, type);
        CAPTURE(program.ops);
        CHECK(chain != nullptr);
        if (chain == nullptr) continue;
        ++found;
        const auto planned_column = [&](int i) {
            if (step.kind == step_kind::compute) return epilogue_layout_of(view, step, plan.nodes_of(step)).column[i];
            const elementwise_geometry g = loop_geometry(view, step, plan.nodes_of(step));
            return g.rank > 0 ? g.stride[i][g.rank - 1] : 0;
        };
        for (const bool is_as_planned : {false, true}) for (const std::int64_t rows : {1, 3})
            for (const std::int64_t columns : {1, 7, 16, 33, 700}) {
                CAPTURE(rows, columns, is_as_planned);
                registry_parts::fused_group whole(program, 0, type, loops, none, chain);
                registry_parts::fused_group apart(program, 0, type, loops, none, nullptr);
                elementwise_geometry loop;
                epilogue_layout layout;
                loop.rank = 2;
                loop.extent[0] = rows;
                loop.extent[1] = columns;
                loop.inputs = program.inputs;
                for (int i = 0; i < program.inputs; ++i) {
                    loop.stride[i][0] = layout.row[i] = i % 3 == 2 ? 0 : columns;
                    loop.stride[i][1] = layout.column[i] = is_as_planned ? planned_column(i) : i == 3 ? 0 : 1;
                }
                for (registry_parts::fused_group* const group : {&whole, &apart}) {
                    group->set_loop(loop);
                    if (program.has_accumulator != 0) group->set_layout(layout);
                }
                CHECK(stored_by(whole, program, type, rows, columns) == stored_by(apart, program, type, rows, columns));
            }
    }
    CHECK(found >= 9);
}

}  // namespace

TEST_CASE("a chain that is one loop has the bits of its ops, one after the other", "[laws]") {
    registry_parts::link_with_ambit_dynamic_or_include_dynamic_kernels(registry_parts::kernel_table::of_program());
    look_at_chains_of<sgd>();
    look_at_chains_of<momentum>();
    look_at_chains_of<adam>();
    look_at_chains_of<rmsprop>();
    look_at_chains_of<adagrad>();
}

TEST_CASE("every op that computes something is compiled for run time", "[laws]") {
    const std::filesystem::path headers = std::filesystem::path(__FILE__).parent_path() / "../../include/ambit";
    const std::string ops = text_below(headers / "ops"), compiled = text_below(headers / "dynamic");
    const std::regex definition(R"(op_info (\w+_info) = describe<(\w+)>)");
    int found = 0;
    for (std::sregex_iterator it(ops.begin(), ops.end(), definition); it != std::sregex_iterator(); ++it) {
        const std::string info = (*it)[1], op = (*it)[2];
        CAPTURE(info);
        const std::size_t begin = ops.find("struct " + op + ' ');
        REQUIRE(begin != std::string::npos);
        const std::string body = ops.substr(begin, ops.find("\n};", begin) - begin);
        bool computes = true;  // and is no other name of what is there
        for (const char* const words : {"role = op_role::alias", " : identity_op", "role = op_role::constant"})
            computes = computes && body.find(words) == std::string::npos;
        if (!computes) continue;
        CHECK(std::regex_search(compiled, std::regex('&' + info + R"(\b)")));
        ++found;
    }
    CHECK(found > 100);
}

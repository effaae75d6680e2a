// SPDX-License-Identifier: BSL-1.0
// Functions of single elements in memory that fits a cache, a chain of them, and operations on rows. A
// chain is where a library that knows the whole expression reads and writes memory once.
#include <ambit/ambit.hpp>

#include <bench/contender.hpp>
#include <bench/numbers.hpp>

#include <xtensor/xadapt.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xtensor.hpp>

#ifdef AMBIT_HAS_EIGEN
#    include <Eigen/Core>
#    include <unsupported/Eigen/SpecialFunctions>
#endif
#ifdef AMBIT_HAS_ONEDNN
#    include <bench/onednn.hpp>
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace bench;

constexpr std::size_t size(int n) { return static_cast<std::size_t>(n); }

// ---- the functions ----------------------------------------------------------------------------------------

// Each in the words of ambit, of a reference and of the peers. `scale` is the size below which an error is
// measured against it and not against the value: Eigen's sigmoid is 34 steps off at -4, but 1e-7 in absolute
// terms.
struct relu_function {
    static constexpr const char* name = "relu";
    static constexpr double scale = 0;
    static constexpr ambit::tensor on(const ambit::tensor& x) { return relu(x); }
    static double on(double x) { return x > 0 ? x : 0; }
    static auto on_xtensor(const auto& x) { return xt::maximum(x, 0.0f); }
    static auto on_eigen(const auto& x) { return x.max(0.0f); }
#ifdef AMBIT_HAS_ONEDNN
    static constexpr dnnl::algorithm algorithm = dnnl::algorithm::eltwise_relu;
#endif
};
struct exp_function {
    static constexpr const char* name = "exp";
    static constexpr double scale = 0;
    static constexpr ambit::tensor on(const ambit::tensor& x) { return exp(x); }
    static double on(double x) { return std::exp(x); }
    static auto on_xtensor(const auto& x) { return xt::exp(x); }
    static auto on_eigen(const auto& x) { return x.exp(); }
#ifdef AMBIT_HAS_ONEDNN
    static constexpr dnnl::algorithm algorithm = dnnl::algorithm::eltwise_exp;
#endif
};
struct tanh_function {
    static constexpr const char* name = "tanh";
    static constexpr double scale = 0;
    static constexpr ambit::tensor on(const ambit::tensor& x) { return tanh(x); }
    static double on(double x) { return std::tanh(x); }
    static auto on_xtensor(const auto& x) { return xt::tanh(x); }
    static auto on_eigen(const auto& x) { return x.tanh(); }
#ifdef AMBIT_HAS_ONEDNN
    static constexpr dnnl::algorithm algorithm = dnnl::algorithm::eltwise_tanh;
#endif
};
struct sigmoid_function {
    static constexpr const char* name = "sigmoid";
    static constexpr double scale = 0.125;
    static constexpr ambit::tensor on(const ambit::tensor& x) { return sigmoid(x); }
    static double on(double x) { return 1 / (1 + std::exp(-x)); }
    static auto on_xtensor(const auto& x) { return 1.0f / (1.0f + xt::exp(-x)); }
    static auto on_eigen(const auto& x) { return x.logistic(); }
#ifdef AMBIT_HAS_ONEDNN
    static constexpr dnnl::algorithm algorithm = dnnl::algorithm::eltwise_logistic;
#endif
};
// Below 0 the result is what half the operand loses: errors are measured against that half.
struct gelu_function {
    static constexpr const char* name = "gelu";
    static constexpr double scale = 0.5;
    static constexpr ambit::tensor on(const ambit::tensor& x) { return gelu(x); }
    static double on(double x) { return x / 2 * std::erfc(-x * std::sqrt(0.5)); }
    static auto on_xtensor(const auto& x) { return 0.5f * x * (1.0f + xt::erf(0.70710678f * x)); }
    static auto on_eigen(const auto& x) { return 0.5f * x * (1.0f + (0.70710678f * x).erf()); }
#ifdef AMBIT_HAS_ONEDNN
    static constexpr dnnl::algorithm algorithm = dnnl::algorithm::eltwise_gelu_erf;
#endif
};

constexpr double tolerated_ulps = 16;

// ---- the workloads ----------------------------------------------------------------------------------------

template <class Function, int N> struct map {
    using function = Function;
    static constexpr int n = N;
    static std::string name() {
        return "elementwise/" + std::string(Function::name) + "_" + std::to_string(N);
    }

    numbers x = uniform(size(N), -4, 4, 1);
    expectation right;

    map() {
        for (const float value : x)
            right.add_near(Function::on(static_cast<double>(value)), tolerated_ulps, Function::scale);
    }
};

// tanh(x·a + b) · sigmoid(c)
template <int N> struct gate {
    static constexpr int n = N;
    static std::string name() { return "elementwise/gate_" + std::to_string(N); }

    numbers x = uniform(size(N), -2, 2, 1), a = uniform(size(N), -2, 2, 2), b = uniform(size(N), -1, 1, 3),
            c = uniform(size(N), -4, 4, 4);
    expectation right;

    gate() {
        for (std::size_t i = 0; i < size(N); ++i) {
            const auto at = [i](const numbers& of) { return static_cast<double>(of[i]); };
            // The argument of tanh is a rounded sum of terms of up to 4.
            right.add_near(std::tanh(at(x) * at(a) + at(b)) * sigmoid_function::on(at(c)), tolerated_ulps,
                           0.25);
        }
    }
};

template <int Rows, int Columns> struct softmax_rows {
    static constexpr int rows = Rows, columns = Columns, n = Rows * Columns;
    static std::string name() {
        return "elementwise/softmax_" + std::to_string(Rows) + "x" + std::to_string(Columns);
    }

    numbers x = uniform(size(n), -4, 4, 1);
    expectation right;

    softmax_rows() {
        for (std::size_t row = 0; row < size(Rows); ++row) {
            double total = 0;
            for (std::size_t i = 0; i < size(Columns); ++i)
                total += std::exp(static_cast<double>(x[row * size(Columns) + i]));
            for (std::size_t i = 0; i < size(Columns); ++i)
                right.add_near(std::exp(static_cast<double>(x[row * size(Columns) + i])) / total,
                               tolerated_ulps);
        }
    }
};

// Over the columns, with a factor and an offset for each.
template <int Rows, int Columns> struct layer_norm_rows {
    static constexpr int rows = Rows, columns = Columns, n = Rows * Columns;
    static constexpr double epsilon = 1e-3;
    static std::string name() {
        return "elementwise/layer_norm_" + std::to_string(Rows) + "x" + std::to_string(Columns);
    }

    numbers x = uniform(size(n), -4, 4, 1), factor = uniform(size(Columns), 0.5, 2, 2),
            offset = uniform(size(Columns), -1, 1, 3);
    expectation right;

    layer_norm_rows() {
        for (std::size_t row = 0; row < size(Rows); ++row) {
            const auto at = [&](std::size_t i) { return static_cast<double>(x[row * size(Columns) + i]); };
            double mean = 0, variance = 0;
            for (std::size_t i = 0; i < size(Columns); ++i) mean += at(i) / Columns;
            for (std::size_t i = 0; i < size(Columns); ++i) variance += (at(i) - mean) * (at(i) - mean) / Columns;
            for (std::size_t i = 0; i < size(Columns); ++i)
                right.add_near((at(i) - mean) / std::sqrt(variance + epsilon) * static_cast<double>(factor[i]) +
                                   static_cast<double>(offset[i]),
                               tolerated_ulps, 1);
        }
    }
};

template <int Rows, int Columns> struct add_bias {
    static constexpr int rows = Rows, columns = Columns, n = Rows * Columns;
    static std::string name() {
        return "elementwise/bias_add_" + std::to_string(Rows) + "x" + std::to_string(Columns);
    }

    numbers x = uniform(size(n), -1, 1, 1), bias = uniform(size(Columns), -1, 1, 2);
    expectation right;

    add_bias() {
        for (std::size_t i = 0; i < size(n); ++i)
            right.add_near(static_cast<double>(x[i]) + static_cast<double>(bias[i % size(Columns)]), 1);
    }
};

// ---- ambit ------------------------------------------------------------------------------------------------

template <class Module, class... Inputs> class ambit_call {
public:
    template <class... Operands>
    explicit ambit_call(const Operands&... operands)
        : inputs_(span_of<Inputs>(operands.data(), operands.size())...) {}
    std::array<const float*, 1> operator()() {
        return {std::apply([this](const auto&... inputs) { return net_(inputs...).data(); }, inputs_)};
    }

private:
    template <class Input>
    using span_of = std::span<const float, static_cast<std::size_t>(Input::spec.extents.elements())>;
    ambit::model<Module, Inputs...> net_{ambit::seed{1}};
    std::tuple<span_of<Inputs>...> inputs_;
};

template <class Function> struct map_module {
    constexpr ambit::tensor operator()(ambit::scope&, ambit::tensor x) const { return Function::on(x); }
};
struct gate_module {
    constexpr ambit::tensor operator()(ambit::scope&, ambit::tensor x, ambit::tensor a, ambit::tensor b,
                                       ambit::tensor c) const {
        return tanh(x * a + b) * sigmoid(c);
    }
};
struct softmax_module {
    constexpr ambit::tensor operator()(ambit::scope&, ambit::tensor x) const { return softmax(x); }
};
struct layer_norm_module {
    constexpr ambit::tensor operator()(ambit::scope&, ambit::tensor x, ambit::tensor factor,
                                       ambit::tensor offset) const {
        const ambit::mean_and_variance of = moments(x, {.axes = {1}, .keep_dims = true});
        return (x - of.mean) * rsqrt(of.variance + 1e-3) * factor + offset;
    }
};
struct bias_module {
    constexpr ambit::tensor operator()(ambit::scope&, ambit::tensor x, ambit::tensor bias) const {
        return bias_add(x, bias);
    }
};

template <int... Extents> using floats = ambit::input<float, Extents...>;

template <class W> struct by_ambit;
template <class F, int N> struct by_ambit<map<F, N>> : ambit_call<map_module<F>, floats<N>> {
    explicit by_ambit(const map<F, N>& work) : by_ambit::ambit_call(work.x) {}
};
template <int N>
struct by_ambit<gate<N>> : ambit_call<gate_module, floats<N>, floats<N>, floats<N>, floats<N>> {
    explicit by_ambit(const gate<N>& work) : by_ambit::ambit_call(work.x, work.a, work.b, work.c) {}
};
template <int R, int C> struct by_ambit<softmax_rows<R, C>> : ambit_call<softmax_module, floats<R, C>> {
    explicit by_ambit(const softmax_rows<R, C>& work) : by_ambit::ambit_call(work.x) {}
};
template <int R, int C>
struct by_ambit<layer_norm_rows<R, C>> : ambit_call<layer_norm_module, floats<R, C>, floats<C>, floats<C>> {
    explicit by_ambit(const layer_norm_rows<R, C>& work)
        : by_ambit::ambit_call(work.x, work.factor, work.offset) {}
};
template <int R, int C> struct by_ambit<add_bias<R, C>> : ambit_call<bias_module, floats<R, C>, floats<C>> {
    explicit by_ambit(const add_bias<R, C>& work) : by_ambit::ambit_call(work.x, work.bias) {}
};

// ---- xtensor ----------------------------------------------------------------------------------------------

using vector = xt::xtensor<float, 1>;
using matrix = xt::xtensor<float, 2>;
vector vector_of(const numbers& values) {
    vector copy = xt::empty<float>({values.size()});
    std::copy(values.begin(), values.end(), copy.begin());
    return copy;
}

template <class W> class by_xtensor;
template <class F, int N> class by_xtensor<map<F, N>> {
public:
    explicit by_xtensor(const map<F, N>& work) : x_(vector_of(work.x)), out_(vector_of(unset(size(N)))) {}
    std::array<const float*, 1> operator()() {
        xt::noalias(out_) = F::on_xtensor(x_);
        return {out_.data()};
    }

private:
    vector x_, out_;
};
template <int N> class by_xtensor<gate<N>> {
public:
    explicit by_xtensor(const gate<N>& work)
        : x_(vector_of(work.x)),
          a_(vector_of(work.a)),
          b_(vector_of(work.b)),
          c_(vector_of(work.c)),
          out_(vector_of(unset(size(N)))) {}
    std::array<const float*, 1> operator()() {
        xt::noalias(out_) = xt::tanh(x_ * a_ + b_) * sigmoid_function::on_xtensor(c_);
        return {out_.data()};
    }

private:
    vector x_, a_, b_, c_, out_;
};
template <int R, int C> class by_xtensor<add_bias<R, C>> {
public:
    explicit by_xtensor(const add_bias<R, C>& work)
        : x_(xt::reshape_view(vector_of(work.x), {R, C})),
          out_(xt::reshape_view(vector_of(unset(work.x.size())), {R, C})),
          bias_(vector_of(work.bias)) {}
    std::array<const float*, 1> operator()() {
        xt::noalias(out_) = x_ + bias_;
        return {out_.data()};
    }

private:
    matrix x_, out_;
    vector bias_;
};

// ---- Eigen ------------------------------------------------------------------------------------------------

#ifdef AMBIT_HAS_EIGEN
template <int Rows, int Columns> using array = Eigen::Array<float, Rows, Columns, Eigen::RowMajor>;
template <int Rows, int Columns> auto read(const numbers& from) {
    return Eigen::Map<const array<Rows, Columns>, Eigen::Aligned64>(from.data());
}
template <int Rows, int Columns> auto write(numbers& to) {
    return Eigen::Map<array<Rows, Columns>, Eigen::Aligned64>(to.data());
}

template <class F, int N> void eigen(const map<F, N>& work, numbers& out) {
    write<1, N>(out) = F::on_eigen(read<1, N>(work.x));
}
template <int N> void eigen(const gate<N>& work, numbers& out) {
    write<1, N>(out) =
        (read<1, N>(work.x) * read<1, N>(work.a) + read<1, N>(work.b)).tanh() * read<1, N>(work.c).logistic();
}
template <int R, int C> void eigen(const softmax_rows<R, C>& work, numbers& out) {
    const auto x = read<R, C>(work.x);
    auto y = write<R, C>(out);
    for (int row = 0; row < R; ++row) {
        y.row(row) = (x.row(row) - x.row(row).maxCoeff()).exp();
        y.row(row) *= 1 / y.row(row).sum();
    }
}
template <int R, int C> void eigen(const layer_norm_rows<R, C>& work, numbers& out) {
    const auto x = read<R, C>(work.x);
    auto y = write<R, C>(out);
    const auto factor = read<1, C>(work.factor), offset = read<1, C>(work.offset);
    for (int row = 0; row < R; ++row) {
        const float mean = x.row(row).mean();
        const float variance = (x.row(row) - mean).square().mean();
        const float scale = 1 / std::sqrt(variance + static_cast<float>(layer_norm_rows<R, C>::epsilon));
        y.row(row) = (x.row(row) - mean) * scale * factor + offset;
    }
}
template <int R, int C> void eigen(const add_bias<R, C>& work, numbers& out) {
    write<R, C>(out) = read<R, C>(work.x).rowwise() + read<1, C>(work.bias);
}

template <class W> class by_eigen {
public:
    explicit by_eigen(const W& work) : work_(&work) {}
    std::array<const float*, 1> operator()() {
        eigen(*work_, out_);
        return {out_.data()};
    }

private:
    const W* work_;
    numbers out_ = unset(size(W::n));
};
#endif

// ---- oneDNN -----------------------------------------------------------------------------------------------

#ifdef AMBIT_HAS_ONEDNN
using namespace onednn;

dnnl::primitive eltwise(dnnl::algorithm algorithm, const memory::desc& x) {
    return dnnl::eltwise_forward({{dnnl::prop_kind::forward_inference, algorithm, x, 0, 0}, processor()});
}

template <class F, int N> std::vector<step> onednn_steps(const map<F, N>& work, numbers& out, numbers&) {
    const memory::desc all({1, N}, f32, tag::ab);
    return {{eltwise(F::algorithm, all),
             {{DNNL_ARG_SRC, over(work.x.data(), all)}, {DNNL_ARG_DST, over(out.data(), all)}}}};
}

// The chain as oneDNN fuses it: a product with sum, tanh and the other factor behind it.
template <int N> std::vector<step> onednn_steps(const gate<N>& work, numbers& out, numbers& gates) {
    const memory::desc all({1, N}, f32, tag::ab);
    dnnl::post_ops after;
    after.append_binary(dnnl::algorithm::binary_add, all);
    after.append_eltwise(1, dnnl::algorithm::eltwise_tanh, 0, 0);
    after.append_binary(dnnl::algorithm::binary_mul, all);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(after);
    const dnnl::binary::primitive_desc chain({dnnl::algorithm::binary_mul, all, all, all}, attributes,
                                             processor());
    return {{eltwise(dnnl::algorithm::eltwise_logistic, all),
             {{DNNL_ARG_SRC, over(work.c.data(), all)}, {DNNL_ARG_DST, over(gates.data(), all)}}},
            {dnnl::binary(chain),
             {{DNNL_ARG_SRC_0, over(work.x.data(), all)},
              {DNNL_ARG_SRC_1, over(work.a.data(), all)},
              {DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1, over(work.b.data(), all)},
              {DNNL_ARG_ATTR_MULTIPLE_POST_OP(2) | DNNL_ARG_SRC_1, over(gates.data(), all)},
              {DNNL_ARG_DST, over(out.data(), all)}}}};
}

template <int R, int C>
std::vector<step> onednn_steps(const softmax_rows<R, C>& work, numbers& out, numbers&) {
    const memory::desc all({R, C}, f32, tag::ab);
    return {{dnnl::softmax_forward({{dnnl::prop_kind::forward_inference, all, 1}, processor()}),
             {{DNNL_ARG_SRC, over(work.x.data(), all)}, {DNNL_ARG_DST, over(out.data(), all)}}}};
}

template <int R, int C>
std::vector<step> onednn_steps(const layer_norm_rows<R, C>& work, numbers& out, numbers&) {
    const memory::desc all({R, C}, f32, tag::ab), row({C}, f32, tag::a);
    using flags = dnnl::normalization_flags;
    return {{dnnl::layer_normalization_forward(
                 {{dnnl::prop_kind::forward_inference, all, static_cast<float>(layer_norm_rows<R, C>::epsilon),
                   flags::use_scale | flags::use_shift},
                  processor()}),
             {{DNNL_ARG_SRC, over(work.x.data(), all)},
              {DNNL_ARG_SCALE, over(work.factor.data(), row)},
              {DNNL_ARG_SHIFT, over(work.offset.data(), row)},
              {DNNL_ARG_DST, over(out.data(), all)}}}};
}

template <int R, int C> std::vector<step> onednn_steps(const add_bias<R, C>& work, numbers& out, numbers&) {
    const memory::desc all({R, C}, f32, tag::ab), row({1, C}, f32, tag::ab);
    return {{dnnl::binary({{dnnl::algorithm::binary_add, all, row, all}, processor()}),
             {{DNNL_ARG_SRC_0, over(work.x.data(), all)},
              {DNNL_ARG_SRC_1, over(work.bias.data(), row)},
              {DNNL_ARG_DST, over(out.data(), all)}}}};
}

template <class W> class by_onednn {
public:
    explicit by_onednn(const W& work) : steps_(onednn_steps(work, out_, between_)) {}
    std::array<const float*, 1> operator()() {
        for (const step& each : steps_) each.run();
        return {out_.data()};
    }

private:
    numbers out_ = unset(size(W::n)), between_ = unset(size(W::n));
    std::vector<step> steps_;
};
#endif

template <class W> void enter_all() {
    enter<W, by_ambit<W>>("ambit");
    // xtensor has no softmax; one written in its expressions takes over twenty times as long as the others.
    if constexpr (requires(const W& work) { by_xtensor<W>(work); }) enter<W, by_xtensor<W>>("xtensor");
#ifdef AMBIT_HAS_EIGEN
    enter<W, by_eigen<W>>("eigen");
#endif
#ifdef AMBIT_HAS_ONEDNN
    enter<W, by_onednn<W>>("onednn");
#endif
}

template <class Function> void enter_sizes() {
    enter_all<map<Function, 256>>();
    enter_all<map<Function, 4096>>();
    enter_all<map<Function, 65536>>();
}

}  // namespace

int main(int count, char** arguments) {
    enter_sizes<relu_function>();
    enter_sizes<exp_function>();
    enter_sizes<tanh_function>();
    enter_sizes<sigmoid_function>();
    enter_sizes<gelu_function>();
    enter_all<gate<256>>();
    enter_all<gate<4096>>();
    enter_all<gate<65536>>();
    enter_all<softmax_rows<64, 1000>>();
    enter_all<layer_norm_rows<64, 1024>>();
    enter_all<add_bias<64, 1024>>();
    return run(count, arguments);
}

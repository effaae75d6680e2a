// SPDX-License-Identifier: BSL-1.0
// C[m,n] = A[m,k] · B[k,n] in float32, row-major: squares, and a layer of 784 -> 500 units. B is a variable,
// so whoever can keep it in another layout may do so before the clock starts. The layer with biases and relu, too, with
// weights that are stored as floats, bfloat16 and int8.
#include <ambit/ambit.hpp>
#include <ambit/model/compact_weights.hpp>

#include <bench/contender.hpp>
#include <bench/numbers.hpp>

#ifdef AMBIT_HAS_EIGEN
#    include <Eigen/Core>
#endif
#ifdef AMBIT_HAS_OPENBLAS
#    include <cblas.h>
#endif
#ifdef AMBIT_HAS_LIBXSMM
#    include <libxsmm.h>
#endif
#ifdef AMBIT_HAS_ONEDNN
#    include <bench/onednn.hpp>
#endif

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace bench;

template <int M, int K, int N> struct product {
    static constexpr int m = M, k = K, n = N;
    static constexpr double operations = 2.0 * M * K * N;
    static constexpr double bytes = 4.0 * (M * K + K * N + M * N);  // each matrix once
    static constexpr std::size_t elements_of_a = std::size_t{M} * K, elements_of_b = std::size_t{K} * N,
                                 elements_of_c = std::size_t{M} * N;

    static std::string name() {
        if (M == K && K == N) return "gemm/square_" + std::to_string(N);
        return "gemm/" + std::to_string(K) + "x" + std::to_string(N) + "_batch_" + std::to_string(M);
    }

    numbers a = uniform(elements_of_a, -1, 1, 1);
    numbers b = uniform(elements_of_b, -1, 1, 2);
    expectation right;

    product() {
        right.reserve(elements_of_c);
        std::vector<double> sums(std::size_t{N}), squares(std::size_t{N});
        for (std::size_t i = 0; i < M; ++i) {
            sums.assign(N, 0);
            squares.assign(N, 0);
            for (std::size_t s = 0; s < K; ++s) {
                const double left = static_cast<double>(a[i * K + s]);
                const float* const row = b.data() + s * N;
                for (std::size_t j = 0; j < N; ++j) {
                    const double term = left * static_cast<double>(row[j]);
                    sums[j] += term;
                    squares[j] += term * term;
                }
            }
            for (std::size_t j = 0; j < N; ++j) right.add_sum(sums[j], squares[j], K);
        }
    }
};

template <class W> class by_ambit {
public:
    explicit by_ambit(const W& work) : a_(work.a.data(), W::elements_of_a) {
        net_.template set<"weights">(
            std::span<const float, W::elements_of_b>(work.b.data(), W::elements_of_b));
    }
    std::array<const float*, 1> operator()() { return {net_(a_).data()}; }

private:
    struct layer {
        constexpr ambit::tensor operator()(ambit::scope& s, ambit::tensor a) const {
            return matmul(a, s.get_variable("weights", {W::k, W::n}));
        }
    };
    ambit::model<layer, ambit::input<float, W::m, W::k>> net_{ambit::seed{1}};
    std::span<const float, W::elements_of_a> a_;
};

#ifdef AMBIT_HAS_EIGEN
// Eigen's fixed-size lazy product is its fastest up to 16; behind that its blocked product is.
template <class W> class by_eigen {
public:
    explicit by_eigen(const W& work) : work_(&work) {}
    std::array<const float*, 1> operator()() {
        using Eigen::Aligned64;
        if constexpr (W::m <= 64 && W::k <= 64 && W::n <= 64) {
            const Eigen::Map<const matrix<W::m, W::k>, Aligned64> a(work_->a.data());
            const Eigen::Map<const matrix<W::k, W::n>, Aligned64> b(work_->b.data());
            Eigen::Map<matrix<W::m, W::n>, Aligned64> c(out_.data());
            if constexpr (W::m <= 16)
                c.noalias() = a.lazyProduct(b);
            else
                c.noalias() = a * b;
        } else {
            const Eigen::Map<const dynamic, Aligned64> a(work_->a.data(), W::m, W::k);
            const Eigen::Map<const dynamic, Aligned64> b(work_->b.data(), W::k, W::n);
            if constexpr (W::m == 1) {
                Eigen::Map<Eigen::Matrix<float, 1, Eigen::Dynamic>, Aligned64> c(out_.data(), W::n);
                c.noalias() = a.row(0) * b;
            } else {
                Eigen::Map<dynamic, Aligned64> c(out_.data(), W::m, W::n);
                c.noalias() = a * b;
            }
        }
        return {out_.data()};
    }

private:
    template <int Rows, int Columns> using matrix = Eigen::Matrix<float, Rows, Columns, Eigen::RowMajor>;
    using dynamic = matrix<Eigen::Dynamic, Eigen::Dynamic>;
    const W* work_;
    numbers out_ = unset(W::elements_of_c);
};
#endif

#ifdef AMBIT_HAS_OPENBLAS
template <class W> class by_openblas {
public:
    explicit by_openblas(const W& work) : work_(&work) {}
    std::array<const float*, 1> operator()() {
        if constexpr (W::m == 1)
            cblas_sgemv(CblasRowMajor, CblasTrans, W::k, W::n, 1, work_->b.data(), W::n, work_->a.data(), 1,
                        0, out_.data(), 1);
        else
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, W::m, W::n, W::k, 1, work_->a.data(), W::k,
                        work_->b.data(), W::n, 0, out_.data(), W::n);
        return {out_.data()};
    }

private:
    const W* work_;
    numbers out_ = unset(W::elements_of_c);
};
#endif

#ifdef AMBIT_HAS_LIBXSMM
// Column-major, hence the transposed product: Cᵀ = Bᵀ · Aᵀ.
template <class W> class by_libxsmm {
public:
    explicit by_libxsmm(const W& work) : work_(&work) {
        const float alpha = 1, beta = 0;
        const int flags = LIBXSMM_GEMM_FLAG_NONE, prefetch = LIBXSMM_GEMM_PREFETCH_NONE;
        kernel_ = libxsmm_smmdispatch(W::n, W::m, W::k, nullptr, nullptr, nullptr, &alpha, &beta, &flags,
                                      &prefetch);
    }
    std::array<const float*, 1> operator()() {
        if (kernel_ != nullptr) kernel_(work_->b.data(), work_->a.data(), out_.data());
        return {out_.data()};
    }

private:
    const W* work_;
    libxsmm_smmfunction kernel_ = nullptr;
    numbers out_ = unset(W::elements_of_c);
};
#endif

#ifdef AMBIT_HAS_ONEDNN
template <class W, bool Packed> class by_onednn {
public:
    explicit by_onednn(const W& work) {
        using namespace onednn;
        const memory::desc a({W::m, W::k}, f32, tag::ab), b({W::k, W::n}, f32, tag::ab),
            c({W::m, W::n}, f32, tag::ab);
        const memory::desc free_b({W::k, W::n}, f32, tag::any);
        const dnnl::matmul::primitive_desc chosen({a, Packed ? free_b : b, c}, processor());
        step_ = {dnnl::matmul(chosen),
                 {{DNNL_ARG_SRC, over(work.a.data(), a)},
                  {DNNL_ARG_WEIGHTS, reordered(over(work.b.data(), b), chosen.weights_desc())},
                  {DNNL_ARG_DST, over(out_.data(), c)}}};
    }
    std::array<const float*, 1> operator()() {
        step_.run();
        return {out_.data()};
    }

private:
    numbers out_ = unset(W::elements_of_c);
    onednn::step step_;
};
#endif

template <class W> void enter_all() {
    enter<W, by_ambit<W>>("ambit");
#ifdef AMBIT_HAS_EIGEN
    enter<W, by_eigen<W>>("eigen");
#endif
#ifdef AMBIT_HAS_OPENBLAS
    enter<W, by_openblas<W>>("openblas");
#endif
#ifdef AMBIT_HAS_LIBXSMM
    // It generates code for small products; behind that its users are sent to a BLAS.
    if constexpr (W::m <= 256) enter<W, by_libxsmm<W>>("libxsmm");
#endif
#ifdef AMBIT_HAS_ONEDNN
    enter<W, by_onednn<W, false>>("onednn");
    enter<W, by_onednn<W, true>>("onednn_packed");
#endif
}

// ---- compact weights ------------------------------------------------------------------------------------------------

struct layer_784x500 {
    constexpr ambit::tensor operator()(ambit::scope& s, ambit::tensor x) const {
        return dense(s, "layer", x, 500, {.activation = ambit::relu, .biases = ambit::constant(0.5)});
    }
};
using input_784 = ambit::input<float, 1, 784>;
using layer_of_floats = ambit::model<layer_784x500, input_784>;
template <ambit::weight_format Format>
using compact_layer = ambit::model<ambit::weights_as<Format, layer_784x500>, input_784>;

/// Both contenders have the weights that the format has: what it rounds is no part of the comparison.
template <ambit::weight_format Format> struct served {
    static constexpr double operations = 2.0 * 784 * 500 + 1000;
    static std::string name() {
        return std::string("gemm/784x500_relu_batch_1_") + (Format == ambit::weight_format::int8 ? "int8" : "bfloat16");
    }

    numbers x = uniform(784, -1, 1, 1);
    compact_layer<Format> compact{ambit::seed{1}};
    layer_of_floats floats{ambit::seed{1}};
    expectation right;

    served() {
        take_weights(compact, floats);
        const std::vector<float> weights = ambit::float_weights<"layer/weights">(compact);
        floats.template set<"layer/weights">(weights);
        for (std::size_t j = 0; j < 500; ++j) {
            double sum = 0.5, squares = 0;
            for (std::size_t i = 0; i < 784; ++i) {
                const double term = static_cast<double>(x[i]) * static_cast<double>(weights[i * 500 + j]);
                sum += term;
                squares += term * term;
            }
            right.add_sum(sum > 0 ? sum : 0, squares, 784);
        }
    }
};
template <class Net, auto Member> class by_layer {
public:
    template <class W> explicit by_layer(const W& work) : net_((work.*Member).copy()), x_(work.x.data(), 784) {}
    std::array<const float*, 1> operator()() { return {net_(x_).data()}; }

private:
    Net net_;
    std::span<const float, 784> x_;
};
template <ambit::weight_format Format> void enter_compact() {
    using work = served<Format>;
    enter<work, by_layer<compact_layer<Format>, &work::compact>>("ambit");
    enter<work, by_layer<layer_of_floats, &work::floats>>("floats");
}

template <int... Extents> void enter_squares() { (enter_all<product<Extents, Extents, Extents>>(), ...); }
template <int... Batches> void enter_layers() { (enter_all<product<Batches, 784, 500>>(), ...); }

}  // namespace

int main(int count, char** arguments) {
    enter_squares<4, 8, 16, 32, 64, 128, 256, 512, 1024>();
    enter_layers<1, 32, 128>();
    enter_compact<ambit::weight_format::bfloat16>();
    enter_compact<ambit::weight_format::int8>();
    return run(count, arguments);
}

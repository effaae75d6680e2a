// SPDX-License-Identifier: BSL-1.0
// Convolution, bias and relu on images [n, h, w, c] with padding `same`; and the filter of the README, two
// images through two shared layers. Weights may be brought into another layout before the clock starts,
// images may not. Beside it a convolution of few pixels whose kernel is stored as bfloat16 and int8.
#include <ambit/ambit.hpp>
#include <ambit/model/compact_weights.hpp>

#include <bench/contender.hpp>
#include <bench/convolution.hpp>
#include <bench/numbers.hpp>
#include <bench/two_images.hpp>

#ifdef AMBIT_HAS_EIGEN
#    include <Eigen/Core>
#endif
#ifdef AMBIT_HAS_ONEDNN
#    include <bench/onednn.hpp>
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace bench;

template <extents E> struct one_layer {
    static constexpr extents shape = E;
    static constexpr double operations = E.operations(), bytes = E.bytes();
    static std::string name() {
        const std::string kernel = std::to_string(E.kernel);
        return "image_filter/conv" + kernel + "x" + kernel + "_" + std::to_string(E.in) + "_" +
               std::to_string(E.out) + "_at_" + std::to_string(E.side) + "_batch_" + std::to_string(E.batch);
    }

    numbers image = uniform(E.image(), -1, 1, 1);
    layer_parameters layer{E, 2};
    expectation right;

    one_layer() {
        right.reserve(E.result());
        reference(E, image.data(), layer, [&](double value, double squares) {
            right.add_sum(value, squares, static_cast<double>(E.depth()));
        });
    }
};

// ---- ambit ------------------------------------------------------------------------------------------------

template <extents E> struct layer {
    constexpr ambit::tensor operator()(ambit::scope& s, ambit::tensor image) const {
        return conv_relu(s, image, {E.kernel, E.kernel, E.in, E.out}, {E.out});
    }
};
template <extents E> using image_of = ambit::input<float, E.batch, E.side, E.side, E.in>;

template <class W> class by_ambit;
template <extents E> class by_ambit<one_layer<E>> {
public:
    explicit by_ambit(const one_layer<E>& work) : image_(work.image.data(), E.image()) {
        net_.template set<"weights">(std::span<const float, E.weights()>(work.layer.weights));
        net_.template set<"biases">(std::span<const float, std::size_t(E.out)>(work.layer.biases));
    }
    std::array<const float*, 1> operator()() { return {net_(image_).data()}; }

private:
    ambit::model<layer<E>, image_of<E>> net_{ambit::seed{1}};
    std::span<const float, E.image()> image_;
};

template <> class by_ambit<two_images> : public two_images_by_ambit {
public:
    using two_images_by_ambit::two_images_by_ambit;
};

// ---- Eigen ------------------------------------------------------------------------------------------------

#ifdef AMBIT_HAS_EIGEN
using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// The windows of one image as the rows of a matrix, then one product.
class eigen_layer {
public:
    eigen_layer(const extents& e, const layer_parameters& layer)
        : e_(e),
          windows_(e.side * e.side, Eigen::Index(e.depth())),
          weights_(Eigen::Map<const matrix>(layer.weights.data(), Eigen::Index(e.depth()), e.out)),
          biases_(Eigen::Map<const Eigen::RowVectorXf>(layer.biases.data(), e.out)) {}

    void run(const float* image, float* result) {
        const Eigen::Index pixels = e_.side * e_.side;
        for (int b = 0; b < e_.batch; ++b, image += pixels * e_.in, result += pixels * e_.out) {
            unfold(image);
            Eigen::Map<matrix> out(result, pixels, e_.out);
            out.noalias() = windows_ * weights_;
            out = (out.rowwise() + biases_).cwiseMax(0.0f);
        }
    }

private:
    void unfold(const float* image) {
        const int half = e_.kernel / 2, row_of_taps = e_.kernel * e_.in;
        float* to = windows_.data();
        for (int y = 0; y < e_.side; ++y)
            for (int x = 0; x < e_.side; ++x)
                for (int i = 0; i < e_.kernel; ++i, to += row_of_taps) {
                    const int row = y + i - half, first = std::max(x - half, 0),
                              end = std::min(x + half + 1, e_.side);
                    if (row < 0 || row >= e_.side) {
                        std::fill_n(to, row_of_taps, 0.0f);
                        continue;
                    }
                    const int before = (first - (x - half)) * e_.in, count = (end - first) * e_.in;
                    std::fill_n(to, before, 0.0f);
                    std::memcpy(to + before, image + (row * e_.side + first) * e_.in,
                                std::size_t(count) * sizeof(float));
                    std::fill_n(to + before + count, row_of_taps - before - count, 0.0f);
                }
    }

    extents e_;
    matrix windows_, weights_;
    Eigen::RowVectorXf biases_;
};

template <class W> class by_eigen;
template <extents E> class by_eigen<one_layer<E>> {
public:
    explicit by_eigen(const one_layer<E>& work) : work_(&work), layer_(E, work.layer) {}
    std::array<const float*, 1> operator()() {
        layer_.run(work_->image.data(), out_.data());
        return {out_.data()};
    }

private:
    const one_layer<E>* work_;
    eigen_layer layer_;
    numbers out_ = unset(E.result());
};

template <> class by_eigen<two_images> {
public:
    explicit by_eigen(const two_images& work)
        : work_(&work), first_(work.shape, work.layers[0]), second_(work.shape, work.layers[1]) {}
    std::array<const float*, 2> operator()() {
        for (std::size_t i = 0; i < 2; ++i) {
            first_.run(work_->images[i].data(), hidden_.data());
            second_.run(hidden_.data(), out_[i].data());
        }
        return {out_[0].data(), out_[1].data()};
    }

private:
    const two_images* work_;
    eigen_layer first_, second_;
    numbers hidden_ = unset(two_images::shape.result());
    std::array<numbers, 2> out_{unset(two_images::shape.result()), unset(two_images::shape.result())};
};
#endif

// ---- oneDNN -----------------------------------------------------------------------------------------------

#ifdef AMBIT_HAS_ONEDNN
using namespace onednn;

dnnl::primitive_attr relu_behind() {
    dnnl::post_ops after;
    after.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(after);
    return attributes;
}

// Images stay [n, h, w, c], oneDNN chooses the layout of the weights; bias and relu are fused.
class onednn_layer {
public:
    onednn_layer(const extents& e, const layer_parameters& layer)
        : image_({e.batch, e.in, e.side, e.side}, f32, tag::nhwc),
          result_({e.batch, e.out, e.side, e.side}, f32, tag::nhwc) {
        const memory::dims kernel{e.out, e.in, e.kernel, e.kernel}, pad{e.kernel / 2, e.kernel / 2};
        const memory::desc weights(kernel, f32, tag::hwio), biases({e.out}, f32, tag::x);
        const dnnl::convolution_forward::primitive_desc chosen({dnnl::prop_kind::forward_inference,
                                                                dnnl::algorithm::convolution_direct,
                                                                image_,
                                                                memory::desc(kernel, f32, tag::any),
                                                                biases,
                                                                result_,
                                                                {1, 1},
                                                                pad,
                                                                pad},
                                                               relu_behind(), processor());
        primitive_ = dnnl::convolution_forward(chosen);
        weights_ = reordered(over(layer.weights.data(), weights), chosen.weights_desc());
        biases_ = over(layer.biases.data(), biases);
    }

    step on(const float* image, numbers& result) const {
        return {primitive_,
                {{DNNL_ARG_SRC, over(image, image_)},
                 {DNNL_ARG_WEIGHTS, weights_},
                 {DNNL_ARG_BIAS, biases_},
                 {DNNL_ARG_DST, over(result.data(), result_)}}};
    }

private:
    memory::desc image_, result_;
    dnnl::primitive primitive_;
    memory weights_, biases_;
};

template <class W> class by_onednn;
template <extents E> class by_onednn<one_layer<E>> {
public:
    explicit by_onednn(const one_layer<E>& work)
        : step_(onednn_layer(E, work.layer).on(work.image.data(), out_)) {}
    std::array<const float*, 1> operator()() {
        step_.run();
        return {out_.data()};
    }

private:
    numbers out_ = unset(E.result());
    step step_;
};

template <> class by_onednn<two_images> {
public:
    explicit by_onednn(const two_images& work) {
        const onednn_layer first(work.shape, work.layers[0]), second(work.shape, work.layers[1]);
        for (std::size_t i = 0; i < 2; ++i) {
            steps_.push_back(first.on(work.images[i].data(), hidden_));
            steps_.push_back(second.on(hidden_.data(), out_[i]));
        }
    }
    std::array<const float*, 2> operator()() {
        for (const step& each : steps_) each.run();
        return {out_[0].data(), out_[1].data()};
    }

private:
    numbers hidden_ = unset(two_images::shape.result());
    std::array<numbers, 2> out_{unset(two_images::shape.result()), unset(two_images::shape.result())};
    std::vector<step> steps_;
};

// Winograd's algorithm in oneDNN's own layout of images, which a user would have to keep throughout. It is
// less exact: its transforms multiply by up to 8.
template <class W> class by_onednn_winograd;
template <extents E> class by_onednn_winograd<one_layer<E>> {
public:
    static constexpr double tolerance = 16;

    explicit by_onednn_winograd(const one_layer<E>& work) {
        const memory::dims image{E.batch, E.in, E.side, E.side}, result{E.batch, E.out, E.side, E.side},
            kernel{E.out, E.in, E.kernel, E.kernel}, pad{E.kernel / 2, E.kernel / 2};
        const auto any = [](const memory::dims& of) { return memory::desc(of, f32, tag::any); };
        const memory::desc biases({E.out}, f32, tag::x);
        const bool empty_if_unsupported = true;
        const dnnl::convolution_forward::primitive_desc chosen({dnnl::prop_kind::forward_inference,
                                                                dnnl::algorithm::convolution_winograd,
                                                                any(image),
                                                                any(kernel),
                                                                biases,
                                                                any(result),
                                                                {1, 1},
                                                                pad,
                                                                pad},
                                                               relu_behind(), processor(),
                                                               empty_if_unsupported);
        if (!chosen) return;
        result_ = memory(chosen.dst_desc(), processor());
        const memory::desc nhwc(image, f32, tag::nhwc), hwio(kernel, f32, tag::hwio);
        step_ = {dnnl::convolution_forward(chosen),
                 {{DNNL_ARG_SRC, reordered(over(work.image.data(), nhwc), chosen.src_desc())},
                  {DNNL_ARG_WEIGHTS, reordered(over(work.layer.weights.data(), hwio), chosen.weights_desc())},
                  {DNNL_ARG_BIAS, over(work.layer.biases.data(), biases)},
                  {DNNL_ARG_DST, result_}}};
        supported_ = true;
    }
    std::array<const float*, 1> operator()() {
        step_.run();
        return {data_of(result_)};
    }
    std::array<const float*, 1> for_check() {
        if (supported_) {
            step_.run();
            memory nhwc = over(out_.data(), {{E.batch, E.out, E.side, E.side}, f32, tag::nhwc});
            dnnl::reorder(result_, nhwc).execute(stream(), result_, nhwc);
        }
        return {out_.data()};
    }

private:
    bool supported_ = false;
    memory result_;
    step step_;
    numbers out_ = unset(E.result());
};
#endif

// ---- compact weights --------------------------------------------------------------------------------------

/// Both contenders have the weights that the format has: what it rounds is no part of the comparison.
template <extents E, ambit::weight_format Format> struct served_layer {
    static constexpr extents shape = E;
    static constexpr double operations = E.operations();
    static std::string name() {
        return one_layer<E>::name() + (Format == ambit::weight_format::int8 ? "_int8" : "_bfloat16");
    }

    numbers image = uniform(E.image(), -1, 1, 1);
    ambit::model<ambit::weights_as<Format, layer<E>>, image_of<E>> compact{ambit::seed{1}};
    ambit::model<layer<E>, image_of<E>> floats{ambit::seed{1}};
    expectation right;

    served_layer() {
        layer_parameters rounded(E, 2);
        floats.template set<"weights">(rounded.weights);
        floats.template set<"biases">(rounded.biases);
        take_weights(compact, floats);
        const std::vector<float> weights = ambit::float_weights<"weights">(compact);
        rounded.weights.assign(weights.begin(), weights.end());
        floats.template set<"weights">(rounded.weights);
        right.reserve(E.result());
        reference(E, image.data(), rounded, [&](double value, double squares) {
            right.add_sum(value, squares, static_cast<double>(E.depth()));
        });
    }
};
template <auto Member> class by_served;
template <class W, class Net, Net W::*Member> class by_served<Member> {
public:
    explicit by_served(const W& work) : net_((work.*Member).copy()), image_(work.image.data(), W::shape.image()) {}
    std::array<const float*, 1> operator()() { return {net_(image_).data()}; }

private:
    Net net_;
    std::span<const float, W::shape.image()> image_;
};
template <extents E, ambit::weight_format Format> void enter_served() {
    using work = served_layer<E, Format>;
    enter<work, by_served<&work::compact>>("ambit");
    enter<work, by_served<&work::floats>>("floats");
}

template <class W> void enter_all() {
    enter<W, by_ambit<W>>("ambit");
#ifdef AMBIT_HAS_EIGEN
    enter<W, by_eigen<W>>("eigen");
#endif
#ifdef AMBIT_HAS_ONEDNN
    enter<W, by_onednn<W>>("onednn");
    if constexpr (W::shape.kernel == 3 && W::shape.in >= 16)
        enter<W, by_onednn_winograd<W>>("onednn_winograd");
#endif
}

}  // namespace

int main(int count, char** arguments) {
    enter_all<one_layer<extents{.batch = 1, .side = 32, .in = 32, .out = 32, .kernel = 5}>>();
    enter_all<one_layer<extents{.batch = 16, .side = 32, .in = 32, .out = 32, .kernel = 5}>>();
    enter_all<one_layer<extents{.batch = 100, .side = 32, .in = 32, .out = 32, .kernel = 5}>>();
    enter_all<one_layer<extents{.batch = 1, .side = 28, .in = 16, .out = 32, .kernel = 3}>>();
    enter_all<one_layer<extents{.batch = 16, .side = 28, .in = 16, .out = 32, .kernel = 3}>>();
    enter_all<one_layer<extents{.batch = 100, .side = 28, .in = 16, .out = 32, .kernel = 3}>>();
    enter_all<one_layer<extents{.batch = 1, .side = 224, .in = 3, .out = 32, .kernel = 3}>>();
    enter_all<one_layer<extents{.batch = 16, .side = 224, .in = 3, .out = 32, .kernel = 3}>>();
    enter_all<one_layer<extents{.batch = 1, .side = 28, .in = 64, .out = 64, .kernel = 1}>>();
    enter_all<one_layer<extents{.batch = 16, .side = 28, .in = 64, .out = 64, .kernel = 1}>>();
    enter_all<two_images>();
    constexpr extents few_pixels{.batch = 1, .side = 7, .in = 512, .out = 512, .kernel = 3};
    enter_served<few_pixels, ambit::weight_format::bfloat16>();
    enter_served<few_pixels, ambit::weight_format::int8>();
    return run(count, arguments);
}

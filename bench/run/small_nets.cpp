// SPDX-License-Identifier: BSL-1.0
// A net of dense layers 4-16-16-2 on one sample: back to back, where calls overlap in the processor, and
// dependent, where each input waits for the last output. The peer is what an engineer writes by hand with
// fixed-size Eigen.
#include <bench/contender.hpp>
#include <bench/small_net.hpp>

#ifdef AMBIT_HAS_EIGEN
#    include <Eigen/Core>
#endif

namespace {

using namespace bench;

// ---- Eigen ------------------------------------------------------------------------------------------------

#ifdef AMBIT_HAS_EIGEN
// Column-major matrices times column vectors, Eigen's home ground: [in, out] row-major is [out, in]
// column-major.
template <class W> class by_eigen {
public:
    explicit by_eigen(const W& work)
        : first_(work.weights[0].data()),
          second_(work.weights[1].data()),
          third_(work.weights[2].data()),
          first_bias_(work.biases[0].data()),
          second_bias_(work.biases[1].data()),
          third_bias_(work.biases[2].data()) {}
    const float* operator()(const float* x) {
        const Eigen::Matrix<float, 16, 1> one =
            apply(first_ * Eigen::Map<const Eigen::Vector4f>(x) + first_bias_);
        const Eigen::Matrix<float, 16, 1> two = apply(second_ * one + second_bias_);
        out_.noalias() = third_ * two + third_bias_;
        return out_.data();
    }

private:
    static Eigen::Matrix<float, 16, 1> apply(const Eigen::Matrix<float, 16, 1>& x) {
        if constexpr (W::function == activation::relu)
            return x.cwiseMax(0.0f);
        else
            return x.array().tanh().matrix();
    }
    Eigen::Matrix<float, 16, 4> first_;
    Eigen::Matrix<float, 16, 16> second_;
    Eigen::Matrix<float, 2, 16> third_;
    Eigen::Matrix<float, 16, 1> first_bias_, second_bias_;
    Eigen::Vector2f third_bias_, out_;
};
#endif

template <class W> void enter_all() {
    enter<W, one_sample<W, small_net_by_ambit<W>>>("ambit");
#ifdef AMBIT_HAS_EIGEN
    enter<W, one_sample<W, by_eigen<W>>>("eigen");
#endif
}

}  // namespace

int main(int count, char** arguments) {
    enter_all<net_4_16_16_2<activation::relu, calls::back_to_back>>();
    enter_all<net_4_16_16_2<activation::relu, calls::dependent>>();
    enter_all<net_4_16_16_2<activation::tanh, calls::back_to_back>>();
    enter_all<net_4_16_16_2<activation::tanh, calls::dependent>>();
    return run(count, arguments);
}

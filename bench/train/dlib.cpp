// SPDX-License-Identifier: BSL-1.0
// The suite `train` by dlib: its layers and solvers without its trainer, which works on a thread of its own, where the
// processor's time would not be seen.
#include <bench/train/problem.hpp>

#include <dlib/dnn.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace bench::train {
namespace {

using image = dlib::input<dlib::matrix<float>>;
using mlp_net = dlib::loss_multiclass_log<dlib::fc<classes, dlib::relu<dlib::fc<mlp_units, image>>>>;

template <long Channels, class Below>
using conv_layer = dlib::max_pool<2, 2, 2, 2, dlib::relu<dlib::con<Channels, long(kernel), long(kernel), 1, 1, Below>>>;
using conv_net = dlib::loss_multiclass_log<
    dlib::fc<classes, dlib::relu<dlib::fc<conv_units, conv_layer<channels2, conv_layer<channels1, image>>>>>>;

/// [h, w, in, out] -> [out, in, h, w]; the same for what a convolution leaves, [h, w, c, units] -> [c, h, w, units].
numbers channels_first(const numbers& from, std::size_t area, std::size_t in, std::size_t out, bool units_last) {
    numbers to(from.size());
    for (std::size_t at = 0; at < area; ++at)
        for (std::size_t i = 0; i < in; ++i)
            for (std::size_t o = 0; o < out; ++o)
                to[units_last ? (i * area + at) * out + o : (o * in + i) * area + at] = from[(at * in + i) * out + o];
    return to;
}

/// dlib keeps the biases behind the weights.
template <std::size_t Index, class Net> void set(Net& net, const numbers& weights, const numbers& biases) {
    auto& parameters = dlib::layer<Index>(net).layer_details().get_layer_params();
    DLIB_CASSERT(parameters.size() == weights.size() + biases.size());
    std::copy(biases.begin(), biases.end(), std::copy(weights.begin(), weights.end(), parameters.host()));
}

void set_all(mlp_net& net, const std::vector<layer>& from) {
    set<3>(net, from[0].weights, from[0].biases);
    set<1>(net, from[1].weights, from[1].biases);
}
void set_all(conv_net& net, const std::vector<layer>& from) {
    constexpr std::size_t area = kernel * kernel, left = side / 4 * (side / 4);
    set<9>(net, channels_first(from[0].weights, area, 1, channels1, false), from[0].biases);
    set<6>(net, channels_first(from[1].weights, area, channels1, channels2, false), from[1].biases);
    set<3>(net, channels_first(from[2].weights, left, channels2, conv_units, true), from[2].biases);
    set<1>(net, from[3].weights, from[3].biases);
}

template <class Net, class Solver> class dlib_stepper : public stepper {
public:
    dlib_stepper(const problem& work, const Solver& solver, double rate)
        : solvers_(Net::num_computational_layers, solver), rate_(rate) {
        for (const batch& b : work.batches) {
            std::vector<dlib::matrix<float>> images(work.size, dlib::matrix<float>(long(side), long(side)));
            for (std::size_t i = 0; i < work.size; ++i)
                std::copy_n(b.images.begin() + std::ptrdiff_t(i * pixels), pixels, images[i].begin());
            net_.to_tensor(images.begin(), images.end(), images_.emplace_back());
            labels_.emplace_back(b.labels.begin(), b.labels.end());
        }
        net_.forward(images_[0]);  // makes the variables
        set_all(net_, work.layers);
    }
    float step() override {
        const std::size_t b = step_++ % batch_count;
        const double loss = net_.compute_parameter_gradients(images_[b], labels_[b].begin());
        net_.update_parameters(dlib::make_sstack(solvers_), rate_);
        return float(loss);
    }

private:
    Net net_;
    std::vector<Solver> solvers_;
    double rate_;
    std::vector<dlib::resizable_tensor> images_;
    std::vector<std::vector<unsigned long>> labels_;
    std::size_t step_ = 0;
};

template <class Net> std::unique_ptr<stepper> made(const problem& work) {
    if (work.by == optimizer::sgd)
        return std::make_unique<dlib_stepper<Net, dlib::sgd>>(work, dlib::sgd(0, 0), sgd_rate);
    return std::make_unique<dlib_stepper<Net, dlib::adam>>(work, dlib::adam(0, float(beta1), float(beta2)), adam_rate);
}

}  // namespace

std::unique_ptr<stepper> by_dlib(const problem& work) {
    return work.net == network::mlp ? made<mlp_net>(work) : made<conv_net>(work);
}

}  // namespace bench::train

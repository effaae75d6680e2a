// SPDX-License-Identifier: BSL-1.0
// One step of training of LSTM and GRU layers over 100 steps: forward, backward, gradient descent. The losses are
// compared with training in double precision.
#include <bench/sequence/ambit_layer.hpp>
#ifdef AMBIT_HAS_ONEDNN
#include <bench/sequence/onednn_layer.hpp>
#endif

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace {

using namespace bench;
using namespace bench::sequence;

template <class W> struct trained_layer {
    struct outputs {
        ambit::tensor loss;
        ambit::operation train;
    };
    constexpr outputs operator()(ambit::scope& s, const ambit::tensor& xs, const ambit::tensor& targets) const {
        const auto all = dynamic_rnn(s, cell_of<W>(), xs, {.time_major = true});
        const ambit::tensor loss = reduce_mean(square(all.outputs - targets));
        return {loss, minimize(s, loss, ambit::sgd{.learning_rate = double{W::units} / 64})};
    }
};

template <class W> class by_ambit {
public:
    explicit by_ambit(const layer& work) : work_(&work) { set_weights<W>(net_, work); }
    float step() {
        using outputs = typename trained_layer<W>::outputs;
        return net_.template run<&outputs::train, &outputs::loss>(
            std::span<const float, steps * W::batch * W::in>(work_->xs),
            std::span<const float, steps * W::batch * W::units>(work_->targets));
    }

private:
    ambit::model<trained_layer<W>, sequence_input<W>, sequence_input<W>> net_{ambit::seed{1}};
    const layer* work_;
};

class by_peer {
public:
    explicit by_peer(std::unique_ptr<recurrent_layer> layer) : layer_(std::move(layer)) {}
    float step() { return layer_->step(); }

private:
    std::unique_ptr<recurrent_layer> layer_;
};

struct by_libtorch : by_peer {
    explicit by_libtorch(const layer& work) : by_peer(layer_by_libtorch(work, true)) {}
};
#ifdef AMBIT_HAS_ONEDNN
template <class W> struct by_onednn : by_peer {
    explicit by_onednn(const layer& work) : by_peer(std::make_unique<onednn_layer<W::kind>>(work, true)) {}
};
#endif

template <class W, class Layer> class training {
public:
    explicit training(const W& work) : layer_(work.problem) {}
    std::array<const float*, 1> operator()() {
        loss_ = layer_.step();
        return {&loss_};
    }
    std::array<const float*, 1> for_check() {
        for (std::size_t step = 0; step < W::checked_steps; ++step) losses_.push_back(layer_.step());
        return {losses_.data()};
    }

private:
    Layer layer_;
    float loss_ = 0;
    std::vector<float> losses_;
};

template <cell Kind, std::size_t Units, std::size_t Batch> void enter_layer() {
    using work = layer_training<Kind, Units, Batch>;
    enter<work, training<work, by_ambit<work>>>("ambit");
#ifdef AMBIT_HAS_LIBTORCH
    enter<work, training<work, by_libtorch>>("libtorch");
#endif
#ifdef AMBIT_HAS_ONEDNN
    enter<work, training<work, by_onednn<work>>>("onednn");
#endif
}
template <cell Kind> void enter_layers() {
    enter_layer<Kind, 32, 1>();
    enter_layer<Kind, 32, 32>();
    enter_layer<Kind, 128, 1>();
    enter_layer<Kind, 128, 32>();
    enter_layer<Kind, 512, 1>();
    enter_layer<Kind, 512, 32>();
}

}  // namespace

int main(int count, char** arguments) {
    enter_layers<cell::lstm>();
    enter_layers<cell::gru>();
    return run(count, arguments);
}

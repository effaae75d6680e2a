// SPDX-License-Identifier: BSL-1.0
// A recurrent layer by oneDNN's primitives. Of training what the library leaves to its user is here, too: the loss,
// gradients set to zero, weights in the layouts of both directions, the update.
#pragma once

#include <bench/onednn.hpp>
#include <bench/sequence/problem.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace bench::sequence {

template <cell Kind> class onednn_layer : public recurrent_layer {
    static constexpr bool is_lstm = Kind == cell::lstm;
    using forward = std::conditional_t<is_lstm, dnnl::lstm_forward, dnnl::lbr_gru_forward>;
    using backward = std::conditional_t<is_lstm, dnnl::lstm_backward, dnnl::lbr_gru_backward>;
    using memory = dnnl::memory;
    using description = memory::desc;

public:
    onednn_layer(const layer& work, bool for_training)
        : work_(&work),
          of_input_(in_its_order(work.of_input)),
          of_state_(in_its_order(work.of_state)),
          bias_(in_its_order(work.bias)),
          y_(unset(work.targets.size())),
          forward_description_(described(for_training)),
          forward_of_input_(forward_description_.weights_layer_desc(), onednn::processor()),
          forward_of_state_(forward_description_.weights_iter_desc(), onednn::processor()) {
        // A GRU's bias of the state inside of what is reset is a fourth one.
        if (!is_lstm) bias_.insert(bias_.end(), work.state_bias.begin(), work.state_bias.end());
        forward_ = {forward(forward_description_),
                    {{DNNL_ARG_SRC_LAYER, onednn::over(work.xs.data(), xs())},
                     {DNNL_ARG_WEIGHTS_LAYER, forward_of_input_},
                     {DNNL_ARG_WEIGHTS_ITER, forward_of_state_},
                     {DNNL_ARG_BIAS, onednn::over(bias_.data(), bias())},
                     {DNNL_ARG_DST_LAYER, onednn::over(y_.data(), ys())}}};
        lay_out(forward_of_input_, forward_of_state_);
        if (for_training) prepare_training();
    }

    const float* outputs() override {
        forward_.run();
        return y_.data();
    }

    float step() override {
        lay_out(forward_of_input_, forward_of_state_);
        forward_.run();
        double loss = 0;
        const float scale = 2 / static_cast<float>(y_.size());
        for (std::size_t first = 0; first < y_.size(); first += work_->units) {
            float part = 0;
            for (std::size_t i = first; i < first + work_->units; ++i) {
                const float off = y_[i] - work_->targets[i];
                part += off * off;
                dy_[i] = scale * off;
            }
            loss += static_cast<double>(part);
        }
        lay_out(backward_of_input_, backward_of_state_);
        for (numbers* each : {&d_of_input_, &d_of_state_, &d_bias_}) std::fill(each->begin(), each->end(), 0.0f);
        backward_.run();
        update(of_input_, d_of_input_);
        update(of_state_, d_of_state_);
        update(bias_, d_bias_);
        return static_cast<float>(loss / static_cast<double>(y_.size()));
    }

private:
    using dim = memory::dim;

    numbers in_its_order(const numbers& matrix) const {
        if constexpr (is_lstm) return with_gates(matrix, work_->units, std::array<std::size_t, 4>{0, 2, 1, 3});
        else return with_gates(matrix, work_->units, std::array<std::size_t, 3>{1, 0, 2});
    }
    dim in() const { return dim(work_->in); }
    dim units() const { return dim(work_->units); }
    dim gates() const { return dim(work_->gates()); }
    description xs() const { return {{dim(steps), dim(work_->batch), in()}, onednn::f32, onednn::tag::tnc}; }
    description ys() const { return {{dim(steps), dim(work_->batch), units()}, onednn::f32, onednn::tag::tnc}; }
    description bias() const { return {{1, 1, 4, units()}, onednn::f32, onednn::tag::ldgo}; }
    description of_input(onednn::tag layout) const { return {{1, 1, in(), gates(), units()}, onednn::f32, layout}; }
    description of_state(onednn::tag layout) const { return {{1, 1, units(), gates(), units()}, onednn::f32, layout}; }

    /// Its LSTM of version 2.6 gets the gradient of the state's weights wrong for a batch of one if it is not given the
    /// states in front of and behind the sequence, so that training gives them.
    description state() const { return {{1, 1, dim(work_->batch), units()}, onednn::f32, onednn::tag::ldnc}; }
    memory zero_state() const {
        memory made(state(), onednn::processor());
        std::fill_n(static_cast<float*>(made.get_data_handle()), work_->batch * work_->units, 0.0f);
        return made;
    }

    typename forward::primitive_desc described(bool for_training) const {
        const auto kind = for_training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
        const auto way = dnnl::rnn_direction::unidirectional_left2right;
        const description w = of_input(onednn::tag::any), r = of_state(onednn::tag::any);
        const description h = for_training ? state() : description();
        if constexpr (is_lstm)
            return {typename forward::desc(kind, way, xs(), h, h, w, r, bias(), ys(), h, h), onednn::processor()};
        else return {typename forward::desc(kind, way, xs(), h, w, r, bias(), ys(), h), onednn::processor()};
    }
    typename backward::primitive_desc described_backward() const {
        const auto kind = dnnl::prop_kind::backward;
        const auto way = dnnl::rnn_direction::unidirectional_left2right;
        const description w = of_input(onednn::tag::any), r = of_state(onednn::tag::any), h = state();
        const description dw = of_input(onednn::tag::ldigo), dr = of_state(onednn::tag::ldigo);
        if constexpr (is_lstm)
            return {typename backward::desc(kind, way, xs(), h, h, w, r, bias(), ys(), h, h, xs(), h, h, dw, dr, bias(),
                                            ys(), h, h),
                    onednn::processor(), forward_description_};
        else
            return {
                typename backward::desc(kind, way, xs(), h, w, r, bias(), ys(), h, xs(), h, dw, dr, bias(), ys(), h),
                onednn::processor(), forward_description_};
    }

    void prepare_training() {
        const auto backward_description = described_backward();
        const auto sized_as = [](const numbers& other) { return numbers(other.size()); };
        d_of_input_ = sized_as(of_input_);
        d_of_state_ = sized_as(of_state_);
        d_bias_ = sized_as(bias_);
        dx_ = sized_as(work_->xs);
        dy_ = sized_as(y_);
        backward_of_input_ = {backward_description.weights_layer_desc(), onednn::processor()};
        backward_of_state_ = {backward_description.weights_iter_desc(), onednn::processor()};
        const memory workspace(forward_description_.workspace_desc(), onednn::processor());
        forward_.operands.insert({DNNL_ARG_WORKSPACE, workspace});
        for (const int each : {DNNL_ARG_SRC_ITER, DNNL_ARG_DST_ITER}) forward_.operands.insert({each, zero_state()});
        if (is_lstm)
            for (const int each : {DNNL_ARG_SRC_ITER_C, DNNL_ARG_DST_ITER_C})
                forward_.operands.insert({each, zero_state()});
        backward_ = {backward(backward_description), forward_.operands};
        backward_.operands[DNNL_ARG_WEIGHTS_LAYER] = backward_of_input_;
        backward_.operands[DNNL_ARG_WEIGHTS_ITER] = backward_of_state_;
        backward_.operands.insert(
            {{DNNL_ARG_DIFF_SRC_LAYER, onednn::over(dx_.data(), xs())},
             {DNNL_ARG_DIFF_WEIGHTS_LAYER, onednn::over(d_of_input_.data(), of_input(onednn::tag::ldigo))},
             {DNNL_ARG_DIFF_WEIGHTS_ITER, onednn::over(d_of_state_.data(), of_state(onednn::tag::ldigo))},
             {DNNL_ARG_DIFF_BIAS, onednn::over(d_bias_.data(), bias())},
             {DNNL_ARG_DIFF_DST_LAYER, onednn::over(dy_.data(), ys())}});
        for (const int each : {DNNL_ARG_DIFF_SRC_ITER, DNNL_ARG_DIFF_DST_ITER})
            backward_.operands.insert({each, zero_state()});
        if (is_lstm)
            for (const int each : {DNNL_ARG_DIFF_SRC_ITER_C, DNNL_ARG_DIFF_DST_ITER_C})
                backward_.operands.insert({each, zero_state()});
    }

    void lay_out(memory& input, memory& state) const {
        for (auto [from, to] : {std::pair(onednn::over(of_input_.data(), of_input(onednn::tag::ldigo)), &input),
                                std::pair(onednn::over(of_state_.data(), of_state(onednn::tag::ldigo)), &state)})
            dnnl::reorder(from, *to).execute(onednn::stream(), from, *to);
    }
    void update(numbers& weights, const numbers& gradients) const {
        for (std::size_t i = 0; i < weights.size(); ++i) weights[i] -= work_->rate() * gradients[i];
    }

    const layer* work_;
    numbers of_input_, of_state_, bias_, y_;
    typename forward::primitive_desc forward_description_;
    memory forward_of_input_, forward_of_state_, backward_of_input_, backward_of_state_;
    numbers d_of_input_, d_of_state_, d_bias_, dx_, dy_;
    onednn::step forward_, backward_;
};

}  // namespace bench::sequence

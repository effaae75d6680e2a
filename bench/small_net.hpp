// SPDX-License-Identifier: BSL-1.0
// A net of three dense layers, such as 4-16-16-2 or 1-8-8-1, on one sample: the workload, the module, and who calls a
// contender.
#pragma once

#include <ambit/ambit.hpp>

#include <bench/expectation.hpp>
#include <bench/numbers.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace bench {

enum class activation { relu, tanh };
enum class calls { back_to_back, dependent };

constexpr std::size_t samples = 64;

template <activation Activation, calls Calls, std::size_t In, std::size_t Hidden, std::size_t Out> struct dense_net {
    static constexpr activation function = Activation;
    static constexpr calls mode = Calls;
    static constexpr std::size_t in = In, hidden = Hidden, out = Out;
    static std::string name() {
        const std::string extents = std::to_string(In) + "_" + std::to_string(Hidden) + "_" + std::to_string(Hidden) +
                                    "_" + std::to_string(Out);
        return "small_nets/" + extents + (Activation == activation::relu ? "_relu" : "_tanh") +
               (Calls == calls::dependent ? "_dependent" : "_back_to_back");
    }

    std::array<numbers, 3> weights{uniform(In * Hidden, -0.7f, 0.7f, 1), uniform(Hidden * Hidden, -reach, reach, 2),
                                   uniform(Hidden * Out, -reach, reach, 3)};
    std::array<numbers, 3> biases{uniform(Hidden, -0.2f, 0.2f, 4), uniform(Hidden, -0.2f, 0.2f, 5),
                                  uniform(Out, -0.2f, 0.2f, 6)};
    numbers inputs = uniform(samples * In, -1, 1, 7);
    expectation right;

    // `samples` calls, in the order in which a contender makes them.
    dense_net() {
        std::vector<double> output;
        for (std::size_t sample = 0; sample < samples; ++sample) {
            std::vector<double> x(inputs.begin() + std::ptrdiff_t(In * sample),
                                  inputs.begin() + std::ptrdiff_t(In * sample + In));
            if (Calls == calls::dependent && sample > 0) std::copy_n(output.begin(), fed_back, x.begin());
            for (std::size_t layer = 0; layer < 3; ++layer) {
                std::vector<double> y(biases[layer].begin(), biases[layer].end());
                for (std::size_t i = 0; i < x.size(); ++i)
                    for (std::size_t j = 0; j < y.size(); ++j)
                        y[j] += x[i] * static_cast<double>(weights[layer][i * y.size() + j]);
                if (layer < 2)
                    for (double& each : y) each = Activation == activation::relu ? std::fmax(each, 0) : std::tanh(each);
                x = y;
            }
            // Three layers of values below one; the layers shrink what is wrong in their input.
            for (const double each : x) right.add_near(each, 16, 1);
            output = x;
        }
    }

    // Numbers of an output that become an input.
    static constexpr std::size_t fed_back = std::min(In, Out);

private:
    // The more units, the smaller the weights: a layer shrinks what is wrong in its input.
    static constexpr float reach = Hidden <= 16 ? 0.4f : 0.2f;
};
template <activation Activation, calls Calls> using net_4_16_16_2 = dense_net<Activation, Calls, 4, 16, 2>;

template <activation Activation, std::size_t Hidden, std::size_t Out> struct small_dense_net {
    constexpr ambit::tensor operator()(ambit::scope& s, ambit::tensor x) const {
        x = apply(dense(s, "first", x, Hidden));
        x = apply(dense(s, "second", x, Hidden));
        return dense(s, "third", x, Out);
    }
    static constexpr ambit::tensor apply(const ambit::tensor& x) {
        return Activation == activation::relu ? relu(x) : tanh(x);
    }
};

template <class W> class small_net_by_ambit {
public:
    explicit small_net_by_ambit(const W& work) {
        set_layer<"first/weights", "first/biases", W::in * W::hidden, W::hidden>(work, 0);
        set_layer<"second/weights", "second/biases", W::hidden * W::hidden, W::hidden>(work, 1);
        set_layer<"third/weights", "third/biases", W::hidden * W::out, W::out>(work, 2);
    }
    const float* operator()(const float* x) { return net_(std::span<const float, W::in>(x, W::in)).data(); }

private:
    template <ambit::fixed_string Weights, ambit::fixed_string Biases, std::size_t Elements, std::size_t Units>
    void set_layer(const W& work, std::size_t layer) {
        net_.template set<Weights>(std::span<const float, Elements>(work.weights[layer]));
        net_.template set<Biases>(std::span<const float, Units>(work.biases[layer]));
    }
    ambit::model<small_dense_net<W::function, W::hidden, W::out>, ambit::input<float, 1, W::in>> net_{ambit::seed{1}};
};

// One call on the sample's own input; dependent, the first of its numbers come from the last output.
template <class W, class Contender> class one_sample {
public:
    explicit one_sample(const W& work) : contender_(work), inputs_(work.inputs) {}
    std::array<const float*, 1> operator()() {
        float* const x = inputs_.data() + W::in * sample_;
        if (W::mode == calls::dependent && output_ != nullptr) std::memcpy(x, output_, W::fed_back * sizeof(float));
        sample_ = (sample_ + 1) % samples;
        output_ = contender_(x);
        return {output_};
    }
    std::array<const float*, 1> for_check() {
        for (std::size_t sample = 0; sample < samples; ++sample) {
            const float* const output = (*this)()[0];
            outputs_.insert(outputs_.end(), output, output + W::out);
        }
        return {outputs_.data()};
    }
    int steps()
        requires requires(Contender& each) { each.steps(); }
    {
        return contender_.steps();
    }

private:
    Contender contender_;
    numbers inputs_;
    std::size_t sample_ = 0;
    const float* output_ = nullptr;
    std::vector<float> outputs_;
};

}  // namespace bench

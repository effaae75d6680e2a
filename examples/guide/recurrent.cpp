// SPDX-License-Identifier: BSL-1.0
// The blocks of recurrent.md: cells, sequences, a state that goes on from call to call.
#include <ambit/ambit.hpp>
#include <ambit/nn/beam_search.hpp>
#include <ambit/nn/causal_conv1d.hpp>
#include <ambit/nn/embedding.hpp>
#include <ambit/nn/recurrent.hpp>
#include <ambit/nn/sampling.hpp>
#include <ambit/nn/score_attention.hpp>
#include <ambit/nn/transformer.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <string_view>
#include <vector>

using namespace ambit;

namespace {

int failures = 0;
void expect(bool is_met, std::string_view claim) {
    std::cout << (is_met ? "  holds  " : "  FAILS  ") << claim << '\n';
    failures += is_met ? 0 : 1;
}

// ---- A cell over sequences ----

struct classifier {
    constexpr tensor operator()(scope& s, tensor xs, tensor lengths) const {  // xs: [batch, time, features]
        lstm_cell cell(16);
        auto [state, outputs] = dynamic_rnn(s, cell, xs, {.sequence_length = lengths});
        return dense(s, "logits", state.hidden, 5);
    }
};
using sequences = model<classifier, input<float, 4, 30, 3>, input<std::int32_t, 4>>;
static_assert(expect_variables<sequences, "rnn/lstm_cell/kernel", "rnn/lstm_cell/bias", "logits/weights",
                               "logits/biases">());

// ---- Layers and directions ----

struct reader {
    constexpr tensor operator()(scope& s, tensor xs) const {
        multi_rnn_cell forward(lstm_cell(8), residual_cell(lstm_cell(8)));
        gru_cell backward(8, {.reset = gru_reset::after_product});
        auto [first, second] = bidirectional_rnn(s, forward, backward, xs);
        return concat({first.outputs, second.outputs}, -1);
    }
};
static_assert(expect_valid<reader, input<float, 4, 30, 3>>());

// ---- Dropout, and an initial state that is learnt ----

struct regularized {
    constexpr tensor operator()(scope& s, tensor xs) const {
        dropout_cell cell(gru_cell(8), {.input = 0.2, .state = 0.2, .variational = true});
        auto [state, outputs] = dynamic_rnn(s, cell, xs, learned_state(s, cell, 4));
        return state;
    }
};
static_assert(expect_valid<regularized, input<float, 4, 30, 3>>());

// ---- Step by step in the graph ----

struct written_out {
    constexpr tensor operator()(scope& s, tensor xs) const {
        basic_rnn_cell cell(8);
        auto [state, outputs] = static_rnn(s, cell, unstack(xs, 1));
        return outputs.back();
    }
};
static_assert(expect_valid<written_out, input<float, 4, 3, 3>>());

// ---- A cell of one's own loop ----

struct generator {
    constexpr tensor operator()(scope& s, tensor start) const {  // [batch, 3]
        gru_cell cell(8);
        struct memory {
            tensor hidden, last;
        };
        const memory begin{zero_state(s, cell, start.shape()[0]), start};
        auto [end, made] = scan(s, [&](scope& in, memory before, tensor) {
            auto [hidden, output] = cell(in, before.last, before.hidden);
            tensor next = dense(in, "next", output, 3);
            return scan_step{memory{hidden, next}, next};
        }, 20, begin);
        return made;  // [20, batch, 3]
    }
};
static_assert(expect_valid<generator, input<float, 2, 3>>());

// ---- Training in pieces, and use step by step ----

constexpr tensor predicted(scope& s, tensor outputs) { return dense(s, "next", outputs, 1); }

struct trainer {
    struct outputs {
        tensor loss;
        operation train, keep;
    };
    constexpr outputs operator()(scope& s, tensor xs, tensor wanted) const {  // [8, 20, 1]
        lstm_cell cell(16);
        auto memory = kept_state(s, cell, 8);
        auto [state, hidden] = dynamic_rnn(s, cell, xs, memory.state);
        tensor loss = reduce_mean(square(predicted(s, hidden) - wanted));
        return {loss, minimize(s, loss, adam{.learning_rate = 1e-2}), memory.keep(state)};
    }
};

struct stream {
    struct outputs {
        tensor next;
        operation keep;
    };
    constexpr outputs operator()(scope& s, tensor x) const {  // [1, 1]
        lstm_cell cell(16);
        auto memory = kept_state(s, cell, 1);
        auto rnn = s.variable_scope("rnn");
        auto [state, hidden] = cell(rnn, x, memory.state);
        rnn.close();
        return {predicted(s, hidden), memory.keep(state)};
    }
};

using training = model<trainer, input<float, 8, 20, 1>, input<float, 8, 20, 1>>;
using streaming = model<stream, input<float, 1, 1>>;

float signal(std::size_t step) {
    const auto t = static_cast<double>(step);
    return static_cast<float>(0.5 * std::sin(0.3 * t) + 0.4 * std::sin(0.11 * t));
}

void learn_and_follow() {
    training net(seed{1});
    float loss = 1;
    for (std::size_t piece = 0; piece < 400; ++piece) {
        std::vector<float> x, wanted;
        for (std::size_t sequence = 0; sequence < 8; ++sequence)
            for (std::size_t step = 20 * piece; step < 20 * (piece + 1); ++step) {
                x.push_back(signal(step + 100 * sequence));
                wanted.push_back(signal(step + 100 * sequence + 1));
            }
        using out = trainer::outputs;
        loss = net.run<&out::loss, &out::train, &out::keep>(x, wanted);
    }
    std::cout << "mean square error " << loss << '\n';
    expect(loss < 0.003F, "it learns to say what comes next");

    using out = stream::outputs;
    streaming one(net.parameters()), another(net.parameters());
    double error = 0;
    for (std::size_t step = 0; step < 300; ++step) {
        const std::array<float, 1> x{signal(step)};
        const float next = one.run<&out::next, &out::keep>(x)(0, 0);
        if (step >= 100) error += std::pow(double(next - signal(step + 1)), 2) / 200;
    }
    expect(error < 0.003, "and says it from one step at a time");

    const std::array<float, 1> x{signal(300)};
    another.set<"state/cell">(one.get<"state/cell">());
    another.set<"state/hidden">(one.get<"state/hidden">());
    expect(another.run<&out::next>(x)(0, 0) == one.run<&out::next>(x)(0, 0), "a state is a value");
    one.reset();
    expect(another.run<&out::next>(x)(0, 0) != one.run<&out::next>(x)(0, 0), "and each model has its own");
}

// ---- Convolutions over time ----

struct effect {
    constexpr tensor operator()(scope& s, tensor xs) const {  // [1, time, 1]
        tensor h = causal_conv1d(s, "conv1", xs, 8, 3, {.dilation = 1, .activation = relu});
        h = causal_conv1d(s, "conv2", h, 8, 3, {.dilation = 2, .activation = relu});
        return causal_conv1d(s, "mix", h, 1, 1);
    }
};

struct live_effect {
    struct outputs {
        tensor y;
        operation keep;
    };
    constexpr outputs operator()(scope& s, tensor x) const {  // [1, 64, 1]: the next block
        auto [h1, keep1] = streaming_conv1d(s, "conv1", x, 8, 3, {.dilation = 1, .activation = relu});
        auto [h2, keep2] = streaming_conv1d(s, "conv2", h1, 8, 3, {.dilation = 2, .activation = relu});
        return {causal_conv1d(s, "mix", h2, 1, 1), group({keep1, keep2})};
    }
};
static_assert(expect_valid<effect, input<float, 1, 1000, 1>>());
static_assert(expect_valid<live_effect, input<float, 1, 64, 1>>());

// ---- Attention ----

struct translator {
    constexpr tensor operator()(scope& s, tensor ids, tensor wanted) const {  // [batch, 20], [batch, 10]
        gru_cell reads(16), writes(16);
        tensor words = embedding(s, "words", ids, 100, 16);
        auto [state, memory] = dynamic_rnn(s, reads, words, {.name = "encoder"});
        bahdanau_attention attention(s, "attention", memory, 16);
        auto decoder = s.variable_scope("decoder");
        // Teacher forcing: each step reads the word that it should have said before.
        tensor before = transpose(embedding(decoder, "answers", wanted, 50, 16), {1, 0, 2});
        auto [end, outputs] = scan(decoder, [&](scope& in, tensor h, tensor word) {
            auto [context, weights] = attention(in, h);
            auto [next, said] = writes(in, concat({word, context}, -1), h);
            return scan_step{next, said};
        }, before, state);
        return dense(decoder, "logits", outputs, 50);  // [10, batch, 50]
    }
};

struct search {
    constexpr found_sequences operator()(scope& s, tensor ids) const {  // [batch, 20]
        gru_cell reads(16), writes(16);
        tensor words = embedding(s, "words", ids, 100, 16);
        auto [state, memory] = dynamic_rnn(s, reads, words, {.name = "encoder"});
        bahdanau_attention attention(s, "attention", repeated_for_beams(memory, 4), 16);
        auto decoder = s.variable_scope("decoder");
        return beam_search(decoder, [&](scope& in, tensor h, tensor before) {
            tensor word = embedding(in, "answers", before, 50, 16);
            auto [context, weights] = attention(in, h);
            auto [next, said] = writes(in, concat({word, context}, -1), h);
            return scan_step{next, dense(in, "logits", said, 50)};
        }, state, {.beams = 4, .steps = 10, .start = 0, .end = 1});
    }
};
static_assert(expect_valid<translator, input<std::int32_t, 4, 20>, input<std::int32_t, 4, 10>>());
static_assert(expect_valid<search, input<std::int32_t, 4, 20>>());

// ---- A transformer, whole and word by word ----

struct language {
    constexpr tensor operator()(scope& s, tensor ids) const {  // [batch, time]
        tensor x = embedding(s, "words", ids, 100, 16);
        for (int i = 0; i < 2; ++i) x = transformer_block(s, name("block", i), x, {.heads = 4});
        return embedding_logits(s, "words", x);
    }
};

struct writer {
    struct outputs {
        tensor next;
        operation keep;
    };
    constexpr outputs operator()(scope& s, tensor id) const {  // [1, 1]
        tensor x = embedding(s, "words", id, 100, 16);
        auto [h, keep0] = cached_transformer_block(s, "block0", x, {.heads = 4, .most_steps = 256});
        auto [y, keep1] = cached_transformer_block(s, "block1", h, {.heads = 4, .most_steps = 256});
        tensor logits = embedding_logits(s, "words", y);
        return {sample(s, logits, {.temperature = 0.8, .top_k = 40}), group({keep0, keep1})};
    }
};
static_assert(expect_valid<language, input<std::int32_t, 4, 20>>());
static_assert(expect_valid<writer, input<std::int32_t, 1, 1>>());

}  // namespace

int main() {
    learn_and_follow();
    std::cout << (failures == 0 ? "the page holds\n" : "the page is wrong\n");
    return failures == 0 ? 0 : 1;
}

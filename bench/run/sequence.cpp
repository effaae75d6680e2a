// SPDX-License-Identifier: BSL-1.0
// Inference: LSTM and GRU layers over 100 steps; one step of them, which waits for the last one through its state and
// its input, against what an engineer writes by hand with fixed-size Eigen; attention of a sequence to itself.
#include <ambit/nn/attention.hpp>

#include <bench/sequence/ambit_layer.hpp>
#ifdef AMBIT_HAS_ONEDNN
#include <bench/sequence/onednn_layer.hpp>
#endif

#ifdef AMBIT_HAS_EIGEN
#include <Eigen/Core>
#endif

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace bench;
using namespace bench::sequence;

// ---- Layers -------------------------------------------------------------------------------------------------------

template <class W> struct whole_layer {
    constexpr ambit::tensor operator()(ambit::scope& s, const ambit::tensor& xs) const {
        return dynamic_rnn(s, cell_of<W>(), xs, {.time_major = true}).outputs;
    }
};

template <class W> class layer_by_ambit {
public:
    explicit layer_by_ambit(const W& work) : work_(&work.problem) { set_weights<W>(net_, work.problem); }
    std::array<const float*, 1> operator()() {
        return {net_(std::span<const float, steps * W::batch * W::in>(work_->xs)).data()};
    }

private:
    ambit::model<whole_layer<W>, sequence_input<W>> net_{ambit::seed{1}};
    const layer* work_;
};

#ifdef AMBIT_HAS_LIBTORCH
template <class W> class layer_by_torch {
public:
    explicit layer_by_torch(const W& work) : layer_(layer_by_libtorch(work.problem, false)) {}
    std::array<const float*, 1> operator()() { return {layer_->outputs()}; }

private:
    std::unique_ptr<recurrent_layer> layer_;
};
#endif

#ifdef AMBIT_HAS_ONEDNN
template <class W> class layer_by_onednn {
public:
    explicit layer_by_onednn(const W& work) : layer_(work.problem, false) {}
    std::array<const float*, 1> operator()() { return {layer_.outputs()}; }

private:
    onednn_layer<W::kind> layer_;
};
#endif

template <cell Kind, std::size_t Units, std::size_t Batch> void enter_layer() {
    using work = layer_inference<Kind, Units, Batch>;
    enter<work, layer_by_ambit<work>>("ambit");
#ifdef AMBIT_HAS_LIBTORCH
    enter<work, layer_by_torch<work>>("libtorch");
#endif
#ifdef AMBIT_HAS_ONEDNN
    enter<work, layer_by_onednn<work>>("onednn");
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

// ---- One step -----------------------------------------------------------------------------------------------------

/// One number in, the state in the contender, and its first number out, which is added to the next input.
template <cell Kind, std::size_t Units> struct one_step {
    static constexpr cell kind = Kind;
    static constexpr std::size_t units = Units, batch = 1, in = 1, length = 64;
    static std::string name() {
        return std::string("sequence/") + (Kind == cell::lstm ? "lstm" : "gru") + "_step_" + std::to_string(Units);
    }
    layer problem = make_layer(Kind, Units, 1, 1, length);
    numbers inputs;  // what the loop reads beside the outputs, so that the sum is the problem's sequence
    expectation right;

    one_step() {
        const doubles outputs = reference_layer(problem).outputs();
        for (std::size_t t = 0; t < length; ++t) {
            const double fed_back = t == 0 ? 0 : outputs[(t - 1) * Units];
            inputs.push_back(static_cast<float>(static_cast<double>(problem.xs[t]) - fed_back));
        }
        for (const double y : outputs) right.add_near(y, 64, 1);
    }
};

template <class W, class Cell> class stepping {
public:
    explicit stepping(const W& work) : cell_(work.problem), inputs_(work.inputs) {}
    std::array<const float*, 1> operator()() {
        const float x = inputs_[step_] + fed_back_;
        step_ = (step_ + 1) % W::length;
        const float* const y = cell_(x);
        fed_back_ = y[0];
        return {y};
    }
    std::array<const float*, 1> for_check() {
        for (std::size_t step = 0; step < W::length; ++step) {
            const float* const y = (*this)()[0];
            outputs_.insert(outputs_.end(), y, y + W::units);
        }
        return {outputs_.data()};
    }

private:
    Cell cell_;
    numbers inputs_;
    std::size_t step_ = 0;
    float fed_back_ = 0;
    std::vector<float> outputs_;
};

template <class W> struct step_module {
    struct outputs {
        ambit::tensor y;
        ambit::operation keep;
    };
    constexpr outputs operator()(ambit::scope& s, const ambit::tensor& x) const {
        auto cell = cell_of<W>();
        const auto memory = kept_state(s, cell, 1);
        auto own = s.variable_scope("rnn");
        const auto next = cell(own, x, memory.state);
        return {next.output, memory.keep(next.state)};
    }
};

template <class W> class step_by_ambit {
public:
    explicit step_by_ambit(const layer& work) { set_weights<W>(net_, work); }
    const float* operator()(const float& x) {
        using outputs = typename step_module<W>::outputs;
        return net_.template run<&outputs::y, &outputs::keep>(std::span<const float, 1>(&x, 1)).data();
    }

private:
    ambit::model<step_module<W>, ambit::input<float, 1, 1>> net_{ambit::seed{1}};
};

#ifdef AMBIT_HAS_EIGEN
// Column-major matrices times column vectors, Eigen's home ground: [in, out] row-major is [out, in] column-major.
template <class W> class step_by_eigen {
    static constexpr int n = static_cast<int>(W::units), gates = W::kind == cell::lstm ? 4 : 3;
    using vector = Eigen::Matrix<float, n, 1>;
    using gate_vector = Eigen::Matrix<float, gates * n, 1>;

public:
    explicit step_by_eigen(const layer& work)
        : of_input_(work.of_input.data()),
          bias_(work.bias.data()),
          of_state_(work.of_state.data()),
          state_bias_(work.state_bias.data()) {}
    const float* operator()(float x) {
        gate_vector sum;
        sum.noalias() = of_state_ * h_;
        if constexpr (W::kind == cell::lstm) {
            sum += of_input_ * x + bias_;
            c_ = sum.template segment<n>(2 * n).array().logistic() * c_.array() +
                 sum.template segment<n>(0).array().logistic() * sum.template segment<n>(n).array().tanh();
            h_ = sum.template segment<n>(3 * n).array().logistic() * c_.array().tanh();
        } else {
            const gate_vector input = of_input_ * x + bias_;
            const Eigen::Matrix<float, 2 * n, 1> gate =
                (sum.template head<2 * n>() + input.template head<2 * n>()).array().logistic();
            const vector candidate = (input.template tail<n>().array() +
                                      gate.template head<n>().array() * (sum.template tail<n>() + state_bias_).array())
                                         .tanh();
            h_ = candidate.array() + gate.template tail<n>().array() * (h_ - candidate).array();
        }
        return h_.data();
    }

private:
    gate_vector of_input_, bias_;
    Eigen::Matrix<float, gates * n, n> of_state_;
    vector state_bias_;
    vector h_ = vector::Zero(), c_ = vector::Zero();
};
#endif

template <cell Kind, std::size_t Units> void enter_step() {
    using work = one_step<Kind, Units>;
    enter<work, stepping<work, step_by_ambit<work>>>("ambit");
#ifdef AMBIT_HAS_EIGEN
    enter<work, stepping<work, step_by_eigen<work>>>("eigen");
#endif
}
template <cell Kind> void enter_steps() {
    enter_step<Kind, 8>();
    enter_step<Kind, 16>();
    enter_step<Kind, 32>();
    enter_step<Kind, 64>();
}

// ---- Attention ----------------------------------------------------------------------------------------------------

struct attention_workload {
    static std::string name() { return "sequence/attention_64_128_heads_4"; }
    attention problem;
    expectation right;
    attention_workload() {
        for (const double y : attended(problem)) right.add_near(y, 64, 1);
    }
};

struct attention_module {
    constexpr ambit::tensor operator()(ambit::scope& s, const ambit::tensor& x) const {
        return ambit::multi_head_attention(s, "attention", x, x, {.heads = std::int64_t{attention::heads}});
    }
};

class attention_by_ambit {
    static constexpr auto length = std::int64_t{attention::length}, units = std::int64_t{attention::units};

public:
    explicit attention_by_ambit(const attention_workload& work) : x_(&work.problem.x) {
        set<"attention/query/weights", "attention/query/biases">(work.problem, 0);
        set<"attention/key/weights", "attention/key/biases">(work.problem, 1);
        set<"attention/value/weights", "attention/value/biases">(work.problem, 2);
        set<"attention/output/weights", "attention/output/biases">(work.problem, 3);
    }
    std::array<const float*, 1> operator()() {
        return {net_(std::span<const float, attention::length * attention::units>(*x_)).data()};
    }

private:
    template <ambit::fixed_string Weights, ambit::fixed_string Biases> void set(const attention& work, std::size_t i) {
        net_.template set<Weights>(std::span<const float, attention::units * attention::units>(work.weights[i]));
        net_.template set<Biases>(std::span<const float, attention::units>(work.biases[i]));
    }
    ambit::model<attention_module, ambit::input<float, 1, length, units>> net_{ambit::seed{1}};
    const numbers* x_;
};

#ifdef AMBIT_HAS_LIBTORCH
class attention_by_torch {
public:
    explicit attention_by_torch(const attention_workload& work) : peer_(attention_by_libtorch(work.problem)) {}
    std::array<const float*, 1> operator()() { return {peer_->outputs()}; }

private:
    std::unique_ptr<attending> peer_;
};
#endif

}  // namespace

int main(int count, char** arguments) {
    enter_layers<cell::lstm>();
    enter_layers<cell::gru>();
    enter_steps<cell::lstm>();
    enter_steps<cell::gru>();
    enter<attention_workload, attention_by_ambit>("ambit");
#ifdef AMBIT_HAS_LIBTORCH
    enter<attention_workload, attention_by_torch>("libtorch");
#endif
    return run(count, arguments);
}

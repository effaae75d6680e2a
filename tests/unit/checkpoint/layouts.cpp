// SPDX-License-Identifier: BSL-1.0
// Layers of PyTorch and Keras in models of ambit, checkpoint/layouts/: each model's output is compared with what the
// layer's own formula gives in plain loops over the file's arrays, in double.
#include <ambit/checkpoint/layouts/keras.hpp>
#include <ambit/checkpoint/layouts/pytorch.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/nn/batch_normalization.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/layer_normalization.hpp>
#include <ambit/nn/recurrent.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"
#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

/// Arrays of a file, filled with numbers that repeat nowhere.
struct arrays {
    std::deque<std::pair<std::string, std::vector<float>>> all;
    std::vector<tensor_entry> entries;

    const std::vector<float>& add(std::string name, std::vector<std::int64_t> extents, float from = -1, float to = 1) {
        std::size_t count = 1;
        for (const std::int64_t extent : extents) count *= static_cast<std::size_t>(extent);
        std::vector<float> values(count);
        for (float& value : values) value = from + (to - from) * next();
        all.emplace_back(name, std::move(values));
        entries.emplace_back(std::move(name), element_type::float32, std::move(extents),
                             std::as_bytes(std::span(all.back().second)));
        return all.back().second;
    }
    float next() {
        state = state * 1664525U + 1013904223U;
        return static_cast<float>(state >> 8) / 16777216.0F;
    }
    std::uint32_t state = 1;
};

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

template <class View> void check_close(const View& had, const std::vector<double>& wanted) {
    const std::vector<float> values = elements(had);
    REQUIRE(values.size() == wanted.size());
    for (std::size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(wanted[i]).epsilon(1e-4).margin(1e-5));
}

// ---- An image net: two images [4, 5, 2], 3 filters of 3 x 2, means of the channels, 4 units, normalized ------------

constexpr int images = 2, height = 4, width = 5, channels = 2, filters = 3, units = 4, window_height = 3,
              window_width = 2;
constexpr double epsilon = 1e-5;

struct image_net {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        tensor h = conv(s, "conv", x, filters, {window_height, window_width}, {.padding = valid});
        h = batch_normalization(s, "norm", h, {.epsilon = epsilon, .training = false});
        h = reduce_mean(h, {.axes = {1, 2}});
        h = dense(s, "units", h, units);
        return layer_normalization(s, "last", h, {.epsilon = epsilon});
    }
};
using image_model = model<image_net, input<float, images, height, width, channels>>;

struct image_weights {
    std::vector<float> conv_biases, gamma, beta, mean, variance, biases, last_gamma, last_beta;
};

/// What it computes, if `kernel(o, i, y, x)` and `weight(o, i)` say where the weights are.
template <class Kernel, class Weight>
std::vector<double> image_net_of(const std::vector<float>& x, const Kernel& kernel, const Weight& weight,
                                 const image_weights& w) {
    std::vector<double> result;
    constexpr int rows = height - window_height + 1, columns = width - window_width + 1;
    for (int b = 0; b < images; ++b) {
        std::array<double, filters> mean{};
        for (std::size_t o = 0; o < filters; ++o) {
            for (int row = 0; row < rows; ++row)
                for (int column = 0; column < columns; ++column) {
                    double sum = w.conv_biases[o];
                    for (int i = 0; i < channels; ++i)
                        for (int dy = 0; dy < window_height; ++dy)
                            for (int dx = 0; dx < window_width; ++dx)
                                sum +=
                                    double{kernel(int(o), i, dy, dx)} *
                                    double{
                                        x[std::size_t(((b * height + row + dy) * width + column + dx) * channels + i)]};
                    mean[o] += w.gamma[o] * (sum - w.mean[o]) / std::sqrt(w.variance[o] + epsilon) + w.beta[o];
                }
            mean[o] /= rows * columns;
        }
        std::array<double, units> h{};
        double average = 0, variance = 0;
        for (std::size_t o = 0; o < units; ++o) {
            h[o] = w.biases[o];
            for (std::size_t i = 0; i < filters; ++i) h[o] += double{weight(int(o), int(i))} * mean[i];
            average += h[o] / units;
        }
        for (const double value : h) variance += (value - average) * (value - average) / units;
        for (std::size_t o = 0; o < units; ++o)
            result.push_back(w.last_gamma[o] * (h[o] - average) / std::sqrt(variance + epsilon) + w.last_beta[o]);
    }
    return result;
}

template <std::size_t Size> std::vector<float> numbers(float scale) {
    arrays made;
    return made.add("x", {Size}, -scale, scale);
}
xt::xtensor<float, 4> pictures() {
    return xt::adapt(numbers<std::size_t(images * height * width * channels)>(2),
                     std::array<std::size_t, 4>{images, height, width, channels});
}

// ---- Recurrent cells as TensorFlow 1 has them, three steps of two sequences ----------------------------------------

constexpr int steps = 3, batch = 2, inputs = 3, cells = 2;

struct lstm_net {
    constexpr tensor operator()(scope& s, const tensor& x, const tensor& begin) const {
        const lstm_state both{begin, begin};
        return dynamic_rnn(s, basic_lstm_cell(cells), x, both, {.time_major = true}).state.hidden;
    }
};
template <bool ResetsBefore> struct gru_net {
    constexpr tensor operator()(scope& s, const tensor& x, const tensor& begin) const {
        const gru_cell cell(cells, {.reset = ResetsBefore ? gru_reset::before_product : gru_reset::after_product});
        return dynamic_rnn(s, cell, x, begin, {.time_major = true}).state;
    }
};
template <class Module> using recurrent = model<Module, input<float, steps, batch, inputs>, input<float, batch, cells>>;

/// The state after all steps, by `step(in, h, c)` on one sequence: vectors of its inputs and state.
template <class Step> std::vector<double> stepped(const Step& step) {
    const std::vector<float> x = numbers<std::size_t(steps * batch * inputs)>(2),
                             begin = numbers<std::size_t(batch * cells)>(1);
    std::vector<double> result;
    for (std::size_t b = 0; b < batch; ++b) {
        std::vector<double> h(begin.begin() + std::ptrdiff_t(b * cells),
                              begin.begin() + std::ptrdiff_t((b + 1) * cells));
        std::vector<double> c = h;
        for (std::size_t t = 0; t < steps; ++t) {
            const auto from = x.begin() + std::ptrdiff_t((t * batch + b) * inputs);
            step(std::vector<double>(from, from + inputs), h, c);
        }
        result.insert(result.end(), h.begin(), h.end());
    }
    return result;
}
template <class Net, class... Rules>
void check_recurrent(arrays& from, const std::vector<double>& wanted, const Rules&... rules) {
    const temporary_directory directory;
    write_checkpoint(directory / "m", from.entries);
    Net net(seed{5});
    const load_report report = load(net, directory / "m", rules...);
    CHECK(report.fits());
    CHECK(report.entries[0].is_rearranged);
    check_close(net(numbers<std::size_t(steps * batch * inputs)>(2), numbers<std::size_t(batch * cells)>(1)), wanted);
}

/// The sum over one row of weights [rows, columns], or over one column.
double row_times(const std::vector<float>& weights, std::size_t row, const std::vector<double>& x) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += weights[row * x.size() + i] * x[i];
    return sum;
}
double column_times(const std::vector<float>& weights, std::size_t columns, std::size_t column,
                    const std::vector<double>& x) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += weights[i * columns + column] * x[i];
    return sum;
}

}  // namespace

TEST_CASE("layers of PyTorch compute what PyTorch does", "[checkpoint]") {
    arrays file;
    const auto& kernel = file.add("features.0.weight", {filters, channels, window_height, window_width});
    image_weights w;
    w.conv_biases = file.add("features.0.bias", {filters});
    w.gamma = file.add("features.1.weight", {filters});
    w.beta = file.add("features.1.bias", {filters});
    w.mean = file.add("features.1.running_mean", {filters});
    w.variance = file.add("features.1.running_var", {filters}, 0.5F, 2);
    const auto& weight = file.add("fc.weight", {units, filters});
    w.biases = file.add("fc.bias", {units});
    w.last_gamma = file.add("ln.weight", {units});
    w.last_beta = file.add("ln.bias", {units});
    const std::int64_t tracked = 7;
    file.entries.emplace_back("features.1.num_batches_tracked", element_type::int64, std::vector<std::int64_t>{},
                              std::as_bytes(std::span(&tracked, 1)));
    const temporary_directory directory;
    write_checkpoint(directory / "m", file.entries);

    image_model net(seed{1});
    CHECK(load(net, directory / "m", pytorch::conv<"features.0", "conv">, pytorch::batch_norm<"features.1", "norm">,
               pytorch::linear<"fc", "units">, pytorch::layer_norm<"ln", "last">)
              .fits());
    const auto x = pictures();
    const auto kernel_at = [&](int o, int i, int dy, int dx) {
        return kernel[std::size_t(((o * channels + i) * window_height + dy) * window_width + dx)];
    };
    const auto weight_at = [&](int o, int i) { return weight[std::size_t(o * filters + i)]; };
    check_close(net(x), image_net_of({x.begin(), x.end()}, kernel_at, weight_at, w));

    // Names that the program knows; what is saved by these rules is PyTorch's again.
    checkpoint_rules rules = pytorch::conv("features.0", "conv");
    rules += pytorch::batch_norm("features.1", "norm");
    rules += pytorch::linear("fc", "units");
    rules += pytorch::layer_norm("ln", "last");
    save(net, directory / "saved", rules);
    const auto saved = open_checkpoint(directory / "saved");
    for (const auto& [name, values] : file.all) {
        const stored_tensor* const found = saved->find(name);
        REQUIRE(found != nullptr);
        std::vector<float> read(values.size());
        saved->read(*found, std::as_writable_bytes(std::span(read)));
        CHECK(read == values);
    }
}

TEST_CASE("layers of Keras compute what Keras does", "[checkpoint]") {
    arrays file;
    const auto& kernel = file.add("conv2d/kernel:0", {window_height, window_width, channels, filters});
    image_weights w;
    w.conv_biases = file.add("conv2d/bias:0", {filters});
    w.gamma = file.add("bn/gamma", {filters});
    w.beta = file.add("bn/beta", {filters});
    w.mean = file.add("bn/moving_mean", {filters});
    w.variance = file.add("bn/moving_variance", {filters}, 0.5F, 2);
    const auto& weight = file.add("dense_1/kernel", {filters, units});
    w.biases = file.add("dense_1/bias", {units});
    w.last_gamma = file.add("ln/gamma", {units});
    w.last_beta = file.add("ln/beta", {units});
    const temporary_directory directory;
    write_checkpoint(directory / "m", file.entries);

    image_model net(seed{1});
    CHECK(load(net, directory / "m", keras::conv<"conv2d", "conv">, keras::batch_norm<"bn", "norm">,
               keras::dense<"dense_1", "units">, keras::layer_norm("ln", "last"))
              .fits());
    const auto x = pictures();
    const auto kernel_at = [&](int o, int i, int dy, int dx) {
        return kernel[std::size_t(((dy * window_width + dx) * channels + i) * filters + o)];
    };
    const auto weight_at = [&](int o, int i) { return weight[std::size_t(i * units + o)]; };
    check_close(net(x), image_net_of({x.begin(), x.end()}, kernel_at, weight_at, w));
}

namespace {
struct embedded {
    constexpr tensor operator()(scope& s, const tensor& ids) const {
        return dense(s, "out", gather(s.get_variable("words", {5, 3}), ids), 2, {.use_bias = false});
    }
};
}  // namespace

TEST_CASE("embeddings of both, and a layer without biases", "[checkpoint]") {
    arrays torch, keras_file;
    const auto& rows = torch.add("emb.weight", {5, 3});
    const auto& weight = torch.add("fc.weight", {2, 3});
    const auto& keras_rows = keras_file.add("embedding/embeddings", {5, 3});
    const auto& kernel = keras_file.add("fc/kernel", {3, 2});
    const temporary_directory directory;
    write_checkpoint(directory / "torch", torch.entries);
    write_checkpoint(directory / "keras", keras_file.entries);
    const std::array<std::int32_t, 2> ids{4, 1};
    model<embedded, input<std::int32_t, 2>> net(seed{1});
    std::vector<double> by_torch, by_keras;
    for (const std::int32_t id : ids) {
        const auto at = std::size_t(id) * 3;
        const std::vector<double> row(rows.begin() + std::ptrdiff_t(at), rows.begin() + std::ptrdiff_t(at + 3));
        const std::vector<double> other(keras_rows.begin() + std::ptrdiff_t(at),
                                        keras_rows.begin() + std::ptrdiff_t(at + 3));
        for (std::size_t o = 0; o < 2; ++o) {
            by_torch.push_back(row_times(weight, o, row));
            by_keras.push_back(column_times(kernel, 2, o, other));
        }
    }
    CHECK(load(net, directory / "torch", pytorch::embedding<"emb", "words">, pytorch::linear<"fc", "out">).fits());
    check_close(net(ids), by_torch);
    CHECK(load(net, directory / "keras", keras::embedding<"embedding", "words">, keras::dense<"fc", "out">).fits());
    check_close(net(ids), by_keras);
}

TEST_CASE("an LSTM of PyTorch and one of Keras run in TensorFlow 1's cell", "[checkpoint]") {
    const auto step_of = [](auto gate) {
        return [gate](const std::vector<double>& in, std::vector<double>& h, std::vector<double>& c) {
            const std::vector<double> before = h;
            for (std::size_t k = 0; k < cells; ++k) {
                // Gates in their order: input, forget, new, output.
                const double i = sigmoid_of(gate(0, k, in, before)), f = sigmoid_of(gate(1, k, in, before));
                const double g = std::tanh(gate(2, k, in, before)), o = sigmoid_of(gate(3, k, in, before));
                c[k] = f * c[k] + i * g;
                h[k] = o * std::tanh(c[k]);
            }
        };
    };
    arrays torch;
    const auto& w_ih = torch.add("lstm.weight_ih_l0", {4 * cells, inputs});
    const auto& w_hh = torch.add("lstm.weight_hh_l0", {4 * cells, cells});
    const auto& b_ih = torch.add("lstm.bias_ih_l0", {4 * cells});
    const auto& b_hh = torch.add("lstm.bias_hh_l0", {4 * cells});
    const auto torch_gate = [&](std::size_t g, std::size_t k, const std::vector<double>& in,
                                const std::vector<double>& h) {
        const std::size_t row = g * cells + k;
        return row_times(w_ih, row, in) + b_ih[row] + row_times(w_hh, row, h) + b_hh[row];
    };
    check_recurrent<recurrent<lstm_net>>(torch, stepped(step_of(torch_gate)),
                                         pytorch::lstm<"lstm", "rnn/basic_lstm_cell">);

    arrays of_keras;
    const auto& kernel = of_keras.add("lstm/lstm_cell/kernel", {inputs, 4 * cells});
    const auto& recurrent_kernel = of_keras.add("lstm/lstm_cell/recurrent_kernel", {cells, 4 * cells});
    const auto& bias = of_keras.add("lstm/lstm_cell/bias", {4 * cells});
    const auto keras_gate = [&](std::size_t g, std::size_t k, const std::vector<double>& in,
                                const std::vector<double>& h) {
        const std::size_t column = g * cells + k;
        return column_times(kernel, 4 * cells, column, in) + column_times(recurrent_kernel, 4 * cells, column, h) +
               bias[column];
    };
    check_recurrent<recurrent<lstm_net>>(of_keras, stepped(step_of(keras_gate)),
                                         keras::lstm("lstm/lstm_cell", "rnn/basic_lstm_cell"));
}

TEST_CASE("a GRU of PyTorch and those of Keras run in TensorFlow 1's cells", "[checkpoint]") {
    const auto next = [](double z, double h, double fresh) { return z * h + (1 - z) * fresh; };
    arrays torch;
    const auto& w_ih = torch.add("gru.weight_ih_l1", {3 * cells, inputs});
    const auto& w_hh = torch.add("gru.weight_hh_l1", {3 * cells, cells});
    const auto& b_ih = torch.add("gru.bias_ih_l1", {3 * cells});
    const auto& b_hh = torch.add("gru.bias_hh_l1", {3 * cells});
    check_recurrent<recurrent<gru_net<false>>>(
        torch, stepped([&](const std::vector<double>& in, std::vector<double>& h, std::vector<double>&) {
            const std::vector<double> before = h;
            for (std::size_t k = 0; k < cells; ++k) {
                const auto of_in = [&](std::size_t g) {
                    return row_times(w_ih, g * cells + k, in) + b_ih[g * cells + k];
                };
                const auto of_h = [&](std::size_t g) {
                    return row_times(w_hh, g * cells + k, before) + b_hh[g * cells + k];
                };
                const double r = sigmoid_of(of_in(0) + of_h(0)), z = sigmoid_of(of_in(1) + of_h(1));
                h[k] = next(z, before[k], std::tanh(of_in(2) + r * of_h(2)));
            }
        }),
        pytorch::gru<"gru", "rnn/cudnn_compatible_gru_cell", "_l1">);

    arrays after;
    const auto& kernel = after.add("gru/kernel", {inputs, 3 * cells});
    const auto& recurrent_kernel = after.add("gru/recurrent_kernel", {cells, 3 * cells});
    const auto& bias = after.add("gru/bias", {2, 3 * cells});
    check_recurrent<recurrent<gru_net<false>>>(
        after, stepped([&](const std::vector<double>& in, std::vector<double>& h, std::vector<double>&) {
            const std::vector<double> before = h;
            for (std::size_t k = 0; k < cells; ++k) {
                const auto of_in = [&](std::size_t g) {
                    return column_times(kernel, 3 * cells, g * cells + k, in) + bias[g * cells + k];
                };
                const auto of_h = [&](std::size_t g) {
                    return column_times(recurrent_kernel, 3 * cells, g * cells + k, before) + bias[(3 + g) * cells + k];
                };
                const double z = sigmoid_of(of_in(0) + of_h(0)), r = sigmoid_of(of_in(1) + of_h(1));
                h[k] = next(z, before[k], std::tanh(of_in(2) + r * of_h(2)));
            }
        }),
        keras::gru<"gru", "rnn/cudnn_compatible_gru_cell">);

    arrays before_product;
    const auto& kernel_b = before_product.add("gru/kernel", {inputs, 3 * cells});
    const auto& recurrent_b = before_product.add("gru/recurrent_kernel", {cells, 3 * cells});
    const auto& bias_b = before_product.add("gru/bias", {3 * cells});
    check_recurrent<recurrent<gru_net<true>>>(
        before_product, stepped([&](const std::vector<double>& in, std::vector<double>& h, std::vector<double>&) {
            const std::vector<double> before = h;
            std::vector<double> reset = h, z = h;
            const auto gate = [&](std::size_t g, std::size_t k, const std::vector<double>& state) {
                return column_times(kernel_b, 3 * cells, g * cells + k, in) +
                       column_times(recurrent_b, 3 * cells, g * cells + k, state) + bias_b[g * cells + k];
            };
            for (std::size_t k = 0; k < cells; ++k) {
                z[k] = sigmoid_of(gate(0, k, before));
                reset[k] = sigmoid_of(gate(1, k, before)) * before[k];
            }
            for (std::size_t k = 0; k < cells; ++k) h[k] = next(z[k], before[k], std::tanh(gate(2, k, reset)));
        }),
        keras::gru_reset_before<"gru", "rnn/gru_cell">);
}

TEST_CASE("recurrent layers are put together, and not taken apart", "[checkpoint]") {
    recurrent<lstm_net> net(seed{1});
    CHECK_THROWS_AS(save(net, "/nowhere/m", pytorch::lstm("lstm", "rnn/basic_lstm_cell")), model_error);
}

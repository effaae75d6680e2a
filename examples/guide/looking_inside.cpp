// SPDX-License-Identifier: BSL-1.0
// The blocks of looking_inside.md: what there is to see of a model. Pictures go to the folder that is named, if one is.
#include <ambit/ambit.hpp>
#include <ambit/io/arena_picture.hpp>
#include <ambit/io/event_file.hpp>
#include <ambit/io/graph_picture.hpp>
#include <ambit/io/profile.hpp>
#include <ambit/io/steps.hpp>
#include <ambit/io/summary_json.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <xtensor/xrandom.hpp>

using namespace ambit;

// The page has these columns.
// clang-format off

namespace {

int failures = 0;
void expect(bool is_met, std::string_view claim) {
    std::cout << (is_met ? "  holds  " : "  FAILS  ") << claim << '\n';
    failures += is_met ? 0 : 1;
}

struct classifier {
    struct outputs { tensor logits, loss; operation train; };
    constexpr outputs operator()(scope& s, tensor images, tensor labels) const {
        tensor h      = relu(dense(s, "hidden", images, 300));
        tensor logits = dense(s, "logits", h, 10);
        tensor loss   = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
        return {logits, loss, minimize(s, loss, sgd{.learning_rate = 0.1})};
    }
};
using net = model<classifier, input<float, 32, 784>, input<std::int32_t, 32>>;

struct pair {                                                  // two inputs, one set of variables
    struct outputs { tensor first, second; };
    static constexpr tensor encode(scope& s, tensor x) {
        tensor h = tanh(dense(s, "hidden", x, 64));
        return dense(s, "code", h, 8);
    }
    constexpr outputs operator()(scope& s, tensor x, tensor y) const {
        auto encoder = s.variable_scope("encoder");
        tensor first = encode(encoder, x);
        encoder.reuse_variables();
        return {first, encode(encoder, y)};
    }
};

void look_at_what_is_there() {
    net digits(seed{1});
    std::cout << summary(digits);                                  // on a terminal: a tree with lines, as wide as that
    std::string page = summary(digits).markdown();
    nlohmann::json facts = summary(digits);                        // with <ambit/io/summary_json.hpp>
    expect(facts["parameters"] == 238'510, "a summary is there for programs, too");
    expect(page.starts_with("| variable | type |"), "and for pages");
}

void draw(const std::string& folder) {
    const tensor_spec rows = spec(float32, {16, 32});
    std::cout << steps(pair{}, {rows, rows});                      // or steps(net), where there is a model
    write_dot(pair{}, {rows, rows}, folder + "/pair.dot");
    try {
        write_svg(pair{}, {rows, rows}, folder + "/pair.svg");     // runs Graphviz's program dot
    } catch (const graphviz_error& e) {
        std::cout << e.what() << '\n';                             // pair.svg: Graphviz's program dot is not there; …
    }
}

void draw_memory(const std::string& folder) {
    net digits(seed{1});
    write_arena_svg(digits, folder + "/arena.svg");
}

void measure(const std::string& folder) {
    net digits(seed{1});
    xt::xtensor<float, 2> images = xt::random::rand<float>({32, 784});
    xt::xtensor<std::int32_t, 1> labels = xt::random::randint<std::int32_t>({32}, 0, 10);
    const model_profile measured = profile(digits, images, labels);
    std::cout << measured;
    write_profile_svg(measured, folder + "/profile.svg");
    const model_profile::step& first = measured.steps.front();
    std::cout << first.ops.front() << " takes " << first.seconds << " s, for " << first.flops << " operations\n";
    expect(measured.steps.size() > 4, "each step was measured");
}

void write_events(const std::string& folder) {
    net digits(seed{1});
    event_file events(folder + "/runs");
    events.add_graph(digits);
    xt::xtensor<float, 2> images = xt::random::rand<float>({32, 784});
    xt::xtensor<std::int32_t, 1> labels = xt::random::randint<std::int32_t>({32}, 0, 10);
    for (std::int64_t step = 0; step < 3; ++step) {
        const float loss = digits.run<&classifier::outputs::loss, &classifier::outputs::train>(images, labels);
        events.add_scalar("loss", loss, step);
        events.add_histogram("hidden/weights", digits.get<"hidden/weights">(), step);
    }
    expect(std::filesystem::file_size(events.path()) > 5000, "events were written");
}

void expect_memory_of_models() {
    static_assert(memory_of<net>::parameters > 238'510 * 4);       // floats, from multiples of 64 bytes on
    static_assert(expect_memory<net, 2_MiB>());                    // parameters, memory of calls, the object
    static_assert(expect_parameters<net, 238'510>());
}

}  // namespace

int main(int count, char** words) {
    const std::string folder = count > 1 ? words[1] : std::filesystem::temp_directory_path() / "ambit_looking_inside";
    std::filesystem::create_directories(folder);
    look_at_what_is_there();
    draw(folder);
    draw_memory(folder);
    measure(folder);
    write_events(folder);
    expect_memory_of_models();
    for (const char* const file : {"pair.dot", "arena.svg", "profile.svg"})
        expect(std::filesystem::file_size(folder + '/' + file) > 500, "a picture was written");
    return failures == 0 ? 0 : 1;
}

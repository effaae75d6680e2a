// SPDX-License-Identifier: BSL-1.0
// Checkpoints of a training: checkpoint/saver.hpp, checkpoint/checkpoint_state.hpp and checkpoint/local_state.hpp; and
// weights where they lie: checkpoint/use_in_place.hpp, checkpoint/mapped_checkpoint.hpp.
#include <ambit/checkpoint/mapped_checkpoint.hpp>
#include <ambit/checkpoint/saver.hpp>
#include <ambit/checkpoint/use_in_place.hpp>
#include <ambit/io/batches.hpp>
#include <ambit/model/any_model.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/dropout.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>

#include "../../support/child_process.hpp"
#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

using namespace ambit;
using namespace ambit::checkpoint_parts;
using namespace ambit_test;
using namespace std::chrono_literals;

namespace {

using paths = std::vector<std::string>;

// Everything that a next step may depend on: weights, slots, steps, random numbers, a state of the user's own.
struct regression {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable seen = s.get_local_variable("seen", {2}, {.initializer = constant(0), .dtype = float64});
        const tensor hidden = dropout(s, dense(s, "hidden", x, 5), {.rate = 0.3});
        const tensor loss = reduce_mean(square(hidden + cast(reduce_sum(seen), float32)));
        const operation count = assign_add(seen, constant_tensor(s, 0.25));
        return {loss, group({minimize(s, loss, adam{.learning_rate = 1e-2}), count})};
    }
    static constexpr tensor constant_tensor(scope& s, double value) {
        return s.variable("quarter", {2}, {.initializer = constant(value), .dtype = float64, .trainable = false});
    }
};
using net = model<regression, input<float, 4, 3>>;

struct numbers {
    std::size_t size() const { return 22; }
    std::size_t elements() const { return 3; }
    std::int32_t label(std::size_t) const { return 0; }
    void copy_example(std::size_t index, float* to) const {
        for (std::size_t i = 0; i < 3; ++i) to[i] = static_cast<float>(3 * index + i) / 50;
    }
    std::string extents_in_words() const { return "3 numbers"; }
};

// All variables, local ones included.
template <class Net> std::vector<std::byte> all_bytes(const Net& of) {
    std::vector<std::byte> bytes;
    for (const trained_variable& it : trained_variables(of))
        bytes.insert(bytes.end(), it.data, it.data + it.spec.bytes());
    return bytes;
}

template <class Net> void train(Net& n, std::int64_t from, std::int64_t to) {
    static const numbers all;
    const batches<4, 3> training(all, {.order = example_order::shuffled, .shuffle = seed{5}});
    const auto in_epoch = static_cast<std::int64_t>(training.size());
    for (std::int64_t step = from; step < to;)
        for (const auto& batch : training.epoch(step / in_epoch, static_cast<std::size_t>(step % in_epoch))) {
            if (step == to) break;
            n.template run<&regression::outputs::train>(batch.images);
            ++step;
        }
}

std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const checkpoint_error& e) {
        return e.what();
    }
    return "";
}

// Seconds of a clock that a test sets.
struct set_clock {
    std::shared_ptr<double> hours = std::make_shared<double>(1000);
    std::chrono::system_clock::time_point operator()() const {
        return std::chrono::system_clock::time_point(std::chrono::seconds(static_cast<long>(*hours * 3600)));
    }
};

}  // namespace

TEST_CASE("a training that was interrupted goes on with the same bits", "[checkpoint]") {
    net whole(seed{1});
    train(whole, 0, 12);
    const temporary_directory directory;
    const std::string path = (directory / "model.ckpt").string();
    {
        net first(seed{1});
        saver checkpoints;
        train(first, 0, 7);
        REQUIRE(checkpoints.save(first, path, 7, {{"note", "seven"}}) == path + "-7.safetensors");
        train(first, 7, 9);  // lost
    }
    net second(seed{77});
    const auto file = latest_checkpoint(directory.path().string());
    REQUIRE(file == path + "-7.safetensors");
    const restored_checkpoint restored = restore(second, *file);
    REQUIRE(restored.step == 7);
    REQUIRE(restored.texts == checkpoint_metadata{{"note", "seven"}});
    train(second, 7, 12);
    REQUIRE(all_bytes(second) == all_bytes(whole));

    // Without its local variables it would not: load reads the parameters alone, of the same file.
    net third(seed{77});
    static_cast<void>(load(third, *file));
    train(third, 7, 12);
    REQUIRE(all_bytes(third) != all_bytes(whole));
}

TEST_CASE("killed at any moment and started again, a training ends with the same bits", "[checkpoint]") {
    constexpr std::int64_t steps = 60;
    net whole(seed{1});
    train(whole, 0, steps);
    std::uint32_t state = 7;
    for (const bool asynchronous : {false, true}) {
        const temporary_directory directory;
        const auto run = [&] {
            net n(seed{1});
            std::int64_t step = 0;
            if (const auto file = latest_checkpoint(directory.path().string())) step = restore(n, *file).step.value();
            saver checkpoints({.max_to_keep = 2, .asynchronous = asynchronous});
            for (; step < steps; step += 3) {
                train(n, step, step + 3);
                checkpoints.save(n, directory / "model.safetensors", step + 3);
            }
            checkpoints.wait();
            return 0;
        };
        int kills = 0;
        for (child_result end; end.exit_code != 0;) {
            const pid_t child = start_child(run);
            state = state * 1664525 + 1013904223;
            // Longer and longer: it ends on any machine.
            std::this_thread::sleep_for(1ms * (state >> 28) + 2ms * kills);
            if (::kill(child, SIGKILL) != 0) FAIL("cannot kill");
            end = wait_for(child);
            REQUIRE((end.exit_code == 0 || end.signal == SIGKILL));
            ++kills;
        }
        const auto file = latest_checkpoint(directory.path().string());
        REQUIRE(file == directory / "model-60.safetensors");
        net last(seed{1});
        restore(last, *file);
        REQUIRE(all_bytes(last) == all_bytes(whole));
        // What a killed process left, and what it had not listed yet, is gone by now, or was written again.
        REQUIRE(directory.names().size() <= 4);
    }
}

TEST_CASE("the newest are kept, the list says which, and the directory may move", "[checkpoint]") {
    const temporary_directory directory;
    std::filesystem::create_directory(directory / "train");
    const net n(seed{1});
    saver checkpoints({.max_to_keep = 2});
    REQUIRE(latest_checkpoint((directory / "train").string()) == std::nullopt);
    for (const int step : {0, 10, 20}) checkpoints.save(n, directory / "train/model.ckpt", step);
    REQUIRE_FALSE(std::filesystem::exists(directory / "train/model.ckpt-0.safetensors"));
    REQUIRE(std::filesystem::exists(directory / "train/model.ckpt-10.safetensors"));
    checkpoints.save(n, directory / "train/model.ckpt", 10);  // again: the newest now
    checkpoints.save(n, directory / "train/model.ckpt", 30);
    REQUIRE_FALSE(std::filesystem::exists(directory / "train/model.ckpt-20.safetensors"));

    std::filesystem::rename(directory / "train", directory / "moved");
    const auto file = latest_checkpoint((directory / "moved/").string());
    REQUIRE(file == directory / "moved/model.ckpt-30.safetensors");
    net other(seed{2});
    restore(other, *file);
    REQUIRE(all_bytes(other) == all_bytes(n));
    std::filesystem::remove(*file);
    REQUIRE(latest_checkpoint((directory / "moved").string()) == directory / "moved/model.ckpt-10.safetensors");

    // Another run goes on there, in its own working directory.
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory / "moved");
    saver next({.max_to_keep = 1});
    REQUIRE(next.save(n, "model.ckpt", 40) == "model.ckpt-40.safetensors");
    REQUIRE(latest_checkpoint("") == "model.ckpt-40.safetensors");
    REQUIRE(latest_checkpoint(".") == "./model.ckpt-40.safetensors");
    std::filesystem::current_path(before);
    REQUIRE(std::filesystem::exists(directory / "moved/model.ckpt-40.safetensors"));
    REQUIRE_FALSE(std::filesystem::exists(directory / "moved/model.ckpt-10.safetensors"));
}

TEST_CASE("nothing is removed but what a saver wrote under this path", "[checkpoint]") {
    const temporary_directory directory;
    const net n(seed{1});
    const std::string path = (directory / "model").string();
    const auto file_of = [&](int step) { return path + "-" + std::to_string(step) + ".safetensors"; };
    {
        saver earlier;
        for (const int step : {1, 2, 3, 4}) earlier.save(n, path, step);
        earlier.save(n, (directory / "model-best").string(), 1);  // another path, which begins like this one
        earlier.save(n, (directory / "model-9").string());
    }
    put(file_of(0), "never listed");
    put(file_of(1), "the user's own by now");
    std::filesystem::rename(file_of(2), directory / "kept");
    std::filesystem::create_symlink("kept", file_of(2));
    saver later({.max_to_keep = 1});
    later.save(n, path, 5);
    REQUIRE(contents(file_of(0)) == "never listed");
    REQUIRE(contents(file_of(1)) == "the user's own by now");
    REQUIRE(std::filesystem::is_symlink(file_of(2)));
    REQUIRE_FALSE(std::filesystem::exists(file_of(3)));
    REQUIRE_FALSE(std::filesystem::exists(file_of(4)));
    REQUIRE(std::filesystem::exists(file_of(5)));
    REQUIRE(std::filesystem::exists(directory / "model-best-1.safetensors"));

    // TensorFlow's own list: its files are told, and never touched.
    put(directory / "checkpoint", "model_checkpoint_path: \"/gone/model.ckpt-7\"\n"
                                  "all_model_checkpoint_paths: \"model-6.safetensors\"\n"
                                  "all_model_checkpoint_paths: \"/gone/model.ckpt-7\"\n"
                                  "all_model_checkpoint_timestamps: 1.5e9\nsomething_new: 3\n");
    put(file_of(6), "TensorFlow's");
    put(directory / "model.ckpt-7.index", "index");
    REQUIRE(latest_checkpoint(directory.path().string()) == directory / "model.ckpt-7.index");
    later.save(n, path, 7);
    later.save(n, path, 8);
    REQUIRE(contents(file_of(6)) == "TensorFlow's");
    REQUIRE_FALSE(std::filesystem::exists(file_of(7)));
    REQUIRE(contents(directory / "checkpoint").find("all_model_checkpoint_paths: \"/gone/model.ckpt-7\"\n") !=
            std::string::npos);

    // Where the list was lost, the user says what belongs to it.
    std::filesystem::remove(directory / "checkpoint");
    later.recover_last_checkpoints(paths{file_of(0), file_of(8)});
    later.save(n, path, 9);
    REQUIRE_FALSE(std::filesystem::exists(file_of(0)));
    REQUIRE_FALSE(std::filesystem::exists(file_of(8)));
    REQUIRE_THAT(error_of([&] { later.recover_last_checkpoints(paths{file_of(8)}); }), Catch::Contains("no such file"));
}

TEST_CASE("several savers at once are listed, all that they saved", "[checkpoint]") {
    const temporary_directory directory;
    constexpr int savers = 3, saves = 15;
    std::vector<pid_t> children;
    for (int child = 0; child < savers; ++child)
        children.push_back(start_child([&] {
            const net n(seed{1});
            saver checkpoints({.max_to_keep = 0});
            for (int step = 0; step < saves; ++step)
                checkpoints.save(n, (directory / ("model" + std::to_string(child))).string(), step);
            return 0;
        }));
    for (const pid_t child : children) CHECK(wait_for(child).exit_code == 0);
    CHECK(read_state((directory / "checkpoint").string()).all.size() == std::size_t{savers * saves});
}

TEST_CASE("one every n hours is kept for ever, over several runs", "[checkpoint]") {
    const temporary_directory directory;
    const net n(seed{1});
    const set_clock clock;
    const auto run = [&](int from, int to) {
        saver checkpoints({.max_to_keep = 1, .keep_every_n_hours = 2, .clock = clock});
        for (int half_hours = from; half_hours < to; ++half_hours) {
            *clock.hours += 0.5;
            checkpoints.save(n, directory / "m", half_hours);
        }
    };
    run(1, 6);
    run(6, 13);
    // From 0 h on: 2 h is the 4th, 4 h the 8th, 6 h the 12th, which is the newest, too.
    REQUIRE(directory.names() ==
            paths{"checkpoint", "m-12.safetensors", "m-4.safetensors", "m-8.safetensors"});
}

TEST_CASE("in the background a copy is written, and its failure reaches the next call", "[checkpoint]") {
    const temporary_directory directory;
    net n(seed{1}), again(seed{3});
    const std::vector<std::byte> before = all_bytes(n);
    {
        saver checkpoints({.asynchronous = true});
        checkpoints.save(n, directory / "m", 1);
        n.initialize(seed{2});
        train(n, 0, 1);
    }
    restore(again, directory / "m-1.safetensors");
    REQUIRE(all_bytes(again) == before);

    saver checkpoints({.asynchronous = true});
    checkpoints.save(n, directory / "none" / "m", 2);
    REQUIRE_THAT(error_of([&] { checkpoints.wait(); }), Catch::Contains("none/m-2.safetensors: cannot open the dir"));
    checkpoints.wait();
    checkpoints.save(n, directory / "none" / "m", 3);
    REQUIRE_THAT(error_of([&] { checkpoints.save(n, directory / "m", 4); }), Catch::Contains("m-3.safetensors"));
    REQUIRE_FALSE(std::filesystem::exists(directory / "m-4.safetensors"));
    checkpoints.save(n, directory / "m", 5);
    checkpoints.wait();
    REQUIRE(latest_checkpoint(directory.path().string()) == directory / "m-5.safetensors");
}

TEST_CASE("what is no checkpoint of this training is refused, and changes nothing", "[checkpoint]") {
    const temporary_directory directory;
    net n(seed{1});
    train(n, 0, 2);
    const auto before = all_bytes(n);
    const auto refused = [&](const std::string& words) {
        REQUIRE_THAT(error_of([&] { restore(n, directory / "m"); }), Catch::Contains(words));
        REQUIRE(all_bytes(n) == before);
    };
    refused("cannot open");
    save(net(seed{2}), directory / "m");
    refused("lacks the state of seen, a local variable of the model; go on with the model");

    const auto written_with = [&](const std::string& key, const std::string& value) {
        const net other(seed{2});  // whose memory is written
        saved_variables<> saved = saved_training(trained_variables(other));
        saved.metadata[key] = value;
        write_safetensors(directory / "m", saved.entries, saved.metadata);
    };
    written_with("ambit.local seen", "float64[2] 0000000000000000000000000000F03F");
    refused("the state of seen as \"float64[2] 0000000000000000000000000000F03F\", the model as float64[2]");
    written_with("ambit.local seen", "float64[1] 0000000000000000");
    refused("the state of seen as");
    written_with("ambit.local other", "float64[1] 0000000000000000");
    refused("has the state of \"other\", a local variable that the model lacks");
    written_with("ambit.step", "12x");
    refused("the step is \"12x\"");
    std::filesystem::remove(directory / "m");
    saver checkpoints;
    REQUIRE_THAT(error_of([&] { checkpoints.save(n, directory / "m", -1); }), Catch::Contains("from 0 on"));
    for (const char* key : {"ambit.step", "hidden/weights/x", "ambit."}) {
        const bool is_taken = std::string_view(key).starts_with("ambit.");
        REQUIRE(error_of([&] { checkpoints.save(n, directory / "m", 1, {{key, "x"}}); }).empty() == !is_taken);
    }
}

TEST_CASE("one of several models is saved and restored as the chosen one", "[checkpoint]") {
    const temporary_directory directory;
    using any = any_model<net>;
    any first("regression", seed{1}), second("regression", seed{2});
    first.visit([](auto& chosen) { train(chosen, 0, 3); });
    saver checkpoints;
    const std::string file = checkpoints.save(first, (directory / "m.safetensors").string(), 3);
    REQUIRE(file == directory / "m-3.safetensors");
    REQUIRE(restore(second, file).step == 3);
    REQUIRE(all_bytes(second) == all_bytes(first));
}

TEST_CASE("a model uses weights where they lie, in memory or in a mapped file", "[checkpoint]") {
    const temporary_directory directory;
    net n(seed{1});
    train(n, 0, 3);
    save(n, directory / "m");
    const std::string text = contents(directory / "m");
    // Whatever the address is, if elements are aligned.
    std::vector<double> room(text.size() / 8 + 8);
    const auto placed = [&](std::size_t at) {
        std::memcpy(reinterpret_cast<char*>(room.data()) + at, text.data(), text.size());
        return std::as_bytes(std::span(room)).subspan(at, text.size());
    };
    const auto same_steps = [&](net& in_place) {
        net loaded(seed{2});
        static_cast<void>(load(loaded, directory / "m"));
        train(in_place, 3, 5);
        train(loaded, 3, 5);
        REQUIRE(all_bytes(in_place) == all_bytes(loaded));
    };
    for (const std::size_t at : {std::size_t{0}, std::size_t{8}, std::size_t{24}}) {
        net in_place(seed{2});
        const auto bytes = placed(at);
        use_in_place(in_place, bytes);
        const auto* const weights = reinterpret_cast<const std::byte*>(in_place.get<"hidden/weights">().data());
        REQUIRE(weights > bytes.data());
        REQUIRE(weights < bytes.data() + bytes.size());
        same_steps(in_place);
        REQUIRE(std::memcmp(bytes.data(), text.data(), text.size()) != 0);  // trained there
    }
    {
        net in_place(seed{2});
        use_in_place(in_place, map_checkpoint(directory / "m"));
        same_steps(in_place);
        any_model<net> chosen("regression", seed{2});
        use_in_place(chosen, map_checkpoint(directory / "m"));
        chosen.visit([&](const auto& it) {
            const bool is_same = it.template get<"hidden/biases">() == n.get<"hidden/biases">();
            REQUIRE(is_same);
        });
    }
    REQUIRE(contents(directory / "m") == text);
    {
        // The file is replaced, and the mapped one goes on.
        net in_place(seed{2}), fresh(seed{4});
        use_in_place(in_place, map_checkpoint(directory / "m"));
        save(fresh, directory / "m");
        const bool is_same = in_place.get<"hidden/weights">() == n.get<"hidden/weights">();
        REQUIRE(is_same);
    }

    {
        // Under other names, which rules or the file say.
        save(n, directory / "m");
        save(n, directory / "old", prefix<"old", "">);
        net in_place(seed{2});
        use_in_place(in_place, map_checkpoint(directory / "old"), prefix<"old", "">);
        same_steps(in_place);
        const auto file = open_checkpoint(directory / "m");
        std::vector<tensor_entry> tied;
        for (std::size_t t = 0; t < file->tensors().size(); ++t) {
            const std::string& name = file->tensors()[t].name;
            tied.emplace_back(name == "hidden/biases" ? "x" : name, file->tensors()[t], *file, t);
        }
        write_checkpoint(directory / "tied", tied, {{"hidden/biases", "x"}});
        net of_tied(seed{2});
        use_in_place(of_tied, map_checkpoint(directory / "tied"));
        same_steps(of_tied);
    }

    net refusing(seed{3});
    const auto before = all_bytes(refusing);
    REQUIRE_THAT(error_of([&] { use_in_place(refusing, placed(0), permuted<"hidden/biases", 4, 3, 2, 1, 0>); }),
                 Catch::Contains("hidden/biases lies in another order in the file"));
    REQUIRE_THAT(error_of([&] { use_in_place(refusing, placed(0), only<"hidden">); }),
                 Catch::Contains("not hold exactly") && Catch::Contains("left out as the rules say"));
    const auto refused = [&](const auto& file, const std::string& words) {
        REQUIRE_THAT(error_of([&] { use_in_place(refusing, file); }), Catch::Contains(words));
    };
    const auto mapped_refused = [&](const std::filesystem::path& file, const std::string& words) {
        REQUIRE_THAT(error_of([&] { use_in_place(refusing, map_checkpoint(file)); }), Catch::Contains(words));
    };
    refused(placed(4), "is not in memory as the model");
    refused(placed(0).first(text.size() - 1), "cut short");
    mapped_refused(directory / "none", "cannot open");
    mapped_refused(directory.path(), "cannot open");
    write_safetensors(directory / "m", {});
    mapped_refused(directory / "m", "not hold exactly");
    put(directory / "m", "");
    mapped_refused(directory / "m", "0 bytes");
    REQUIRE(all_bytes(refusing) == before);
}

TEST_CASE("names in the list may have any characters", "[checkpoint]") {
    checkpoint_state state;
    state.latest = "a \"b\" \\ \n\x01 ä.safetensors";
    state.all = {{state.latest, 1.25, file_mark{7, 0xABCDEF01}}, {"b", 0.1, std::nullopt}};
    state.last_preserved = 3;
    const checkpoint_state again = parse_state(text_of(state));
    REQUIRE(again.latest == state.latest);
    REQUIRE(again.all.size() == 2);
    REQUIRE(again.all[0].path == state.latest);
    REQUIRE(again.all[0].time == 1.25);
    REQUIRE(again.all[0].mark == state.all[0].mark);
    REQUIRE(again.all[1].time == 0.1);
    REQUIRE_FALSE(again.all[1].mark);
    REQUIRE(again.last_preserved == 3);
    // What is no list, or is cut off anywhere, says less; it does no harm.
    const std::string text = text_of(state);
    for (std::size_t length = 0; length < text.size(); ++length) {
        const checkpoint_state part = parse_state(text.substr(0, length));
        REQUIRE(part.all.size() <= 2);
    }
    REQUIRE(parse_state("\"\\").all.empty());
}

TEST_CASE("a time in the list that is none comes before all others, and the list stays one", "[checkpoint]") {
    for (const char* const time : {"1e300", "-1e300", "1e-300", "-5", "1e16"}) {
        const std::string text =
            "model_checkpoint_path: \"a\"\nall_model_checkpoint_paths: \"a\"\n"
            "all_model_checkpoint_timestamps: " +
            std::string(time) + "\nlast_preserved_timestamp: " + time + "\n";
        const checkpoint_state state = parse_state(text);
        REQUIRE(state.all[0].time == 0);
        const std::string written = text_of(state);
        REQUIRE(written.find('\0') == std::string::npos);
        REQUIRE(parse_state(written).all[0].path == "a");
    }
    REQUIRE(parse_state("all_model_checkpoint_paths: \"a\"\nall_model_checkpoint_timestamps: 1e15\n").all[0].time ==
            1e15);
}

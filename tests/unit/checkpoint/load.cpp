// SPDX-License-Identifier: BSL-1.0
// Saving a model and loading it: checkpoint/save.hpp, checkpoint/load.hpp and checkpoint/roles.hpp.
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/mapped_checkpoint.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/checkpoint/use_in_place.hpp>
#include <ambit/model/memory.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/exponential_moving_average.hpp>
#include <ambit/optim/minimize.hpp>

#include "../../support/numbers.hpp"
#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit::checkpoint_parts;
using namespace ambit_test;

namespace {

using extents = std::vector<std::int64_t>;

template <bool Extra, int Units, dtype Type> struct layer {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable w =
            s.get_variable("layer/w", {2, Units}, {.initializer = random_normal(), .dtype = Type});
        const variable steps = s.get_variable("steps", {}, {.initializer = constant(7), .dtype = int32});
        tensor total = reduce_sum(cast(w, float32)) + cast(steps, float32);
        if (Extra) total = total + reduce_sum(s.get_variable("extra", {3}, {.initializer = random_normal()}));
        return x * total;
    }
};
template <bool Extra, int Units, dtype Type> using net_of = model<layer<Extra, Units, Type>, input<float, 2>>;
using net = net_of<false, 3, float32>;

template <class Net> std::vector<std::byte> all_bytes(const Net& n) {
    std::vector<std::byte> bytes;
    for (std::size_t v = 0; v < Net::variables.size(); ++v) {
        const std::byte* const at = n.parameters().variables()[v];
        bytes.insert(bytes.end(), at, at + Net::variables[v].bytes());
    }
    return bytes;
}

// Loading this file into a fresh model fails, says so, and changes nothing.
template <class Net = net>
std::string refusal(const std::filesystem::path& file,
                    checkpoint_fault kind = checkpoint_fault::other_variables) {
    Net n(seed{99});
    const auto before = all_bytes(n);
    try {
        static_cast<void>(load(n, file));
    } catch (const checkpoint_error& e) {
        REQUIRE(e.kind() == kind);
        REQUIRE(e.file() == file);
        REQUIRE(all_bytes(n) == before);
        return e.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a model comes back as it was saved", "[checkpoint]") {
    const temporary_directory directory;
    net first(seed{1}), second(seed{2});
    first.set<"steps">(1234);
    save(first, directory / "model.safetensors");
    REQUIRE(all_bytes(first) != all_bytes(second));
    const float* const address = second.get<"layer/w">().data();
    CHECK(load(second, directory / "model.safetensors").fits());
    CHECK(all_bytes(first) == all_bytes(second));
    CHECK(second.get<"steps">()() == 1234);
    CHECK(second.get<"layer/w">().data() == address);  // whoever shares the parameters sees it
    CHECK(directory.names() == std::vector<std::string>{"model.safetensors"});

    // Saving again replaces the file, and what is loaded does not depend on what was there.
    save(net(seed{3}), directory / "model.safetensors");
    CHECK(load(second, directory / "model.safetensors").fits());
    CHECK(all_bytes(second) == all_bytes(net(seed{3})));
}

TEST_CASE("models of another batch or order load the same file", "[checkpoint]") {
    const temporary_directory directory;
    net first(seed{1});
    save(first, directory / "m");
    model<layer<false, 3, float32>, input<float, 5>> wide(seed{2});
    CHECK(load(wide, directory / "m").fits());
    CHECK(same_bits(elements(wide.get<"layer/w">()), elements(first.get<"layer/w">())));
    stored_model<storage::heap, layer<false, 3, float32>, input<float, 2>> heap(seed{2});
    CHECK(load(heap, directory / "m").fits());
    CHECK(same_bits(elements(heap.get<"layer/w">()), elements(first.get<"layer/w">())));
    model<layer<false, 3, float32>, input<float, any_size>> any(largest_batch{4}, seed{2});
    CHECK(load(any, directory / "m").fits());
    CHECK(same_bits(elements(any.get<"layer/w">()), elements(first.get<"layer/w">())));
    save(any, directory / "from_any");
    CHECK(load(wide, directory / "from_any").fits());
}

TEST_CASE("every variable is saved under its path", "[checkpoint]") {
    const temporary_directory directory;
    save(net(seed{1}), directory / "m");
    const safetensors_file file(directory / "m");
    REQUIRE(file.tensors().size() == 2);
    REQUIRE(file.find("layer/w") != nullptr);
    CHECK(file.find("layer/w")->extents == extents{2, 3});
    CHECK(file.find("steps")->type == element_type::int32);
    CHECK(file.find("steps")->extents == extents{});
}

TEST_CASE("a file with other variables is refused, and changes nothing", "[checkpoint]") {
    const temporary_directory directory;
    save(net_of<true, 3, float32>(seed{1}), directory / "extra");
    CHECK_THAT(refusal(directory / "extra"), Catch::Contains("unexpected in the file: 1\n    \"extra\"  float32[3]\n"));
    save(net(seed{1}), directory / "plain");
    CHECK_THAT((refusal<net_of<true, 3, float32>>(directory / "plain")),
               Catch::Contains("missing in the file: 1\n    extra  float32[3]\n"));
    save(net_of<false, 4, float32>(seed{1}), directory / "wide");
    CHECK_THAT(refusal(directory / "wide"),
               Catch::Contains("of another shape in the file: 1\n    layer/w  float32[2, 3]  there float32[2, 4]\n"));
    save(net_of<false, 3, float64>(seed{1}), directory / "double");
    CHECK_THAT(refusal(directory / "double"),
               Catch::Contains("of another dtype in the file: 1\n    layer/w  float32[2, 3]  there float64[2, 3]\n"));
    // The same variable below another prefix, and one of another dtype there.
    const std::vector<std::byte> zeros(4 * 2 * 3 * 2);
    write_safetensors(directory / "moved", std::vector<tensor_entry>{
                                               {"exact/layer/w", float64, {2, 3}, zeros},
                                               {"model/layer/w", float32, {2, 3}, std::span(zeros).first(24)}});
    CHECK_THAT(refusal(directory / "moved"),
               Catch::Contains("    layer/w  float32[2, 3]  did you mean \"model/layer/w\"?\n"));
    // All differences at once, and what to do.
    CHECK_THAT((refusal<net_of<true, 3, float32>>(directory / "wide")),
               Catch::Contains("    extra  float32[3]\n") && Catch::Contains("there float32[2, 4]\n") &&
                   Catch::EndsWith("load it into the model that it was saved from"));
}

TEST_CASE("a missing, cut or foreign file is refused, and changes nothing", "[checkpoint]") {
    const temporary_directory directory;
    CHECK(refusal(directory / "nothing", checkpoint_fault::cannot_open) != "accepted");
    save(net(seed{1}), directory / "m");
    const std::string whole = contents(directory / "m");
    put(directory / "cut", whole.substr(0, whole.size() - 1));
    CHECK(refusal(directory / "cut", checkpoint_fault::truncated) != "accepted");
    put(directory / "empty", "");
    CHECK(refusal(directory / "empty", checkpoint_fault::truncated) != "accepted");
}

namespace {
struct without_variables {
    constexpr tensor operator()(scope&, const tensor& x) const { return x + 1; }
};
}  // namespace

TEST_CASE("a model without variables is saved and loaded", "[checkpoint]") {
    const temporary_directory directory;
    model<without_variables, input<float, 1>> n(seed{});
    save(n, directory / "m");
    CHECK(load(n, directory / "m").fits());
    CHECK(safetensors_file(directory / "m").tensors().empty());
}

namespace {

// A model and its trainer: an optimizer's slots, what it keeps for all variables, a user's count of steps, averages.
template <int Units = 1> struct served {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return reduce_sum(matmul(x, s.get_variable("d/w", {3, Units}, {.initializer = random_normal()})));
    }
};
struct training {
    struct outputs {
        tensor y;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor y = served<>{}(s, x);
        const variable step =
            s.variable("global_step", {}, {.initializer = constant(0), .dtype = int64, .trainable = false});
        const operation trained = minimize(s, y, adam{.learning_rate = 0.1}, {.global_step = step});
        return {y, group({trained, exponential_moving_average{.decay = 0.5}.apply(s)})};
    }
};
using trainer_net = model<training, input<float, 2, 3>>;
template <int Units = 1> using server_of = model<served<Units>, input<float, 2, 3>>;

/// The file, with other text pairs.
void put_with(const std::filesystem::path& to, const std::filesystem::path& from, const checkpoint_metadata& metadata) {
    const safetensors_file file(from);
    std::vector<tensor_entry> entries;
    std::vector<std::vector<std::byte>> bytes;
    for (const stored_tensor& t : file.tensors()) {
        bytes.emplace_back(t.bytes);
        file.read(t, bytes.back());
    }
    for (std::size_t i = 0; i < bytes.size(); ++i)
        entries.push_back({file.tensors()[i].name, file.tensors()[i].type, file.tensors()[i].extents, bytes[i]});
    write_safetensors(to, entries, metadata);
}

}  // namespace

TEST_CASE("a model for inference loads what its trainer saved", "[checkpoint]") {
    const temporary_directory directory;
    trainer_net trainer(seed{1});
    const std::vector<float> ones(6, 1.0F);
    trainer.run<&training::outputs::train>(xt::adapt(ones, std::vector<std::size_t>{2, 3}));
    save(trainer, directory / "m");

    server_of<> server(seed{2});
    const load_report report = load(server, directory / "m");
    CHECK(same_bits(elements(server.get<"d/w">()), elements(trainer.get<"d/w">())));
    CHECK(report.loaded == 1);
    const safetensors_file file(directory / "m");
    REQUIRE(report.passed_over.size() == file.tensors().size() - 1);
    for (const char* name : {"global_step", "d/w/adam/m", "d/w/exponential_moving_average"})
        CHECK(std::find(report.passed_over.begin(), report.passed_over.end(), name) != report.passed_over.end());
    const std::string text = to_string(report);
    CHECK_THAT(text, Catch::StartsWith("loaded 1 variable from ") &&
                         Catch::Contains("\n  passed over, of an optimizer: " +
                                         std::to_string(report.passed_over.size()) + "\n") &&
                         Catch::Contains("\n    \"d/w/adam/m\" "));
    std::ostringstream out;
    out << report;
    CHECK(out.str() == text);

    // The trainer itself loads everything; a model with weights that the file lacks loads nothing.
    trainer_net again(seed{3});
    CHECK(load(again, directory / "m").passed_over.empty());
    CHECK(all_bytes(again) == all_bytes(trainer));
    CHECK_THAT((refusal<server_of<2>>(directory / "m")), Catch::Contains("there float32[3, 1]\n"));
    CHECK_THAT(refusal(directory / "m"), Catch::Contains("unexpected in the file: 1\n    \"d/w\"  float32[3, 1]\n"));
    CHECK_THAT(refusal(directory / "m"), Catch::Contains("passed over, of an optimizer:"));
    // By a rule: weights alone go out, and come back into a trainer.
    save(trainer, directory / "weights_of_trainer", only_weights);
    CHECK(load(server, directory / "weights_of_trainer").fits());
    const load_report weights = load(again, directory / "weights_of_trainer", only_weights);
    CHECK((weights.loaded == 1 && weights.fits()));
    CHECK(weights.count(load_outcome::left_out) == file.tensors().size() - 1);
    // And nothing of the optimizer is made up.
    save(server, directory / "weights");
    CHECK(safetensors_file(directory / "weights").metadata().empty());
    CHECK_THAT(refusal<trainer_net>(directory / "weights"), Catch::Contains("    d/w/adam/m ") &&
                                                                Catch::Contains("    global_step "));
}

TEST_CASE("a model computes with what it loaded or uses in place, whatever it has packed before", "[checkpoint]") {
    using wide = server_of<4096>;
    STATIC_REQUIRE(memory_of<wide>::packed_weights > 0);
    const temporary_directory directory;
    const std::vector<float> values = numbers<float>(6);
    const auto x = xt::adapt(values, std::vector<std::size_t>{2, 3});
    wide saved(seed{1}), loaded(seed{2}), in_place(seed{3});
    const float right = saved(x);
    REQUIRE(loaded(x) != right);
    REQUIRE(in_place(x) != right);
    save(saved, directory / "m");
    static_cast<void>(load(loaded, directory / "m"));
    CHECK(loaded(x) == right);
    use_in_place(in_place, map_checkpoint(directory / "m"));
    CHECK(in_place(x) == right);
    in_place.edit<"d/w">([](auto view) { view *= 2.0F; });
    CHECK(in_place(x) == 2 * right);
}

TEST_CASE("a file says which of its tensors are an optimizer's", "[checkpoint]") {
    const temporary_directory directory;
    save(trainer_net(seed{1}), directory / "m");
    const checkpoint_metadata written = safetensors_file(directory / "m").metadata();
    REQUIRE(written.size() == 2);
    CHECK((' ' + written.at("ambit.slots") + ' ').find(" d/w/adam/m ") != std::string::npos);
    CHECK((' ' + written.at("ambit.steps") + ' ').find(" global_step ") != std::string::npos);
    CHECK((written.at("ambit.slots") + written.at("ambit.steps")).find("d/w ") == std::string::npos);
    const std::string every = written.at("ambit.slots") + ' ' + written.at("ambit.steps");

    const auto load_with = [&](const checkpoint_metadata& metadata) {
        put_with(directory / "n", directory / "m", metadata);
        server_of<> server(seed{2});
        return load(server, directory / "n").passed_over.size();
    };
    const auto refused_with = [&](const checkpoint_metadata& metadata) {
        put_with(directory / "n", directory / "m", metadata);
        return refusal<server_of<>>(directory / "n");
    };
    const std::size_t count = load_with(written);
    // Twice, in another role, beside names that are not there, with many blanks: the same.
    CHECK(load_with({{"ambit.slots", every + ' ' + every}}) == count);
    CHECK(load_with({{"ambit.steps", "  " + every + " no/such/tensor  " + std::string(1000, ' ')}}) == count);
    CHECK(load_with({{"ambit.slots", every + std::string(3'000'000, ' ') + "x y z"}, {"ambit.steps", every}}) == count);
    // The model's own variable is loaded whatever its role is said to be.
    CHECK(load_with({{"ambit.slots", "d/w " + every}}) == count);
    // No roles, as older versions wrote; roles of nobody's; a role missing.
    CHECK_THAT(refused_with({}), Catch::Contains("unexpected in the file: ") && Catch::Contains("    \"d/w/adam/m\" "));
    CHECK_THAT(refused_with({{"ambit.gates", every}, {"slots", every}}), Catch::Contains("    \"global_step\" "));
    CHECK_THAT(refused_with({{"ambit.slots", written.at("ambit.slots")}}), Catch::Contains("    \"global_step\" "));
    std::string lines = every;
    for (char& c : lines) c = c == ' ' ? '\n' : c;
    CHECK_THAT(refused_with({{"ambit.slots", lines}}), Catch::Contains("    \"d/w/adam/m\" "));
    // Into the trainer it loads without roles, too.
    put_with(directory / "n", directory / "m", {});
    trainer_net again(seed{3});
    CHECK(load(again, directory / "n").loaded == count + 1);
}

TEST_CASE("names of a stranger's file stay in their place in the message", "[checkpoint]") {
    const temporary_directory directory;
    std::vector<tensor_entry> entries;
    const std::vector<std::byte> byte(1);
    for (const char* name : {"\x1B[2J\x1B]0;title\x07", "a\nit lacks everything",
                             "\xE2\x80\xAE"
                             "drawkcab",
                             "quoted\", not"})
        entries.push_back({name, uint8, {1}, byte});
    entries.push_back({std::string("zero\0byte", 9), uint8, {1}, byte});
    entries.push_back({std::string(100'000, 'z'), uint8, {1}, byte});
    write_safetensors(directory / "m", entries);
    const std::string text = refusal(directory / "m");
    for (const char c : text) CHECK((static_cast<unsigned char>(c) >= 32 || c == '\n'));
    CHECK(std::count(text.begin(), text.end(), '\n') >= 2 + 2 + 6);  // two groups: what it lacks, what it has
    for (std::size_t begin = text.find('\n') + 1, end = 0; begin < text.size() && end != text.npos; begin = end + 1) {
        end = text.find('\n', begin);
        CHECK((end == text.npos ? text.size() : end) - begin <= 80);
    }
    CHECK_THAT(text, Catch::Contains("\"?[2J?]0;title?\"") && Catch::Contains("\"a?it lacks everything\"") &&
                         Catch::Contains("\"?drawkcab\"") && Catch::Contains("\"quoted\\\", not\"") &&
                         Catch::Contains("\"zero?byte\"") && Catch::Contains("zzz...\"") &&
                         Catch::EndsWith("load it into the model that it was saved from"));
    CHECK(text.size() < 1500);

    // So does what it calls a dtype.
    const std::string header = R"({"t":{"dtype":"\u001b[2J)" + std::string(1000, 'F') +
                               R"(","shape":[],"data_offsets":[0,1]}})";
    const std::uint64_t length = header.size();
    std::string file(sizeof length, '\0');
    std::memcpy(file.data(), &length, sizeof length);
    std::ofstream(directory / "d", std::ios::binary) << file << header << 'x';
    const std::string of_dtype = refusal(directory / "d");
    CHECK_THAT(of_dtype, Catch::Contains("\"t\"  ?[2JFFF"));
    CHECK(std::none_of(of_dtype.begin(), of_dtype.end(), [](char c) { return c == '\x1B'; }));
    CHECK(of_dtype.find(std::string(50, 'F')) == of_dtype.npos);
}

TEST_CASE("a message about very many tensors is short and has their number", "[checkpoint]") {
    const temporary_directory directory;
    constexpr std::size_t count = 20'000;
    std::vector<tensor_entry> entries;
    const std::vector<std::byte> byte(1);
    for (std::size_t t = 0; t < count; ++t) entries.push_back({"t" + std::to_string(t), uint8, {1}, byte});
    write_safetensors(directory / "m", entries);
    const std::string text = refusal(directory / "m");
    CHECK_THAT(text, Catch::Contains("\n  unexpected in the file: 20,000\n    \"t0\"      uint8[1]\n") &&
                         Catch::Contains("\n    and 19,992 more\n  nothing was loaded; add rules or load it"));
    CHECK(std::count(text.begin(), text.end(), '\n') == 3 + 10 + 1);

    std::string all;
    for (const tensor_entry& entry : entries) all += entry.name + ' ';
    net saved(seed{1});
    save(saved, directory / "plain");
    const safetensors_file plain(directory / "plain");
    std::vector<std::byte> w(24), steps(4);
    plain.read(*plain.find("layer/w"), w);
    plain.read(*plain.find("steps"), steps);
    entries.push_back({"layer/w", float32, {2, 3}, w});
    entries.push_back({"steps", int32, {}, steps});
    write_safetensors(directory / "m", entries, {{"ambit.slots", all}});
    net loaded(seed{2});
    load_report report = load(loaded, directory / "m");
    report.file = "m";
    CHECK_THAT(to_string(report),
               Catch::StartsWith("loaded 2 variables from m\n  passed over, of an optimizer: 20,000\n    \"t0\" ") &&
                   Catch::EndsWith("\n    and 19,992 more"));
    CHECK(all_bytes(loaded) == all_bytes(saved));
}

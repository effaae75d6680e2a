// SPDX-License-Identifier: BSL-1.0
// Learns to say which character comes next in a text, compares what unseen text would take in bits with what `xz -9e`
// makes of it, and writes text of its own.
#include "../command_line.hpp"
#include "judgement.hpp"
#include "pictures.hpp"
#include "text_net.hpp"
#include "texts.hpp"
#include "writing.hpp"

#include <ambit/io/images.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace characters;

enum class net_kind { lstm, transformer };

struct options {
    std::string text = "/usr/share/common-licenses", begin;
    bool made = false;
    net_kind model = net_kind::lstm;
    std::optional<std::string> train_dir, save, evaluate, pictures;
    std::optional<std::int64_t> steps;
    std::uint64_t seed = 1;
    std::size_t sample = 0;
    draw_options draw;
};

void add_options(CLI::App& app, options& wanted) {
    app.set_help_flag("-h,--help", "print this");
    app.get_formatter()->column_width(22);
    app.add_option("--text", wanted.text, "a file, or a directory; else\n/usr/share/common-licenses")
        ->type_name("PATH");
    app.add_flag("--made", wanted.made, "texts of a small grammar instead");
    app.add_option("--model", wanted.model, "lstm or transformer; lstm if not given")
        ->type_name("NAME")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, net_kind>{{"lstm", net_kind::lstm}, {"transformer", net_kind::transformer}}));
    app.add_option("--steps", wanted.steps,
                   "of training, 1024 characters each; 5000 of an LSTM,\n4000 of a transformer if not given")
        ->type_name("N")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}).description(""));
    app.add_option("--seed", wanted.seed, "of initial values, order and samples, 1 if not given")
        ->type_name("N")
        ->check(not_a_seed);
    app.add_option("--train-dir", wanted.train_dir, "keep checkpoints there, and go on from the latest")
        ->type_name("DIR");
    app.add_option("--save", wanted.save, "write what was learned, as safetensors")->type_name("FILE");
    app.add_option("--evaluate", wanted.evaluate, "read it instead of training: of the same texts")->type_name("FILE");
    app.add_option("--sample", wanted.sample, "write so many characters; with --evaluate nothing\nelse")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{0}, std::size_t{10'000'000}).description(""));
    app.add_option("--begin", wanted.begin, "what they go on from")->type_name("TEXT");
    app.add_option("--temperature", wanted.draw.temperature, "below 1 likely characters get likelier; 1 if not given")
        ->type_name("T")
        ->check(CLI::Range(0.0, 100.0).description(""));
    app.add_option("--top-k", wanted.draw.top_k, "only of the K likeliest characters")
        ->type_name("K")
        ->check(CLI::Range(std::size_t{1}, static_cast<std::size_t>(classes)).description(""));
    app.add_option("--top-p", wanted.draw.top_p, "only of the likeliest that have this probability")
        ->type_name("P")
        ->check(CLI::Range(0.001, 1.0).description(""));
    app.add_option("--pictures", wanted.pictures, "write how it learned and how it compares, as PNG")->type_name("DIR");
    app.callback([&wanted] {
        if (wanted.evaluate && (wanted.save || wanted.train_dir))
            throw CLI::ValidationError("--evaluate replaces training: there is nothing for --save or --train-dir");
    });
}

void print(const std::vector<judged_text>& results) {
    judged_text sum;
    std::printf("\nbits per character of unseen text\n  %-24s %10s %7s %7s %7s\n", "", "characters", "xz -9e", "net",
                "net+copy");
    const auto line = [](const judged_text& of, const std::string& name) {
        std::printf("  %-24s %10.0f %7.3f %7.3f %7.3f\n", name.c_str(), of.characters, of.xz / of.characters,
                    of.net / of.characters, of.mixed / of.characters);
    };
    for (const judged_text& result : results) {
        line(result, ambit::mistake_parts::visible(result.name, 24));
        sum.add(result);
    }
    line(sum, "in all");
    std::printf("xz takes %.3f bits per character, the net alone %.3f, the net with what it can copy %.3f\n",
                sum.xz / sum.characters, sum.net / sum.characters, sum.mixed / sum.characters);
    std::fflush(stdout);
}

void write_sample(text_net& net, const alphabet& letters, const options& wanted) {
    write_text(net, letters, wanted.begin, wanted.sample, wanted.draw, wanted.seed, [](char c) { std::cout << c; });
    std::cout << '\n';
}

void run(const options& wanted) {
    const text_set all = wanted.made ? make_texts() : read_texts(wanted.text);
    const std::unique_ptr<text_net> net =
        wanted.model == net_kind::lstm ? make_recurrent_net(wanted.seed) : make_transformer(wanted.seed);
    std::vector<learned> history;
    if (wanted.evaluate) {
        const std::string said = net->load(*wanted.evaluate);
        if (wanted.sample > 0) return write_sample(*net, all.letters, wanted);
        std::cout << said << '\n';
    } else {
        std::cout << all.texts.size() << " texts with " << all.letters.size()
                  << " different bytes: " << all.characters(&divided_text::learned) << " characters to learn from, "
                  << all.characters(&divided_text::held_back) << " held back, " << all.characters(&divided_text::unseen)
                  << " unseen\n"
                  << net->summary();
        history = net->train(joined(all), {.steps = wanted.steps.value_or(net->usual_steps()),
                                           .seed = wanted.seed,
                                           .directory = wanted.train_dir,
                                           .judge = [&] { return held_back_bits(*net, all); }});
        std::printf("bits per character of held-back text\n");
        for (const learned& now : history)
            std::printf("  after step %6lld  %.3f\n", static_cast<long long>(now.steps), now.held_back);
        std::fflush(stdout);
    }
    const std::vector<judged_text> results = judge(*net, all);
    print(results);
    if (wanted.save) {
        net->save(*wanted.save);
        std::cout << "saved " << *wanted.save << '\n';
    }
    if (wanted.pictures) {
        const std::filesystem::path file = std::filesystem::path(*wanted.pictures) / "characters.png";
        std::filesystem::create_directories(*wanted.pictures);
        ambit::write_png(file, draw_learning(history, results));
        std::cout << "wrote " << file.string() << '\n';
    }
    if (wanted.sample > 0) write_sample(*net, all.letters, wanted);
}

}  // namespace

int main(int count, char** words) {
    CLI::App app("Learn which character comes next in a text, compare with xz, and write text", "characters");
    options wanted;
    add_options(app, wanted);
    return run_program(app, count, words, [&] { run(wanted); });
}

// SPDX-License-Identifier: BSL-1.0
// Forecasts prices a month ahead, walking forward through the years, and says honestly whether that is better than to
// say that nothing changes.
#include "../command_line.hpp"
#include "pictures.hpp"

#include <ambit/checkpoint/save.hpp>
#include <ambit/io/images.hpp>
#include <ambit/io/progress_bar.hpp>
#include <ambit/io/summary.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace forecast;

struct options {
    std::string data = "/usr/share/matplotlib/mpl-data/sample_data/Stocks.csv";
    bool made = false;
    std::optional<std::string> save, pictures;
    std::uint64_t seed = 1;
    int first_year = 2000;
};

void add_options(CLI::App& app, options& wanted) {
    app.set_help_flag("-h,--help", "print this");
    app.get_formatter()->column_width(20);
    app.add_option("--data", wanted.data, "dates and monthly prices; else Stocks.csv of\npython-matplotlib-data")
        ->type_name("FILE");
    app.add_flag("--made", wanted.made,
                 "prices made by a known rule instead: what is the\nbest that a forecast can reach?");
    app.add_option("--first-year", wanted.first_year, "that is forecast, 2000 if not given")
        ->type_name("N")
        ->check(CLI::Range(1, 9999).description(""));
    app.add_option("--seed", wanted.seed, "of initial values and order, 1 if not given")
        ->type_name("N")
        ->check(not_a_seed);
    app.add_option("--save", wanted.save, "write the last net, as safetensors")->type_name("FILE");
    app.add_option("--pictures", wanted.pictures, "write prices, forecasts and errors as PNG")->type_name("DIR");
}

void run(const options& wanted) {
    if (!wanted.made && !std::filesystem::exists(wanted.data))
        throw error(wanted.data + " is not here; give --data, or --made, or install python-matplotlib-data");
    const prices all = wanted.made ? make_prices(wanted.seed) : read_prices(wanted.data);
    const int last_year = all.first_year + static_cast<int>((all.months + 11) / 12) - 1;
    std::cout << all.series.size() << " names, " << all.months << " months from " << all.first_year << " on\n";
    if (wanted.first_year > last_year || wanted.first_year < all.first_year + 3)
        throw error("the first year to forecast is " + std::to_string(wanted.first_year) + "; it may be from " +
                    std::to_string(all.first_year + 3) + " to " + std::to_string(last_year) +
                    ": three years are for the first window");

    trainer net(seed{wanted.seed});
    std::cout << summary(net);
    walk forward(net, all, wanted.seed);
    std::vector<year_result> years;
    year_result sum{0, 0, 0, 0};
    int better = 0;
    progress_bar bar(std::cerr, "walking", last_year - wanted.first_year + 1, "years", terminal_width(STDERR_FILENO));
    for (int year = wanted.first_year; year <= last_year; ++year) {
        forward.learn(static_cast<std::size_t>((year - all.first_year) * 12), years.empty() ? 1500 : 150);
        years.push_back(forward.judge(year));
        const year_result& now = years.back();
        sum.net += now.net * static_cast<double>(now.forecasts);
        sum.naive += now.naive * static_cast<double>(now.forecasts);
        sum.forecasts += now.forecasts;
        if (now.net < now.naive) ++better;
        bar.advance(1, {{"error", now.net}, {"naive", now.naive}});
    }
    bar.finish();
    const double share = sum.net / sum.naive;
    std::printf("%zu forecasts: mean error %.4f, of the naive forecast %.4f (logarithm of the price)\n", sum.forecasts,
                sum.net / static_cast<double>(sum.forecasts), sum.naive / static_cast<double>(sum.forecasts));
    std::printf("the net errs by %.3f of the naive forecast, less than it in %d of %zu years\n", share, better,
                years.size());
    if (all.best_possible > 0) std::printf("the best possible is %.3f\n", all.best_possible);
    else if (share > 0.98) std::puts("that is no better than to say that nothing changes");
    std::fflush(stdout);
    if (wanted.save) {
        save(net, *wanted.save);
        std::cout << "saved " << *wanted.save << '\n';
    }
    if (wanted.pictures) {
        const std::filesystem::path file = std::filesystem::path(*wanted.pictures) / "forecast.png";
        std::filesystem::create_directories(*wanted.pictures);
        write_png(file, draw_walk(all.series.at(0), forward.of_first_series(), years));
        std::cout << "wrote " << file.string() << '\n';
    }
}

}  // namespace

int main(int count, char** words) {
    CLI::App app("Forecast prices a month ahead, each year by a net that knows the years before it", "forecast");
    options wanted;
    add_options(app, wanted);
    return run_program(app, count, words, [&] { run(wanted); });
}

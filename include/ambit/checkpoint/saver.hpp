// SPDX-License-Identifier: BSL-1.0
// The checkpoints of a training: numbered by its steps, the last few of them kept, listed for whoever goes on.
//
//     saver checkpoints({.max_to_keep = 5, .keep_every_n_hours = 2, .asynchronous = true});
//     std::int64_t step = 0;
//     if (const auto file = latest_checkpoint("train")) step = restore(net, *file).step.value();
//     for (; step < steps; ++step) {
//         net.run<&outputs::train>(…);
//         if (step % 1000 == 999) checkpoints.save(net, "train/model.ckpt", step + 1);   // model.ckpt-1000.safetensors
//     }
//     checkpoints.wait();                               // throws what the last save in the background has met
//
// What is saved is all that the next steps depend on: weights, slots and steps of the optimizer, and local variables,
// among them the state of random numbers (local_state.hpp). So a training that was interrupted and goes on ends with
// the same bits as one that was not, given the same examples: batches of `io/batches.hpp` are told by their numbers,
// for example `training.epoch(step / training.size(), step % training.size())`. A file is one that `load` reads, too.
#pragma once

#include <ambit/checkpoint/checkpoint_state.hpp>
#include <ambit/checkpoint/checkpoint_writer.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/local_state.hpp>
#include <ambit/checkpoint/open_checkpoint.hpp>
#include <ambit/checkpoint/roles.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/checkpoint/staging_memory.hpp>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

namespace AMBIT_NAMESPACE {

struct saver_options {
    /// So many of the newest are kept, the others removed; 0: all.
    std::size_t max_to_keep = 5;
    /// Of those that would be removed, one is kept for ever each time that so much has passed since the last such one,
    /// or since the beginning. Infinite: none.
    double keep_every_n_hours = (std::numeric_limits<double>::infinity)();
    /// `save` copies the variables and returns; the file is written in the background.
    bool asynchronous = false;
    /// The name of the list in the directory of the checkpoints.
    std::string list = "checkpoint";
    /// What time it is.
    std::function<std::chrono::system_clock::time_point()> clock = [] { return std::chrono::system_clock::now(); };
};

/// What a file says of the training besides the values of variables.
struct restored_checkpoint {
    std::string file;
    std::optional<std::int64_t> step;  ///< that it was saved with, if any
    checkpoint_metadata texts;  ///< the user's
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// Where a number goes in a path: in front of an extension that says the format, at the end of any other path, which
/// gets such an extension.
struct numbered_path {
    std::string begin, end;

    explicit numbered_path(const std::string& path) : begin(path), end(".safetensors") {
        for (const std::string_view extension : {".safetensors", ".npz"})
            if (path.ends_with(extension)) {
                end = extension;
                begin.resize(path.size() - extension.size());
            }
    }
    std::string of(std::optional<std::int64_t> step) const {
        return step ? begin + '-' + std::to_string(*step) + end : begin + end;
    }
    /// Whether a path is one of these, with any number or none.
    bool has(std::string_view path) const {
        if (!path.starts_with(begin) || !path.ends_with(end) || path.size() < begin.size() + end.size()) return false;
        std::string_view number = path.substr(begin.size(), path.size() - begin.size() - end.size());
        if (number.empty()) return true;
        number.remove_prefix(1);
        return path[begin.size()] == '-' && !number.empty() &&
               number.find_first_not_of("0123456789") == std::string_view::npos;
    }
};

/// The tensors of a training, where they lie, and text pairs.
inline saved_variables<> saved_training(const std::vector<trained_variable>& all) {
    saved_variables<> saved;
    for (const trained_variable& trained : all) {
        if (trained.is_local) {
            saved.metadata[std::string(local_key) + std::string(trained.path)] = text_of_local(trained);
            continue;
        }
        saved.add(trained.path, trained.spec, trained.role, trained.data);
    }
    return saved;
}

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// Sets a model or a registry to what a saver has saved of it: all variables, local ones included, so that training
/// goes on as if it had not been interrupted. Throws `checkpoint_error` if the file lacks any of them, has others, or
/// is damaged; nothing has changed then.
template <checkpoint_parts::is_trained Net> restored_checkpoint restore(Net& net, const std::string& file) {
    const auto all = checkpoint_parts::trained_variables(net);
    const std::unique_ptr<tensor_source> opened = open_checkpoint(file);
    const auto locals = checkpoint_parts::local_state_in(*opened, all);
    restored_checkpoint result{file, std::nullopt, {}};
    for (const auto& [key, value] : opened->metadata()) {
        std::int64_t step = 0;
        if (key == checkpoint_parts::step_key) {
            const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), step);
            if (error != std::errc{} || end != value.data() + value.size())
                throw checkpoint_error(checkpoint_fault::header_field, file,
                                       "the step is " + mistake_parts::in_quotes(value), "save it again");
            result.step = step;
        } else if (!key.starts_with(checkpoint_parts::own_keys)) {
            result.texts.emplace(key, value);
        }
    }
    for (const auto& trained : all)
        result.texts.erase(std::string(trained.path));  // of variables that share their memory
    static_cast<void>(load(net, *opened));
    // Nothing below can fail.
    std::size_t next = 0;
    for (const auto& trained : all) {
        if (!trained.is_local) continue;
        std::memcpy(trained.data, locals[next].data(), locals[next].size());
        ++next;
    }
    return result;
}

/// Saves one training. One saver, one thread; several savers may save into one directory, under other names.
class saver {
public:
    explicit saver(saver_options options = {}) : options_(std::move(options)), begin_(now()) {}
    saver(const saver&) = delete;
    saver& operator=(const saver&) = delete;
    /// Waits; what the background has met then is lost. `wait` tells it.
    ~saver() {
        if (background_.joinable()) background_.join();
    }

    /// Saves all that the training of a model, or of the models of a registry, depends on, with texts of the user's
    /// own, and answers the file's path: `train/model.ckpt-1000.safetensors` for `train/model.ckpt` and 1000,
    /// `train/model-1000.safetensors` for `train/model.safetensors`. Then the list in its directory names it, and of
    /// those listed there that a saver has written under this path, in this run or an earlier one, the oldest are
    /// removed as the options say. A file that is not what a saver has written, by its content, is never removed.
    ///
    /// Throws `checkpoint_error`, also of the last save in the background; the new one has not begun then.
    template <checkpoint_parts::is_trained Net>
    std::string save(const Net& net, const std::string& path, std::optional<std::int64_t> step = std::nullopt,
                     const checkpoint_metadata& texts = {}) {
        wait();
        if (step && *step < 0)
            throw checkpoint_error(checkpoint_fault::invalid_name, path, "the step is " + std::to_string(*step),
                                   "steps are counted from 0 on");
        const checkpoint_parts::numbered_path names(path);
        const std::string file = names.of(step);
        checkpoint_parts::saved_variables<> saved =
            checkpoint_parts::saved_training(checkpoint_parts::trained_variables(net));
        for (const auto& [key, value] : texts) {
            if (key.starts_with(checkpoint_parts::own_keys) || !saved.metadata.emplace(key, value).second)
                throw checkpoint_error(checkpoint_fault::invalid_name, file,
                                       "the text " + mistake_parts::in_quotes(key) + " has a name of ambit's own",
                                       "give it a name that does not begin with ambit. and is no variable's");
        }
        if (step) saved.metadata[std::string(checkpoint_parts::step_key)] = std::to_string(*step);
        if (!options_.asynchronous) {
            write(names, file, saved, now());
            return file;
        }
        copy(saved.entries);
        background_ = std::thread([this, names, file, saved = std::move(saved), time = now()] {
            try {
                write(names, file, saved, time);
            } catch (...) {
                failure_ = std::current_exception();
            }
        });
        return file;
    }

    /// Returns when the last save is on the device; throws what it has met.
    void wait() {
        if (background_.joinable()) background_.join();
        if (failure_ != nullptr) std::rethrow_exception(std::exchange(failure_, nullptr));
    }

    /// Lists files that are not listed, as if this saver had written them, the oldest first: they count, and are
    /// removed in their turn. For directories whose list was lost.
    void recover_last_checkpoints(std::span<const std::string> files) {
        wait();
        for (const std::string& file : files) {
            const std::string directory = checkpoint_parts::directory_of(file);
            const std::string list = directory + options_.list;
            const checkpoint_parts::lists_held held(directory);
            checkpoint_parts::checkpoint_state state = checkpoint_parts::read_state(list);
            const auto mark = checkpoint_parts::mark_of(file);
            if (!mark)
                throw checkpoint_error(checkpoint_fault::cannot_open, file, "there is no such file",
                                       "check the path and its permissions");
            add(state, {file.substr(directory.size()), now(), mark});
            checkpoint_parts::write_state(list, state);
        }
    }

private:
    double now() const { return std::chrono::duration<double>(options_.clock().time_since_epoch()).count(); }

    /// Moves entries from the variables to a copy of them, in memory that is taken once.
    void copy(std::vector<tensor_entry>& entries) {
        std::size_t needed = 0;
        for (const tensor_entry& entry : entries) needed += entry.bytes.size();
        if (needed > copied_bytes_) {
            copied_.reset();  // never both
            copied_bytes_ = 0;
            copied_.emplace(needed);
            copied_bytes_ = needed;
        }
        std::byte* to = copied_ ? copied_->get() : nullptr;
        for (tensor_entry& entry : entries) {
            if (!entry.bytes.empty()) std::memcpy(to, entry.bytes.data(), entry.bytes.size());
            entry.bytes = {to, entry.bytes.size()};
            to += entry.bytes.size();
        }
    }

    static void add(checkpoint_parts::checkpoint_state& state, checkpoint_parts::listed_checkpoint added) {
        std::erase_if(state.all, [&](const auto& listed) { return listed.path == added.path; });
        state.latest = added.path;
        state.all.push_back(std::move(added));
    }

    /// First the file, then the list that names it, then what is too many: whenever the process is killed, the newest
    /// that is listed is there.
    void write(const checkpoint_parts::numbered_path& names, const std::string& file,
               const checkpoint_parts::saved_variables<>& saved, double time) {
        write_checkpoint(file, saved.entries, saved.metadata);
        const std::string directory = checkpoint_parts::directory_of(file);
        const std::string list = directory + options_.list;
        const checkpoint_parts::lists_held held(directory);
        checkpoint_parts::checkpoint_state state = checkpoint_parts::read_state(list);
        add(state, {file.substr(directory.size()), time, checkpoint_parts::mark_of(file)});
        if (!state.last_preserved) state.last_preserved = begin_;
        checkpoint_parts::write_state(list, state);
        if (remove_oldest(state, directory, names)) checkpoint_parts::write_state(list, state);
    }

    /// Whether the list has changed.
    bool remove_oldest(checkpoint_parts::checkpoint_state& state, const std::string& directory,
                       const checkpoint_parts::numbered_path& names) const {
        const auto is_own = [&](const checkpoint_parts::listed_checkpoint& listed) {
            return listed.mark && listed.path.find('/') == std::string::npos && names.has(directory + listed.path);
        };
        auto own = static_cast<std::size_t>(std::count_if(state.all.begin(), state.all.end(), is_own));
        if (options_.max_to_keep == 0 || own <= options_.max_to_keep) return false;
        for (auto oldest = state.all.begin(); own > options_.max_to_keep;) {
            if (!is_own(*oldest)) {
                ++oldest;
                continue;
            }
            const std::string file = directory + oldest->path;
            if (oldest->time - *state.last_preserved >= options_.keep_every_n_hours * 3600)
                state.last_preserved = oldest->time;
            else if (checkpoint_parts::mark_of(file) == oldest->mark) ::unlink(file.c_str());
            oldest = state.all.erase(oldest);
            --own;
        }
        return true;
    }

    saver_options options_;
    double begin_;
    std::optional<checkpoint_parts::staging_memory> copied_;
    std::size_t copied_bytes_ = 0;
    std::thread background_;
    std::exception_ptr failure_;
};

}  // namespace ambit

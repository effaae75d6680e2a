// SPDX-License-Identifier: BSL-1.0
// The layers of a file in their order: who has which name, who reads whom, and who shares with whom. A layer depends on
// layers before it alone.
#pragma once

#include <ambit/config/layer.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::config_parts {

/// More layers, and more of them in one sum, than anybody writes.
inline constexpr std::size_t most_layers = 10'000;
inline constexpr std::size_t most_inputs = 100;
inline constexpr std::string_view input_of_net = "input";

class layer_list {
public:
    explicit layer_list(const placed_value& list) : list_(list) {
        list.expect(value_kind::list, "a list of layers");
        if (list.size() == 0 || list.size() > most_layers)
            list.refuse(config_fault::wrong_size,
                        "there are " + grouped(static_cast<std::int64_t>(list.size())) + " layers",
                        "a net has 1 to " + grouped(static_cast<std::int64_t>(most_layers)));
        for (std::size_t i = 0; i < list.size(); ++i) {
            const config_value* const name = member(i, "name");
            if (name != nullptr && name->kind == value_kind::text) said_.emplace(name->text, i);
        }
    }

    std::vector<layer> read() {
        for (std::size_t i = 0; i < list_.size(); ++i) read_layer(i);
        return std::move(layers_);
    }

private:
    /// What a layer says under a key, before it is read; null if nothing.
    const config_value* member(std::size_t i, std::string_view key) const {
        const config_value& table = list_.raw().items[i];
        const int found = table.kind == value_kind::table ? table.find(key) : -1;
        return found < 0 ? nullptr : &table.items[static_cast<std::size_t>(found)];
    }

    void read_layer(std::size_t i) {
        table_reader table(list_[i]);
        layer read;
        const auto shared = table.optional("shares");
        if (shared) {
            read.shares = find(*shared, i);
            if (read.shares < 0)
                shared->refuse(config_fault::unknown_layer, "the input of the net has no variables",
                               "name a layer before this one that has some");
            const int owner = read.shares;
            read = layers_[static_cast<std::size_t>(owner)];
            if (read.shares < 0) read.shares = owner;  // else the one that made the variables
            if (!has_variables(read.kind))
                shared->refuse(config_fault::unknown_layer,
                               "the layer " + in_quotes(shared->text()) + " has no variables",
                               "name a layer before this one that has some");
        }
        read.line = list_[i].line();
        read.inputs.clear();
        read_kind(table, read, shared.has_value());
        read_inputs(table, read, i);
        read_options(table, read, shared.has_value());
        const auto name = table.optional("name");
        if (name) read.name = name->text();
        table.finish();
        if (name) expect_new(*name, read);
        else read.name = free_name(layer_kinds[static_cast<std::size_t>(read.kind)]);
        known_.emplace(read.name, i);
        layers_.push_back(std::move(read));
    }

    static void read_kind(table_reader& table, layer& entry, bool shares) {
        const auto said = shares ? table.optional("type") : table.required("type");
        if (!said) return;
        const auto kind = static_cast<layer_kind>(said->word(layer_kinds));
        if (shares && kind != entry.kind)
            said->refuse(config_fault::unknown_word, "there is " + in_quotes(said->text()),
                         "the layer that it shares with is " +
                             in_quotes(layer_kinds[static_cast<std::size_t>(entry.kind)]) + ", and so is this one");
        entry.kind = kind;
    }

    void read_inputs(table_reader& table, layer& entry, std::size_t i) const {
        if (entry.kind != layer_kind::add && entry.kind != layer_kind::concat) {
            const auto said = table.optional("input");
            entry.inputs = {said ? find(*said, i) : static_cast<int>(i) - 1};
            return;
        }
        const placed_value list = table.required("inputs");
        list.expect(value_kind::list, "a list of layers");
        if (list.size() < 2 || list.size() > most_inputs)
            list.refuse(config_fault::wrong_size, "there are " + std::to_string(list.size()) + " layers",
                        "it takes 2 to " + std::to_string(most_inputs));
        for (std::size_t k = 0; k < list.size(); ++k) entry.inputs.push_back(find(list[k], i));
    }

    /// Two layers of one kind that ask for the same variables are told by the rules of scopes, which name the variable.
    void expect_new(const placed_value& name, const layer& entry) const {
        using enum layer_kind;
        const auto before = known_.find(entry.name);
        if (before == known_.end()) {
            if (entry.name == input_of_net)
                name.refuse(config_fault::duplicate_layer, "there is \"input\", the name of the net's own input",
                            "give the layer another name");
            if (entry.name.empty())
                name.refuse(config_fault::unknown_word, "there is an empty name", "leave it out, or say one");
            return;
        }
        const layer& other = layers_[before->second];
        const bool always_has = entry.kind == dense || entry.kind == conv2d || entry.kind == separable_conv2d ||
                                entry.kind == batch_normalization;
        if (always_has && other.kind == entry.kind && other.shares < 0 && entry.shares < 0) return;
        name.refuse(
            config_fault::duplicate_layer,
            "there is " + in_quotes(entry.name) + ", the name of the layer on line " + std::to_string(other.line),
            "give one of them another name; a layer that uses the variables of another one says shares = \"its "
            "name\"");
    }

    std::string free_name(std::string_view kind) {
        int& next = next_[std::string(kind)];
        std::string name;
        do {
            name = next == 0 ? std::string(kind) : std::string(kind) + '_' + std::to_string(next);
            ++next;
        } while (said_.contains(name) || known_.contains(name));
        return name;
    }

    /// The layer of a name, for one that depends on it; -1 for the input of the net.
    int find(const placed_value& name, std::size_t reader) const {
        const std::string& said = name.text();
        if (said == input_of_net) return -1;
        if (const auto found = known_.find(said); found != known_.end()) return static_cast<int>(found->second);
        if (const auto later = said_.find(said); later != said_.end()) refuse_later(name, reader, later->second);
        std::vector<std::string_view> names{input_of_net};
        for (const layer& known : layers_) names.push_back(known.name);
        name.refuse(config_fault::unknown_layer, "there is no layer " + in_quotes(said),
                    "a layer depends on one before it, or on \"input\"", nearest_of(said, names));
    }

    [[noreturn]] void refuse_later(const placed_value& name, std::size_t reader, std::size_t later) const {
        const std::string line = std::to_string(list_[later].line());
        const std::vector<std::size_t> way = way_back(later, reader);
        if (way.empty())
            name.refuse(config_fault::out_of_order, "the layer " + in_quotes(name.text()) + " is on line " + line,
                        "a layer depends on layers before it: move that one in front");
        std::string circle = "this layer";
        for (const std::size_t i : way) {
            const config_value* const its_name = member(i, "name");
            circle += i == reader ? " -> this layer"
                                  : " -> " + (its_name != nullptr && its_name->kind == value_kind::text
                                                  ? in_quotes(its_name->text, 60)
                                                  : "the layer on line " + std::to_string(list_[i].line()));
        }
        name.refuse(config_fault::cycle, "the layer depends on itself: " + circle,
                    "a layer depends on layers before it");
    }

    /// How a layer depends on another one: those on the way, both ends included, of a long way its ends; empty if not.
    std::vector<std::size_t> way_back(std::size_t from, std::size_t to) const {
        constexpr std::size_t nobody = ~std::size_t{0}, longest = 8;
        std::vector<std::size_t> by(list_.size(), nobody), next{from};
        by[from] = from;
        while (!next.empty() && by[to] == nobody) {
            const std::size_t i = next.back();
            next.pop_back();
            for (const std::size_t other : dependencies(i)) {
                if (by[other] != nobody) continue;
                by[other] = i;
                next.push_back(other);
            }
        }
        if (by[to] == nobody) return {};
        std::vector<std::size_t> way{to};
        while (way.back() != from) way.push_back(by[way.back()]);
        std::reverse(way.begin(), way.end());
        if (way.size() > longest) way.erase(way.begin() + longest / 2, way.end() - longest / 2);
        return way;
    }

    /// As far as they can be told from what is written.
    std::vector<std::size_t> dependencies(std::size_t i) const {
        std::vector<std::size_t> all;
        const auto add = [&](const config_value& name) {
            if (name.kind != value_kind::text) return;
            if (const auto found = said_.find(name.text); found != said_.end()) all.push_back(found->second);
        };
        const config_value* const input = member(i, "input");
        const config_value* const inputs = member(i, "inputs");
        if (input != nullptr) add(*input);
        if (inputs != nullptr)
            for (const config_value& name : inputs->items) add(name);
        if (const config_value* const shared = member(i, "shares")) add(*shared);
        if (input == nullptr && inputs == nullptr && i > 0) all.push_back(i - 1);
        return all;
    }

    placed_value list_;
    std::vector<layer> layers_;
    std::map<std::string, std::size_t, std::less<>> said_;  // names that are written, and the first layer of each
    std::map<std::string, std::size_t, std::less<>> known_;  // those of the layers that were read, and names made up
    std::map<std::string, int> next_;
};

}  // namespace ambit::config_parts

// SPDX-License-Identifier: BSL-1.0
// What a file calls the variables of a model, how their elements lie there, and which of them are meant: rules of
// `load`, `save` and `describe_mismatch`. The name in the file comes first, the name in the model second, as in
// TensorFlow 1's `init_from_checkpoint` and `Saver({"name in the file": variable})`.
//
//     load(net, file, rename<"my_counter", "counter">, prefix<"A_untrain", "A_train">, transposed<"fc1/weights">);
//     load(net, file, except<"logits">, allow_unexpected);
//     save(net, file, only<"encoder">, prefix<"", "encoder">, only_weights);
//
// Of models of the compiler, the compiler checks the rules: each names a variable, and no two say the same thing of
// one. Names that only the program knows are arguments of functions with the same words, for all models and
// registries; they are checked before anything is read, and a `model_error` says the same:
//
//     checkpoint_rules rules;
//     for (const auto& [in_file, in_model] : names) rules += rename(in_file, in_model);
//     load(reg, file, rules, allow_cast);
//
// Of two literals, `rename("a", "b")` is C's function, which gives a number and is refused: `rename<"a", "b">` goes
// wherever a rule does, or say `ambit::rename("a", "b")`.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/fixed_string.hpp>
#include <ambit/core/refuses.hpp>
#include <ambit/core/shape.hpp>
#include <ambit/core/standard.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::checkpoint_parts {

enum class rule_kind : std::int32_t {
    rename,
    prefix,
    transposed,
    permuted,
    assembled,  // from several tensors: of layouts/
    only,
    except,
    ignored,
    only_weights,
    only_trainable,
    allow_missing,
    allow_unexpected,
    allow_cast,
};

/// Characters of the pool of its rules.
struct text_range {
    int begin = 0, length = 0;
};

/// Axes, or numbers of gates.
struct short_list {
    int size = 0;
    int at[max_rank] = {};

    constexpr short_list() = default;
    constexpr short_list(std::initializer_list<int> list) {
        for (const int number : list) {
            if (size < max_rank) at[size] = number;
            ++size;  // more than fit are refused with the variable
        }
    }
};

/// How what lies in a file becomes what lies in a model. First one row of it is taken, if any is said; then its axes
/// are permuted; then, along the last axis, gates are chosen.
struct tensor_layout {
    int row = -1;
    bool is_reversed = false;  // all axes, whatever their number
    short_list axes;           // axis k of the model is axis `axes.at[k]` of the file
    int gates_in_file = 0;
    short_list gates;  // gate k of the model is gate `gates.at[k]` of the file

    constexpr bool permutes() const { return is_reversed || axes.size > 0; }
    constexpr bool changes_nothing() const { return row < 0 && !permutes() && gates.size == 0; }
};

/// One of several tensors that make up a variable.
struct tensor_part {
    text_range tensor;
    tensor_layout layout;
};

/// How they do: one below the other along the first axis, or as their sum.
enum class parts_become : std::int32_t { stack, sum };

struct rule_record {
    rule_kind kind = rule_kind::rename;
    text_range in_file, in_model;
    tensor_layout layout;  // of transposed and permuted
    int first_part = 0, part_count = 0;
    parts_become become = parts_become::stack;
    int raised_gate = -1;  // `raised_by` is added to this gate
    double raised_by = 0;
    bool is_optional = false;  // of a layout: the model may lack the variable, biases that a layer does without
};

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// Rules as a value, made by the functions below and put together by `+=`.
class checkpoint_rules {
public:
    constexpr checkpoint_rules() = default;
    template <std::same_as<int> Number>
    AMBIT_REFUSES("of two literals, rename is a function of C: rename<\"in the file\", \"in the model\">()")
    constexpr checkpoint_rules(Number) {}

    constexpr int size() const { return records_.size(); }
    constexpr bool empty() const { return records_.empty(); }

    template <std::same_as<int> Number>
    AMBIT_REFUSES("of two literals, rename is a function of C: rename<\"in the file\", \"in the model\">()")
    constexpr checkpoint_rules& operator+=(Number) {
        return *this;
    }
    constexpr checkpoint_rules& operator+=(const checkpoint_rules& other) {
        const int characters = characters_.size(), parts = parts_.size();
        // By index: these may be the same rules.
        for (int i = 0, count = other.characters_.size(); i < count; ++i) characters_.push_back(other.characters_[i]);
        for (int i = 0, count = other.parts_.size(); i < count; ++i) {
            checkpoint_parts::tensor_part part = other.parts_[i];
            part.tensor.begin += characters;
            parts_.push_back(part);
        }
        for (int i = 0, count = other.records_.size(); i < count; ++i) {
            checkpoint_parts::rule_record record = other.records_[i];
            record.in_file.begin += characters;
            record.in_model.begin += characters;
            record.first_part += parts;
            records_.push_back(record);
        }
        return *this;
    }

    // ---- for those that read and make them ------------------------------------------------------------------------

    constexpr const checkpoint_parts::rule_record& operator[](int index) const { return records_[index]; }
    constexpr const checkpoint_parts::tensor_part& part(int index) const { return parts_[index]; }
    constexpr std::string_view text(const checkpoint_parts::text_range& range) const {
        return {characters_.begin() + range.begin, static_cast<std::size_t>(range.length)};
    }
    constexpr bool has(checkpoint_parts::rule_kind kind) const {
        for (const checkpoint_parts::rule_record& record : records_)
            if (record.kind == kind) return true;
        return false;
    }

    constexpr checkpoint_parts::rule_record& add(checkpoint_parts::rule_kind kind, std::string_view in_file,
                                                 std::string_view in_model) {
        checkpoint_parts::rule_record record;
        record.kind = kind;
        record.in_file = kept(in_file);
        record.in_model = kept(in_model);
        record.first_part = parts_.size();
        records_.push_back(record);
        return records_.back();
    }
    /// A tensor that the last rule takes a variable from.
    constexpr void add_part(std::string_view before, std::string_view tensor,
                            const checkpoint_parts::tensor_layout& layout) {
        checkpoint_parts::tensor_part part;
        part.tensor = kept(before, tensor);
        part.layout = layout;
        parts_.push_back(part);
        ++records_.back().part_count;
    }
    /// A text in the pool.
    constexpr checkpoint_parts::text_range kept(std::string_view text, std::string_view behind = {}) {
        const checkpoint_parts::text_range range{characters_.size(), static_cast<int>(text.size() + behind.size())};
        characters_.append(text.data(), static_cast<int>(text.size()));
        characters_.append(behind.data(), static_cast<int>(behind.size()));
        return range;
    }
    constexpr checkpoint_parts::rule_record& last() { return records_.back(); }

private:
    core_parts::buffer<checkpoint_parts::rule_record> records_;
    core_parts::buffer<checkpoint_parts::tensor_part> parts_;
    core_parts::buffer<char> characters_;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// A trailing slash of a prefix says nothing.
constexpr std::string_view without_slash(std::string_view prefix) {
    if (!prefix.empty() && prefix[prefix.size() - 1] == '/') prefix.remove_suffix(1);
    return prefix;
}

constexpr void add_rename(checkpoint_rules& all, std::string_view in_file, std::string_view in_model) {
    all.add(rule_kind::rename, in_file, in_model);
}
constexpr void add_prefix(checkpoint_rules& all, std::string_view in_file, std::string_view in_model) {
    all.add(rule_kind::prefix, without_slash(in_file), without_slash(in_model));
}
constexpr void add_transposed(checkpoint_rules& all, std::string_view in_model, const short_list& axes) {
    rule_record& rule = all.add(rule_kind::transposed, {}, in_model);
    rule.layout.is_reversed = axes.size == 0;
    rule.layout.axes = axes;
}
constexpr void add_permuted(checkpoint_rules& all, std::string_view in_model, const short_list& gates) {
    rule_record& rule = all.add(rule_kind::permuted, {}, in_model);
    rule.layout.gates_in_file = gates.size;
    rule.layout.gates = gates;
}

// ---- Rules that the compiler knows: types, which functions without arguments return ---------------------------------

/// A map from one name in the file to one in the model, whatever `Add` makes of them.
template <void (*Add)(checkpoint_rules&, std::string_view, std::string_view), fixed_string InFile, fixed_string InModel>
struct rule_of_names {
    static constexpr void add_to(checkpoint_rules& all) { Add(all, InFile.view(), InModel.view()); }
};
template <void (*Add)(checkpoint_rules&, std::string_view, const short_list&), fixed_string InModel, int... Numbers>
struct rule_of_layout {
    static constexpr void add_to(checkpoint_rules& all) { Add(all, InModel.view(), {Numbers...}); }
};
/// `only`, `except`: of the model. `ignored`: of the file.
template <rule_kind Kind, fixed_string... Names> struct rule_of_choice {
    static constexpr void add_to(checkpoint_rules& all) { (add_choice(all, Names.view()), ...); }
    static constexpr void add_choice(checkpoint_rules& all, std::string_view name) {
        const bool is_of_file = Kind == rule_kind::ignored;
        all.add(Kind, is_of_file ? without_slash(name) : std::string_view(),
                is_of_file ? std::string_view() : without_slash(name));
    }
};
template <rule_kind Kind> struct rule_without_names {
    static constexpr void add_to(checkpoint_rules& all) { all.add(Kind, {}, {}); }
};

template <class Rule>
concept static_rule_type = requires(checkpoint_rules& all) { Rule::add_to(all); };

/// The type of a rule as an argument has it: `rename<"a", "b">` is a function, `allow_missing` an object.
template <class Argument> struct static_rule {
    static constexpr bool is_one = static_rule_type<Argument>;
    using type = Argument;
};
template <class Rule> struct static_rule<Rule (*)()> {
    static constexpr bool is_one = static_rule_type<Rule>;
    using type = Rule;
};
template <class Argument>
concept known_to_the_compiler = static_rule<std::decay_t<Argument>>::is_one;

template <class Argument>
concept rule_argument =
    known_to_the_compiler<Argument> ||
    (!std::is_same_v<Argument, int> && std::is_convertible_v<const Argument&, const checkpoint_rules&>);

/// Those that the compiler knows.
template <class... Arguments> constexpr checkpoint_rules static_rules() {
    checkpoint_rules all;
    [[maybe_unused]] const auto add = [&all]<class Argument>(std::type_identity<Argument>) {
        if constexpr (known_to_the_compiler<Argument>) static_rule<std::decay_t<Argument>>::type::add_to(all);
    };
    (add(std::type_identity<std::decay_t<Arguments>>{}), ...);
    return all;
}

/// All of them.
template <class... Arguments> checkpoint_rules merged_rules(const Arguments&... arguments) {
    checkpoint_rules all;
    [[maybe_unused]] const auto add = [&all]<class Argument>(const Argument& argument) {
        if constexpr (known_to_the_compiler<Argument>) static_rule<std::decay_t<Argument>>::type::add_to(all);
        else if constexpr (rule_argument<Argument>) all += argument;
    };
    (add(arguments), ...);
    return all;
}

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// The variable `InModel` is the tensor `InFile` of the file.
template <fixed_string InFile, fixed_string InModel>
constexpr checkpoint_parts::rule_of_names<&checkpoint_parts::add_rename, InFile, InModel> rename() {
    return {};
}
constexpr checkpoint_rules rename(std::string_view in_file, std::string_view in_model) {
    checkpoint_rules rules;
    checkpoint_parts::add_rename(rules, in_file, in_model);
    return rules;
}

/// Variables below the scope `InModel` are below `InFile` in the file; either may be empty, for the top. Whole names of
/// a path only: "conv" is no prefix of "conv1/weights".
template <fixed_string InFile, fixed_string InModel>
constexpr checkpoint_parts::rule_of_names<&checkpoint_parts::add_prefix, InFile, InModel> prefix() {
    return {};
}
constexpr checkpoint_rules prefix(std::string_view in_file, std::string_view in_model) {
    checkpoint_rules rules;
    checkpoint_parts::add_prefix(rules, in_file, in_model);
    return rules;
}

/// The file has this variable transposed: all axes in reverse, or axis k of the variable is axis `Axes[k]` of the
/// file's tensor, as of `numpy.transpose(tensor, axes)`: `transposed<"conv/weights", 2, 3, 1, 0>` is for
/// PyTorch's kernels.
template <fixed_string InModel, int... Axes>
constexpr checkpoint_parts::rule_of_layout<&checkpoint_parts::add_transposed, InModel, Axes...> transposed() {
    return {};
}
constexpr checkpoint_rules transposed(std::string_view in_model, std::initializer_list<int> axes = {}) {
    checkpoint_rules rules;
    checkpoint_parts::add_transposed(rules, in_model, axes);
    return rules;
}

/// The file has the gates of this variable, equal parts of its last axis, in another order: gate k of the variable is
/// gate `Gates[k]` of the file's: `permuted<"lstm/kernel", 0, 2, 1, 3>` is for i, f, g, o where the model
/// has i, g, f, o.
template <fixed_string InModel, int... Gates>
constexpr checkpoint_parts::rule_of_layout<&checkpoint_parts::add_permuted, InModel, Gates...> permuted() {
    return {};
}
constexpr checkpoint_rules permuted(std::string_view in_model, std::initializer_list<int> gates) {
    checkpoint_rules rules;
    checkpoint_parts::add_permuted(rules, in_model, gates);
    return rules;
}

/// These variables of the model, and those below these scopes, alone: others are left as they are. Several add up.
template <fixed_string... InModel>
constexpr checkpoint_parts::rule_of_choice<checkpoint_parts::rule_kind::only, InModel...> only() {
    return {};
}
constexpr checkpoint_rules only(std::string_view in_model) {
    checkpoint_rules rules;
    rules.add(checkpoint_parts::rule_kind::only, {}, checkpoint_parts::without_slash(in_model));
    return rules;
}

/// All but these, and those below these scopes.
template <fixed_string... InModel>
constexpr checkpoint_parts::rule_of_choice<checkpoint_parts::rule_kind::except, InModel...> except() {
    return {};
}
constexpr checkpoint_rules except(std::string_view in_model) {
    checkpoint_rules rules;
    rules.add(checkpoint_parts::rule_kind::except, {}, checkpoint_parts::without_slash(in_model));
    return rules;
}

/// Tensors of the file that the model has no use for, and those below these names: they are not unexpected.
template <fixed_string... InFile>
constexpr checkpoint_parts::rule_of_choice<checkpoint_parts::rule_kind::ignored, InFile...> ignored() {
    return {};
}
constexpr checkpoint_rules ignored(std::string_view in_file) {
    checkpoint_rules rules;
    rules.add(checkpoint_parts::rule_kind::ignored, checkpoint_parts::without_slash(in_file), {});
    return rules;
}

/// What an optimizer keeps is left as it is, or not saved.
inline constexpr checkpoint_parts::rule_without_names<checkpoint_parts::rule_kind::only_weights> only_weights{};
/// What optimizers do not change is left as it is, or not saved: the trainable variables alone.
inline constexpr checkpoint_parts::rule_without_names<checkpoint_parts::rule_kind::only_trainable> only_trainable{};
/// Variables that the file lacks are left as they are.
inline constexpr checkpoint_parts::rule_without_names<checkpoint_parts::rule_kind::allow_missing> allow_missing{};
/// Tensors that no variable takes are passed over.
inline constexpr checkpoint_parts::rule_without_names<checkpoint_parts::rule_kind::allow_unexpected> allow_unexpected{};
/// Elements of another type are converted (cast.hpp says which).
inline constexpr checkpoint_parts::rule_without_names<checkpoint_parts::rule_kind::allow_cast> allow_cast{};

}  // namespace ambit

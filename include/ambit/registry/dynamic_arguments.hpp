// SPDX-License-Identifier: BSL-1.0
// What a dynamic model takes and gives: arrays whose spec is known at run time.
//
//     net(images);                                               // any array that a model of the compiler's would take
//     net.run({"loss"}, {{"images", images}, {"labels", labels}});
//     y.as<float>();                                             // an xtensor view, until the next call
#pragma once

#include <ambit/core/refuses.hpp>
#include <ambit/registry/array_access.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::registry_parts {

/// What results are asked for by other names than theirs, or as if their type were known: a sentence each.
struct no_members_of_results {
#define AMBIT_NO_MEMBER(name)                                                                                     \
    template <class T = int, class... Arguments>                                                                  \
    AMBIT_REFUSES("a result says as what it is read: results[\"y\"].as<float>() is a view of xtensor, "           \
                  "number<float>() a number, elements<float>() a span")                                           \
    T name(const Arguments&...) const {                                                                           \
        return {};                                                                                                \
    }
    AMBIT_NO_MEMBER(view)
    AMBIT_NO_MEMBER(array)
    AMBIT_NO_MEMBER(get)
    AMBIT_NO_MEMBER(item)
    AMBIT_NO_MEMBER(value)
    AMBIT_NO_MEMBER(operator())
#undef AMBIT_NO_MEMBER
};

}  // namespace ambit::registry_parts

namespace AMBIT_NAMESPACE {

/// A result of a call: row-major memory of the model, good until its next call.
class dynamic_value : public registry_parts::no_members_of_results {
public:
    dynamic_value() = default;
    dynamic_value(std::string_view name, const tensor_spec& spec, const std::byte* data)
        : name_(name), spec_(spec), data_(data) {}

    std::string_view name() const noexcept { return name_; }  ///< as the module's outputs call it
    const tensor_spec& spec() const noexcept { return spec_; }
    const ambit::shape& shape() const noexcept { return spec_.extents; }
    ambit::dtype dtype() const noexcept { return spec_.type; }
    const std::byte* data() const noexcept { return data_; }

    /// An xtensor view, its elements one after another, or the number that a scalar is. Throws `output_dtype` if the
    /// elements are of another type, `output_shape` if what is asked for as a number has more than one.
    template <tensor_element T> auto as() const { return registry_parts::view_at(spec_, of_type<T>()); }
    template <tensor_element T> std::span<const T> elements() const {
        return {of_type<T>(), static_cast<std::size_t>(spec_.extents.elements())};
    }
    template <tensor_element T> T number() const {
        const T* const first = of_type<T>();
        if (spec_.extents.elements() != 1) refuse(mistake::output_shape, {{}, spec_.type});
        return *first;
    }

private:
    template <class T> const T* of_type() const {
        if (spec_.type != dtype_of<T>) refuse(mistake::output_dtype, {spec_.extents, dtype_of<T>});
        return reinterpret_cast<const T*>(data_);
    }
    [[noreturn]] void refuse(mistake kind, const tensor_spec& asked) const {
        mistake_parts::reports mistakes;
        mistakes.begin(kind);
        if (!name_.empty()) mistakes.add(mistake_parts::detail_tag::name, name_);
        mistakes.add(mistake_parts::detail_tag::had, spec_);
        mistakes.add(mistake_parts::detail_tag::asked, asked);
        mistake_parts::raise(mistakes, 0);
    }

    std::string_view name_;
    tensor_spec spec_;
    const std::byte* data_ = nullptr;
};

/// The results of a call, in the order in which they were asked for; operations have none. Of a single one whatever may
/// be asked of a value.
class dynamic_results : public registry_parts::no_members_of_results {
public:
    explicit dynamic_results(std::span<const dynamic_value> values) : values_(values) {}

    std::size_t size() const noexcept { return values_.size(); }
    auto begin() const noexcept { return values_.begin(); }
    auto end() const noexcept { return values_.end(); }

    /// Throws `output_unknown` if there is none such.
    const dynamic_value& operator[](std::size_t k) const {
        if (k >= values_.size()) refuse(std::to_string(k));
        return values_[k];
    }
    const dynamic_value& operator[](std::string_view name) const {
        for (const dynamic_value& value : values_)
            if (value.name() == name) return value;
        refuse(name);
    }
    template <std::same_as<int> Index> const dynamic_value& operator[](Index k) const {
        return (*this)[static_cast<std::size_t>(k)];
    }

    const dynamic_value& single() const {
        if (values_.size() != 1) refuse("(the only one)");
        return values_[0];
    }
    operator const dynamic_value&() const { return single(); }
    const tensor_spec& spec() const { return single().spec(); }
    const ambit::shape& shape() const { return single().shape(); }
    ambit::dtype dtype() const { return single().dtype(); }
    template <tensor_element T> auto as() const { return single().as<T>(); }
    template <tensor_element T> std::span<const T> elements() const { return single().elements<T>(); }
    template <tensor_element T> T number() const { return single().number<T>(); }

private:
    [[noreturn]] void refuse(std::string_view asked) const {
        mistake_parts::reports mistakes;
        mistakes.begin(mistake::output_unknown);
        mistakes.add(mistake_parts::detail_tag::name, asked);
        std::string line = "the call computed " + std::to_string(values_.size()) + " values:";
        for (const dynamic_value& value : values_) line += ' ' + std::string(value.name());
        mistakes.add(mistake_parts::detail_tag::rule, line);
        mistake_parts::raise(mistakes, 0);
    }

    std::span<const dynamic_value> values_;
};

/// Anything that an input is given: containers, views and lazy expressions of xtensor, contiguous memory, numbers,
/// results of a model. It refers to the array, and lives as long as the call.
class dynamic_argument {
public:
    template <class X>
        requires(!std::is_same_v<X, dynamic_argument>)
    dynamic_argument(const X& x)  // NOLINT: implicit, as arguments are
        : object_(&x), copy_(&copy<X>) {
        if constexpr (std::is_convertible_v<const X&, const dynamic_value&>) {
            const dynamic_value& value = x;
            spec_ = value.spec();
            rank_ = spec_.extents.rank();
            data_ = value.data();
        } else {
            using element = typename decltype(model_parts::element_type_of<X>())::type;
            spec_.type = dtype_of<element>;
            data_ = static_cast<const std::byte*>(model_parts::contiguous_data(x));
            if constexpr (model_parts::xtensor_expression<X>) {
                rank_ = static_cast<int>(x.dimension());
                for (std::size_t axis = 0; axis < x.dimension() && axis < std::size_t{core_parts::max_rank}; ++axis)
                    spec_.extents.append(static_cast<std::int64_t>(x.shape(axis)));
            } else if constexpr (model_parts::contiguous_memory<X>) {
                is_shapeless_ = true;
                rank_ = 1;
                spec_.extents.append(static_cast<std::int64_t>(x.size()));
            }
        }
    }

    const tensor_spec& spec() const { return spec_; }
    int rank() const { return rank_; }
    bool is_shapeless() const { return is_shapeless_; }

    /// The array's own memory, row-major, or null.
    const std::byte* data() const { return data_; }
    /// Evaluates it into memory for the elements of `spec`.
    void copy_to(const tensor_spec& spec, std::byte* to) const { copy_(object_, spec, to); }

private:
    template <class X> static void copy(const void* object, const tensor_spec& spec, std::byte* to) {
        const X& x = *static_cast<const X*>(object);
        if constexpr (std::is_convertible_v<const X&, const dynamic_value&>) {
            const dynamic_value& value = x;
            std::memmove(to, value.data(), static_cast<std::size_t>(spec.bytes()));
        } else {
            registry_parts::copy_array(x, spec, to);
        }
    }

    const void* object_;
    void (*copy_)(const void*, const tensor_spec&, std::byte*);
    tensor_spec spec_;
    int rank_ = 0;
    bool is_shapeless_ = false;
    const std::byte* data_ = nullptr;
};

/// `{"images", images}`
struct named_argument {
    std::string_view name;
    dynamic_argument value;
};

/// An input as a dynamic model declares it: `spec(float32, {32, 784})`, or with a name, `{"images", spec(…)}`.
struct dynamic_input {
    std::string name;
    tensor_spec spec;

    dynamic_input(const tensor_spec& of) : spec(of) {}  // NOLINT: implicit
    dynamic_input(std::string_view its_name, const tensor_spec& of) : name(its_name), spec(of) {}
};

}  // namespace ambit

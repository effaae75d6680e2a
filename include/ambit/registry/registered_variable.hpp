// SPDX-License-Identifier: BSL-1.0
// A variable of a registry: what a module said of it when it was created, and its memory, which lies where it is as
// long as anybody holds the variable.
//
//     for (const auto& v : reg.variables("conv1")) std::cout << v->path() << ' ' << v->elements() << '\n';
#pragma once

#include <ambit/core/place.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/model/parameters.hpp>
#include <ambit/scope/initial_values.hpp>
#include <ambit/scope/regularizer.hpp>
#include <ambit/scope/variable_store.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::registry_parts {

/// Calls `f.template operator()<T>()` with the element type of a dtype known at run time.
template <class F> decltype(auto) with_element_type(dtype type, F&& f) {
    switch (type) {
        case dtype::float32: return f.template operator()<float>();
        case dtype::float64: return f.template operator()<double>();
        case dtype::int32: return f.template operator()<std::int32_t>();
        case dtype::int64: return f.template operator()<std::int64_t>();
        case dtype::uint8: return f.template operator()<std::uint8_t>();
        default: return f.template operator()<bool>();
    }
}

/// In front of all else, where a lookup finds it beside the count of who holds the variable.
struct path_of_variable {
    std::string path;
};

/// What is known of a variable beside its value. A local one is of each model alone: the registry has no memory of it.
struct variable_facts : path_of_variable, variable_traits {
    ambit::initializer initial;     // without its list
    std::vector<double> list;
    std::string begins_as;          // the path that its random initial values depend on: its own, most often
    ambit::constraint constraint = no_constraint;
    ambit::regularizer regularizer = no_regularizer;
    std::int64_t serial = 0;        // grows with the order of creation in its registry
};

}  // namespace ambit::registry_parts

namespace AMBIT_NAMESPACE {

/// Row-major memory at a multiple of 64 bytes. Readers need no more than what is constant here; whoever writes says so
/// by `raise_generation`.
class registered_variable {
public:
    explicit registered_variable(registry_parts::variable_facts known) : facts_(std::move(known)) {}
    registered_variable(const registered_variable&) = delete;
    registered_variable& operator=(const registered_variable&) = delete;

    const std::string& path() const noexcept { return facts_.path; }
    const tensor_spec& spec() const noexcept { return facts_.spec; }
    const ambit::shape& shape() const noexcept { return facts_.spec.extents; }
    ambit::dtype dtype() const noexcept { return facts_.spec.type; }
    std::int64_t elements() const noexcept { return facts_.spec.extents.elements(); }
    std::int64_t bytes() const noexcept { return facts_.spec.bytes(); }

    scope_parts::variable_role role() const noexcept { return facts_.role; }
    bool is_trainable() const noexcept { return facts_.trainable; }
    /// Of each model alone: the registry knows it, so that its name is taken, and has no value of it.
    bool is_local() const noexcept { return facts_.local; }
    int uses() const noexcept { return facts_.uses; }
    /// The line that created it.
    const core_parts::place& made() const noexcept { return facts_.made; }

    /// Rises whenever the value is written: what is made of the value (a layout that a kernel prefers) is kept with it.
    std::uint64_t generation() const noexcept { return *generation_; }
    void raise_generation() noexcept { ++*generation_; }
    /// Where it is counted: static models that write the variable count there, too.
    std::uint64_t* generation_address() noexcept { return generation_; }

    /// Null of a local one.
    const std::byte* data() const noexcept { return data_; }
    std::byte* data() noexcept { return data_; }

    const registry_parts::variable_facts& facts() const noexcept { return facts_; }
    registry_parts::variable_facts& facts() noexcept { return facts_; }

    /// Takes memory, or uses that of somebody else: once, before anybody else knows the variable.
    void allocate() {
        memory_ = model_parts::allocate_aligned(bytes());
        data_ = memory_.get();
    }
    void use(std::shared_ptr<std::byte[]> owner, std::byte* data, std::uint64_t* generation) {
        memory_ = std::move(owner);
        data_ = data;
        generation_ = generation;
        is_mounted_ = true;
    }

    /// Bytes that count for the limit of its registry.
    std::int64_t own_bytes() const noexcept { return is_local() || is_mounted_ ? 0 : bytes(); }

    /// Writes the initial value, which depends on the seed, the path and the element, on nothing else. The user's own
    /// initializer may throw.
    void write_initial_value(seed s, std::byte* to) const {
        const initializer values = facts_.initial.with_values({facts_.list.data(), facts_.list.size()});
        const math_parts::philox_key key(s.value, facts_.begins_as);
        registry_parts::with_element_type(dtype(), [&]<class T>() {
            fill(values, shape(), key, std::span<T>(reinterpret_cast<T*>(to), static_cast<std::size_t>(elements())));
        });
    }

private:
    registry_parts::variable_facts facts_;
    std::shared_ptr<std::byte[]> memory_;
    std::byte* data_ = nullptr;
    bool is_mounted_ = false;
    std::uint64_t own_generation_ = 1;
    std::uint64_t* generation_ = &own_generation_;
};

}  // namespace ambit

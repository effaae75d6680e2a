// SPDX-License-Identifier: BSL-1.0
// The families of ops that dynamic models run. Each is compiled where its header is included: in a file of the library
// `ambit::dynamic`, or in the unit that includes <ambit/dynamic_kernels.hpp>.
#pragma once

#include <ambit/registry/kernel_table.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

void add_ops_of_arithmetic(kernel_table& table);
void add_ops_of_comparison(kernel_table& table);
void add_ops_of_functions(kernel_table& table);
void add_ops_of_products(kernel_table& table);
void add_ops_of_reductions(kernel_table& table);
void add_ops_of_arrays(kernel_table& table);
void add_ops_of_lookup(kernel_table& table);
void add_ops_of_convolutions(kernel_table& table);
void add_ops_of_images(kernel_table& table);
void add_ops_of_random(kernel_table& table);
void add_chains(kernel_table& table);

[[gnu::weak]] void link_with_ambit_dynamic_or_include_dynamic_kernels(kernel_table& table) {
    add_ops_of_arithmetic(table);
    add_ops_of_comparison(table);
    add_ops_of_functions(table);
    add_ops_of_products(table);
    add_ops_of_reductions(table);
    add_ops_of_arrays(table);
    add_ops_of_lookup(table);
    add_ops_of_convolutions(table);
    add_ops_of_images(table);
    add_ops_of_random(table);
    add_chains(table);
}

}  // namespace ambit::registry_parts

// SPDX-License-Identifier: BSL-1.0
// Writes a sample of random scope programs as C++, with what the model of the rules says as expectations: the
// compiler runs them, and the test does again.
//
//     emit_scope_programs 40 scope_programs.cpp
#include "scope_emitter.hpp"
#include "scope_generator.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>

using namespace ambit_test;

int main(int count, char** arguments) {
    if (count != 3) {
        std::cerr << "emit_scope_programs <how many> <file>\n";
        return EXIT_FAILURE;
    }
    const auto programs = static_cast<std::uint64_t>(std::atoi(arguments[1]));
    std::ofstream out(arguments[2]);
    out << "// SPDX-License-Identifier: BSL-1.0\n"
           "// Random scope programs with what the rules say about them, written by emit_scope_programs.\n"
           "#include <ambit/graph/builder.hpp>\n"
           "#include <ambit/graph/collect.hpp>\n"
           "#include <ambit/ops/all.hpp>\n"
           "#include <ambit/scope/scope.hpp>\n"
           "#include <ambit/scope/template.hpp>\n\n"
           "#include \"support/scope_functions.hpp\"\n"
           "#include \"support/scope_observations.hpp\"\n"
           "#include \"unit/scope/both_worlds.hpp\"\n\n"
           "#include <array>\n\n"
           "using namespace ambit;\n"
           "using namespace ambit_test;\n\n"
           "namespace {\n";
    for (std::uint64_t seed = 0; seed < programs; ++seed) {
        const program p = random_program(seed);
        out << '\n'
            << as_function(p, "program_" + std::to_string(seed), wanted_of(p, after_mistake::goes_on));
    }
    out << "\n}  // namespace\n\n"
           "TEST_CASE(\"random scope programs in the compiler and at run time\", \"[laws]\") {\n";
    for (std::uint64_t seed = 0; seed < programs; ++seed)
        out << "    IN_BOTH_WORLDS(program_" << seed << ");\n";
    out << "}\n";
    return out.flush() ? EXIT_SUCCESS : EXIT_FAILURE;
}

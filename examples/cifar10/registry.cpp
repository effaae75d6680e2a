// SPDX-License-Identifier: BSL-1.0
// As many towers as the command line says: the module that the compiler makes two of runs on a registry.
#include "program.hpp"

#include <ambit/registry.hpp>

namespace cifar10 {

void run_on_registry(const options& wanted) {
    const picture_sets sets = read_sets(wanted);
    print_origin(sets);
    const std::int64_t towers = wanted.towers.value(), each = pictures_a_step / towers;
    registry variables(seed{wanted.seed});
    dynamic_model net(variables, learner{},
                      {{"images", spec(float32, {towers, each, side, side, 3})},
                       {"labels", spec(int32, {towers, each})}});
    std::cout << towers << (towers == 1 ? " tower of " : " towers of ") << each << " pictures\n";
    for (const auto& v : variables.collection(collections::trainable_variables))
        std::cout << "  " << v->path() << ", " << v->elements() << " elements, used " << v->uses() << " times\n";
    judge reader(seed{wanted.seed});
    bind(reader, variables, "");  // which is compiled, on the variables of the registry
    run(wanted, sets, variables, reader, [&](const auto& images, const auto& labels) {
        return net.run({"loss", "train"}, {{"images", images}, {"labels", labels}})["loss"].template number<float>();
    });
}

}  // namespace cifar10

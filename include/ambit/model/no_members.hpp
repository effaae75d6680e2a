// SPDX-License-Identifier: BSL-1.0
// What models of other libraries have as members, or do by operators: a sentence each, where it was written.
#pragma once

#include <ambit/core/refuses.hpp>

namespace AMBIT_NAMESPACE::model_parts {

struct no_members {
#define AMBIT_NO_MEMBER(name, sentence) \
    template <class... Arguments>       \
    AMBIT_REFUSES(sentence)             \
    int(name)(const Arguments&...) const { return 0; }
#define AMBIT_IS_CALLED(name) AMBIT_NO_MEMBER(name, "a model is called: net(x), or net.run<&outputs::logits>(x)")
    AMBIT_IS_CALLED(forward)
    AMBIT_IS_CALLED(predict)
#undef AMBIT_IS_CALLED
    AMBIT_NO_MEMBER(save, "the function is save(net, \"net.safetensors\"), of ambit/checkpoint/save.hpp")
    AMBIT_NO_MEMBER(load, "the function is load(net, \"net.safetensors\"), of ambit/checkpoint/load.hpp")
    AMBIT_NO_MEMBER(state_dict, "a model's variables are net.parameters(), one of them net.get<\"hidden/weights\">()")
    AMBIT_NO_MEMBER(weights, "a model's variables are net.parameters(), one of them net.get<\"hidden/weights\">()")
    AMBIT_NO_MEMBER(compile, "the compiler has done it; optimizer and loss are the module's: minimize(s, loss, adam{})")
    AMBIT_NO_MEMBER(to, "a model runs on the processor that it was compiled for, and nowhere else")
    AMBIT_NO_MEMBER(cuda, "a model runs on the processor that it was compiled for, and nowhere else")
    AMBIT_NO_MEMBER(summary, "the function is summary(net), of ambit/io/summary.hpp")
#define AMBIT_IS_TRAINED(name)                                                               \
    AMBIT_NO_MEMBER(name, "a step is an output that calls ask for, made by minimize(s, loss, adam{}): " \
                          "net.run<&outputs::train>(x)")
    AMBIT_IS_TRAINED(fit)
    AMBIT_IS_TRAINED(backward)
    AMBIT_IS_TRAINED(step)
    AMBIT_IS_TRAINED(minimize)
    AMBIT_IS_TRAINED(zero_grad)
#undef AMBIT_IS_TRAINED
#define AMBIT_IS_SAID_BY_THE_MODULE(name)                                                                       \
    AMBIT_NO_MEMBER(name, "training or not is said by the module: dropout(s, x, {.training = false}) in another output")
    AMBIT_IS_SAID_BY_THE_MODULE(train)
    AMBIT_IS_SAID_BY_THE_MODULE(eval)
#undef AMBIT_IS_SAID_BY_THE_MODULE
#undef AMBIT_NO_MEMBER

    AMBIT_REFUSES("a variable is got by its path, known to the compiler: net.get<\"hidden/weights\">()")
    int operator[](const char*) const { return 0; }

    template <class Stream>
        requires requires(Stream& out) { out.rdbuf(); }
    AMBIT_REFUSES("a model is shown by summary(net), of ambit/io/summary.hpp: std::cout << summary(net)")
    friend Stream& operator<<(Stream& out, const no_members&) { return out; }
};

}  // namespace ambit::model_parts

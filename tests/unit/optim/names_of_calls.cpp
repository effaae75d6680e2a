// SPDX-License-Identifier: BSL-1.0
// Whatever takes a name refuses one that is none, with one mistake that says it as it was asked for.
#include <ambit/autodiff/gradients.hpp>
#include <ambit/graph/builder.hpp>
#include <ambit/nn/batch_normalization.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/conv_transpose.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/dropout.hpp>
#include <ambit/nn/group_normalization.hpp>
#include <ambit/nn/layer_normalization.hpp>
#include <ambit/nn/normalize.hpp>
#include <ambit/nn/separable_conv.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/exponential_moving_average.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/reduce_on_plateau.hpp>
#include <ambit/optim/schedules.hpp>
#include <ambit/optim/sgd.hpp>
#include <ambit/scope/template.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace ambit;

namespace {

/// A graph with a value of each kind.
struct values {
    graph_builder builder{mistake_parts::on_mistake::collect};
    scope root{builder};
    tensor x = builder.input({{2, 4}, float32});
    tensor y = builder.input({{2, 4}, float32});
    tensor square_matrix = builder.input({{4, 4}, float32});
    tensor row = builder.input({{4}, float32});
    tensor series = builder.input({{1, 4, 2}, float32});
    tensor image = builder.input({{1, 4, 4, 2}, float32});
    tensor kernel = builder.input({{3, 3, 2, 2}, float32});
    tensor box = builder.input({{2, 2}, int32});
    tensor ids = builder.input({{2}, int32});
    tensor flags = builder.input({{2, 4}, boolean});
    tensor flag = builder.input({{}, boolean});
    tensor step = builder.input({{}, int32});
    variable w = root.get_variable("w", {2, 4});
    variable other = root.get_variable("other", {2, 4});
};

using given_name = std::string_view;
struct call {
    const char* what;
    void (*make)(values&, given_name);
};

#define CALL(what, ...) call{what, [](values& v, [[maybe_unused]] given_name n) { static_cast<void>(__VA_ARGS__); }}

const std::vector<call> ops{
    CALL("abs", abs(v.x, {n})), CALL("add", add(v.x, 1, {n})), CALL("bias_add", bias_add(v.x, v.row, {n})),
    CALL("clip", clip(v.x, 0, 1, {n})), CALL("relu6", relu6(v.x, {n})), CALL("div", div(v.x, v.y, {n})),
    CALL("floor_div", floor_div(v.x, v.y, {n})), CALL("floor_mod", floor_mod(v.x, v.y, {n})),
    CALL("maximum", maximum(v.x, v.y, {n})), CALL("neg", neg(v.x, {n})), CALL("floor", floor(v.x, {n})),
    CALL("sign", sign(v.x, {n})), CALL("broadcast_to", broadcast_to(v.x, {3, 2, 4}, {n})),
    CALL("broadcast_to the same", broadcast_to(v.x, {2, 4}, {n})), CALL("cast", cast(v.x, int32, {n})),
    CALL("cast to the same", cast(v.x, float32, {n})), CALL("concat", concat({v.x, v.y}, 0, {n})),
    CALL("concat of one", concat({v.x}, 0, {n})), CALL("stack", stack({v.x, v.y}, 0, {n})),
    CALL("constant", constant(v.root, 1.0f, {2}, {.name = n})),
    CALL("constant list", constant(v.root, {1.0f, 2.0f}, {2}, {.name = n})),
    CALL("constant array", constant(v.root, std::array<float, 2>{}, {.name = n})),
    CALL("fill", fill(v.root, {2}, 1.0f, {.name = n})), CALL("zeros", zeros(v.root, {2}, {.name = n})),
    CALL("zeros_like", zeros_like(v.x, {n})), CALL("ones_like", ones_like(v.x, {n})), CALL("diag", diag(v.row, {n})),
    CALL("diag_part", diag_part(v.square_matrix, {n})), CALL("eye", eye(v.root, 3, {.name = n})),
    CALL("expand_dims", expand_dims(v.x, 0, {n})), CALL("squeeze", squeeze(v.image, {0}, {n})),
    CALL("flatten", flatten(v.image, {n})), CALL("flatten a matrix", flatten(v.x, {n})),
    CALL("pad", pad(v.x, {{1, 1}, {0, 0}}, {.name = n})),
    CALL("pad by reflection", pad(v.x, {{1, 1}, {0, 0}}, {.mode = pad_mode::reflect, .name = n})),
    CALL("range", range(v.root, 4, {.name = n})), CALL("linspace", linspace(v.root, 0.0f, 1.0f, 4, {.name = n})),
    CALL("reshape", reshape(v.x, {8}, {n})), CALL("reshape to the same", reshape(v.x, {2, 4}, {n})),
    CALL("reverse", reverse(v.x, {0}, {n})),
    CALL("reverse_sequence", reverse_sequence(v.x, v.ids, {.name = n})),
    CALL("slice", slice(v.x, {0, 0}, {1, 2}, {n})),
    CALL("strided_slice", strided_slice(v.x, {.begin = {0, 0}, .end = {2, 2}, .name = n})),
    CALL("split", split(v.x, 2, 1, {n})), CALL("split by sizes", split(v.x, {1, 3}, 1, {n})),
    CALL("unstack", unstack(v.x, 0, {n})), CALL("tile", tile(v.x, {1, 2}, {n})),
    CALL("transpose", transpose(v.x, {}, {n})), CALL("is_nan", is_nan(v.x, {n})),
    CALL("is_finite", is_finite(v.x, {n})), CALL("equal", equal(v.x, v.y, {n})), CALL("less", less(v.x, 1, {n})),
    CALL("logical_and", logical_and(v.flags, v.flags, {n})), CALL("logical_not", logical_not(v.flags, {n})),
    CALL("where", where(v.flags, v.x, v.y, {n})), CALL("where_greater", op_parts::where_greater(v.x, v.y, v.x, {n})),
    CALL("identity", identity(v.x, {n})), CALL("stop_gradient", stop_gradient(v.x, {n})),
    CALL("moving_average", moving_average(v.x, v.y, 0.5, {n})), CALL("elu", elu(v.x, {.name = n})),
    CALL("selu", selu(v.x, {n})), CALL("erf", erf(v.x, {n})), CALL("exp", ambit::exp(v.x, {n})),
    CALL("expm1", ambit::expm1(v.x, {n})), CALL("gelu", gelu(v.x, {.name = n})),
    CALL("gelu by tanh", gelu(v.x, {.approximate = true, .name = n})),
    CALL("leaky_relu", leaky_relu(v.x, {.name = n})), CALL("prelu", prelu(v.x, v.row, {n})),
    CALL("log_softmax", log_softmax(v.x, {.name = n})), CALL("pow", ambit::pow(v.x, 2, {n})),
    CALL("reciprocal", reciprocal(v.x, {n})), CALL("softmax", softmax(v.x, {.name = n})),
    CALL("softplus", softplus(v.x, {n})), CALL("swish", swish(v.x, {n})),
    CALL("squared_difference", squared_difference(v.x, v.y, {n})), CALL("tanh", ambit::tanh(v.x, {n})),
    CALL("tan", ambit::tan(v.x, {n})), CALL("asin", ambit::asin(v.x, {n})), CALL("acos", ambit::acos(v.x, {n})),
    CALL("atan", ambit::atan(v.x, {n})), CALL("atan2", ambit::atan2(v.x, v.y, {n})),
    CALL("sinh", ambit::sinh(v.x, {n})), CALL("cosh", ambit::cosh(v.x, {n})),
    CALL("asinh", ambit::asinh(v.x, {n})), CALL("acosh", ambit::acosh(v.x, {n})),
    CALL("atanh", ambit::atanh(v.x, {n})), CALL("hard_sigmoid", hard_sigmoid(v.x, {n})),
    CALL("hard_swish", hard_swish(v.x, {n})), CALL("mish", mish(v.x, {n})),
    CALL("log_sigmoid", log_sigmoid(v.x, {n})), CALL("celu", celu(v.x, {.name = n})),
    CALL("band_part", band_part(v.x, 0, 0, {n})), CALL("band_part of all", band_part(v.x, -1, -1, {n})),
    CALL("gather_nd", gather_nd(v.x, expand_dims(v.ids, 1), {n})),
    CALL("scatter_nd", scatter_nd(expand_dims(v.ids, 1), v.x, {5, 4}, {n})),
    CALL("scatter_update", scatter_update(v.x, v.ids, v.y, {n})),
    CALL("negative_log_likelihood", negative_log_likelihood(v.x, v.ids, {n})),
    CALL("einsum", einsum("ij,kj->ki", {v.x, v.y}, {n})), CALL("einsum of one", einsum("ij->ij", {v.x}, {n})),
    CALL("einsum, a sum", einsum("ij->i", {v.x}, {n})), CALL("einsum, a diagonal", einsum("ii", {v.square_matrix}, {n})),
    CALL("conv1d dilated", conv1d(v.series, reshape(v.row, {1, 2, 2}), {.dilation = 2, .name = n})),
    CALL("conv2d_transpose of groups", conv2d_transpose(v.image, v.kernel, any_shape, {.groups = 2, .name = n})),
    CALL("conv2d_transpose dilated",
         conv2d_transpose(v.image, v.kernel, any_shape, {.dilations = {2, 2}, .name = n})),
    CALL("resize_bicubic", resize_bicubic(v.image, 8, 8, {.name = n})),
    CALL("crop_and_resize", crop_and_resize(v.image, v.square_matrix, reshape(v.box, {4}), 2, 2, {.name = n})),
    CALL("conv1d", conv1d(v.series, reshape(v.row, {1, 2, 2}), {.name = n})),
    CALL("conv2d", conv2d(v.image, v.kernel, {.padding = same, .name = n})),
    CALL("conv2d dilated", conv2d(v.image, v.kernel, {.padding = same, .dilations = {2, 2}, .name = n})),
    CALL("conv2d_transpose", conv2d_transpose(v.image, v.kernel, {1, 4, 4, 2}, {.padding = same, .name = n})),
    CALL("depthwise_conv2d", depthwise_conv2d(v.image, v.kernel, {.padding = same, .name = n})),
    CALL("separable_conv2d", separable_conv2d(v.image, v.kernel, reshape(v.square_matrix, {1, 1, 4, 4}),
                                              {.padding = same, .name = n})),
    CALL("local_response_normalization", local_response_normalization(v.image, {.name = n})),
    CALL("max_pool", max_pool(v.image, {.name = n})), CALL("avg_pool", avg_pool(v.image, {.name = n})),
    CALL("max_pool1d", max_pool1d(v.series, {.name = n})), CALL("avg_pool1d", avg_pool1d(v.series, {.name = n})),
    CALL("resize_nearest", resize_nearest(v.image, 8, 8, {.name = n})),
    CALL("resize_bilinear", resize_bilinear(v.image, 8, 8, {.name = n})),
    CALL("space_to_depth", space_to_depth(v.image, 2, {n})),
    CALL("depth_to_space", depth_to_space(reshape(v.square_matrix, {1, 2, 2, 4}), 2, {n})),
    CALL("argmax", argmax(v.x, 1, {n})), CALL("argmin", argmin(v.x, 1, {n})),
    CALL("batch_gather", batch_gather(v.x, expand_dims(v.ids, 1), {n})),
    CALL("gather", gather(v.x, v.ids, {.name = n})), CALL("gather along 1", gather(v.x, v.ids, {.axis = 1, .name = n})),
    CALL("embedding_lookup", embedding_lookup(v.x, v.ids, {n})), CALL("one_hot", one_hot(v.ids, 3, {.name = n})),
    CALL("scatter", scatter(v.ids, v.x, {5, 4}, {n})),
    CALL("unsorted_segment_sum", unsorted_segment_sum(v.x, v.ids, 3, {n})),
    CALL("scatter_add", scatter_add(v.x, v.ids, v.y, {n})), CALL("top_k", top_k(v.x, 2, {n})),
    CALL("confusion_matrix", confusion_matrix(v.ids, v.ids, 3, {n})), CALL("huber", huber(v.x, 1, {n})),
    CALL("in_top_k", in_top_k(v.x, v.ids, 2, {n})),
    CALL("sigmoid_cross_entropy", sigmoid_cross_entropy(v.x, v.y, {n})),
    CALL("softmax_cross_entropy", softmax_cross_entropy(v.x, v.y, {n})),
    CALL("sparse_softmax_cross_entropy", sparse_softmax_cross_entropy(v.x, v.ids, {n})),
    CALL("matmul", matmul(v.x, v.square_matrix, {.name = n})),
    CALL("random_uniform", random_uniform(v.root, {2}, {.name = n})),
    CALL("random_normal", random_normal(v.root, {2}, {.name = n})),
    CALL("truncated_normal", truncated_normal(v.root, {2}, {.name = n})),
    CALL("count_nonzero", count_nonzero(v.x, {.name = n})), CALL("cumsum", cumsum(v.x, 0, {.name = n})),
    CALL("moments", moments(v.x, {.name = n})), CALL("reduce_variance", reduce_variance(v.x, {.name = n})),
    CALL("norm", norm(v.x, {.name = n})), CALL("l2_normalize", l2_normalize(v.x, {.axes = {1}, .name = n})),
    CALL("reduce_sum", reduce_sum(v.x, {.name = n})), CALL("reduce_mean", reduce_mean(v.x, {.name = n})),
    CALL("reduce_sum of a scalar", reduce_sum(v.step, {.name = n})),
    CALL("reduce_any", reduce_any(v.flags, {.name = n})), CALL("reduce_prod", reduce_prod(v.x, {.name = n})),
    CALL("reduce_logsumexp", reduce_logsumexp(v.x, {.name = n})),
};

const std::vector<call> others{
    CALL("assign", assign(v.w, v.x, {n})), CALL("assign_add", assign_add(v.w, v.x, {n})),
    CALL("assign_sub", assign_sub(v.w, v.x, {n})), CALL("assign of a variable", assign(v.w, v.other, {n})),
    CALL("group", group({assign(v.w, v.x)}, {n})),
    CALL("with_dependencies", with_dependencies({assign(v.w, v.x)}, v.y, {n})),
    CALL("check_finite", check_finite(v.x, {n})), CALL("check_range", check_range(v.x, {.high = 1, .name = n})),
    CALL("cond", cond(v.root, v.flag, [&](scope&) { return v.x; }, [&](scope&) { return v.y; }, {n})),
    CALL("scan", scan(v.root, [](scope&, tensor h, tensor e) { return h + e; }, v.x, v.row, {.name = n})),
    CALL("scan of a number", scan(v.root, [](scope&, tensor h, tensor) { return h + 1; }, 3, v.row, {.name = n})),
    CALL("while_loop", while_loop(v.root, [&](scope&, tensor) { return v.flag; },
                                  [](scope&, tensor h) { return h + 1; }, v.x, {.name = n})),
    CALL("minimize", minimize(v.root, reduce_sum(v.w * v.other), adam{}, {.name = n})),
    CALL("exponential_moving_average",
         exponential_moving_average{.decay = 0.9}.apply(v.root, v.root.trainable_variables(), {n})),
    CALL("dropout", dropout(v.root, v.x, {.name = n})), CALL("normalize", normalize(v.x, v.row, v.row, {.name = n})),
    CALL("dense", dense(v.root, n, v.x, 3)), CALL("conv", conv(v.root, n, v.image, 3, {3, 3})),
    CALL("conv_transpose", conv_transpose(v.root, n, v.image, 3, {3, 3})),
    CALL("separable_conv", separable_conv(v.root, n, v.image, 3, {3, 3})),
    CALL("batch_normalization", batch_normalization(v.root, n, v.x)),
    CALL("layer_normalization", layer_normalization(v.root, n, v.x)),
    CALL("group_normalization", group_normalization(v.root, n, v.image, {.groups = 2})),
    CALL("variable_scope", v.root.variable_scope(n)), CALL("name_scope", v.root.name_scope(n)),
    CALL("default_name", v.root.variable_scope({.default_name = n})),
    CALL("unique_op_name", v.root.unique_op_name(n)), CALL("get_variable", v.root.get_variable(n, {2})),
    CALL("get_variable of a value", v.root.get_variable(n, 1.0f)), CALL("variable", v.root.variable(n, {2})),
    CALL("get_local_variable", v.root.get_local_variable(n, {2})),
    CALL("make_template", make_template(v.root, n, [](scope& s) { return s.get_variable("a", {2}); })(v.root)),
};

void expect_refused(const std::vector<call>& calls, given_name asked) {
    for (const call& it : calls) {
        values v;
        it.make(v, asked);
        const auto& told = v.builder.mistakes();
        INFO(it.what << " named '" << asked << "'");
        for (int i = 1; i < told.size(); ++i) FAIL_CHECK(mistake_parts::to_string(told, i));
        if (told.size() == 0) continue;
        CHECK(name_of(told[0].kind) == name_of(mistake::invalid_name));
        const std::string words = mistake_parts::to_string(told, 0);
        CHECK_THAT(words, Catch::Contains("name " + std::string(asked)));
        CHECK_THAT(words, Catch::Contains("names_of_calls.cpp"));
    }
}

}  // namespace

TEST_CASE("whatever takes a name refuses what is none", "[optim]") {
    expect_refused(ops, "no good/");
    for (const given_name asked : {"no good", "_begins", "a//b"}) {
        expect_refused(ops, asked);
        expect_refused(others, asked);
    }
}

TEST_CASE("whatever takes a name takes a good one", "[optim]") {
    for (const auto* calls : {&ops, &others})
        for (const call& it : *calls) {
            values v;
            it.make(v, "good");
            INFO(it.what);
            if (v.builder.mistakes().size() > 0) FAIL_CHECK(mistake_parts::to_string(v.builder.mistakes(), 0));
        }
}

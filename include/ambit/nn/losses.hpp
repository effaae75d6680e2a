// SPDX-License-Identifier: BSL-1.0
// Losses made of ops. Those of classifiers are ops, one loss a row: ops/losses/sparse_softmax_cross_entropy.hpp,
// ops/losses/softmax_cross_entropy.hpp and ops/losses/sigmoid_cross_entropy.hpp.
//
//     tensor loss = huber_loss(predictions, targets, {.delta = 0.5});                     // the mean, a scalar
//     tensor sum  = mean_squared_error(predictions, targets, {.reduction = reduction::sum});
//     tensor mean = compute_weighted_loss(sparse_softmax_cross_entropy(logits, labels), {.weights = mask});
//
// Weights are a scalar, or have the losses' extents from the first axis on, or 1: one weight an example is `[batch]`.
// What has the weight 0 takes no part, even if its loss is NaN: so a mask of 1 and 0 (or true and false) leaves out
// what fills up the last batch, whose labels may be no class. (Its predictions must be finite, though, or gradients are
// 0 times NaN.) Predictions and targets are broadcast with each other. Labels and weights may have any
// dtype.
#pragma once

#include <ambit/core/choice.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

namespace AMBIT_NAMESPACE {

/// What becomes of the losses of a batch.
enum class reduction {
    mean,  ///< a scalar: Σ weight · loss / Σ weight; 0 if all weights are
    sum,   ///< a scalar: Σ weight · loss
    none   ///< weight · loss, one by one
};

/// The `.reduction` of a loss.
class reduction_option : public core_parts::choice<reduction> {
public:
    using choice::choice;
    template <core_parts::mistaken_for<reduction> Other>
    AMBIT_REFUSES("a reduction is reduction::mean, reduction::sum or reduction::none: {.reduction = reduction::sum}")
    constexpr reduction_option(Other) : choice(reduction::mean) {}
};

struct loss_options {
    tensor weights = {};  ///< none given: 1 for each loss
    reduction_option reduction = ambit::reduction::mean;
};

namespace refused_parts {
struct reduction_as_argument {
    AMBIT_REFUSES("the reduction is an option: mean_squared_error(x, y, {.reduction = reduction::sum})")
    constexpr reduction_as_argument(reduction) {}
    AMBIT_REFUSES("the reduction is an option, and no text: mean_squared_error(x, y, {.reduction = reduction::sum})")
    constexpr reduction_as_argument(const char*) {}
};
}  // namespace refused_parts

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr tensor of_dtype(const tensor& x, dtype type) {
    return x.dtype() == type ? x : cast(x, type);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// One loss of many.
///
///     tensor loss = compute_weighted_loss(losses, {.weights = mask});  // [32] and [32] -> []
constexpr tensor compute_weighted_loss(const tensor& losses, const loss_options& options = {},
                                       const location& at = location::current()) {
    const graph_parts::line_of_call here(losses, at);
    if (options.weights.builder() == nullptr) {
        if (options.reduction == reduction::none) return losses;
        return options.reduction == reduction::sum ? reduce_sum(losses) : reduce_mean(losses);
    }
    tensor weights = op_parts::of_dtype(options.weights, losses.dtype());
    if (const shape given = weights.shape(); given.rank() > 0 && given.rank() < losses.shape().rank()) {
        shape aligned = given;
        while (aligned.rank() < losses.shape().rank()) aligned.append(1);
        weights = reshape(weights, aligned);
    }
    const tensor weighted = mul(losses, weights);
    const tensor counted = where(ambit::not_equal(weights, 0), weighted, 0);
    if (options.reduction == reduction::none) return counted;
    const tensor total = reduce_sum(counted);
    if (options.reduction == reduction::sum) return total;
    const tensor once = reduce_sum(weights);
    const double times =
        static_cast<double>(counted.shape().elements()) / static_cast<double>(weights.shape().elements());
    const tensor weight = mul(once, times);
    // Where nothing counts the total is 0: divided by 1 it stays that.
    const tensor divisor = where(ambit::equal(weight, 0), 1, weight);
    return div(total, divisor);
}

/// (predictions - targets)²
///
///     tensor loss = mean_squared_error(predictions, targets);
constexpr tensor mean_squared_error(const tensor& predictions, const tensor& targets, const loss_options& options = {},
                                    const location& at = location::current()) {
    const graph_parts::line_of_call here(predictions, at);
    const tensor errors = sub(predictions, targets);
    const tensor losses = square(errors);
    return compute_weighted_loss(losses, options);
}

/// |predictions - targets|
///
///     tensor loss = absolute_difference(predictions, targets, {.weights = mask});
constexpr tensor absolute_difference(const tensor& predictions, const tensor& targets, const loss_options& options = {},
                                     const location& at = location::current()) {
    const graph_parts::line_of_call here(predictions, at);
    const tensor errors = sub(predictions, targets);
    const tensor losses = abs(errors);
    return compute_weighted_loss(losses, options);
}

struct huber_loss_options {
    double delta = 1;  ///< where the parabola becomes a line: above 0
    tensor weights = {};
    reduction_option reduction = ambit::reduction::mean;
};

/// error²/2 up to an error of delta, then delta (|error| - delta/2): outliers pull no harder than that.
///
///     tensor loss = huber_loss(predictions, targets, {.delta = 0.5});
constexpr tensor huber_loss(const tensor& predictions, const tensor& targets, const huber_loss_options& options = {},
                            const location& at = location::current()) {
    const graph_parts::line_of_call here(predictions, at);
    const tensor errors = sub(predictions, targets);
    const tensor losses = huber(errors, options.delta);
    return compute_weighted_loss(losses, {options.weights, options.reduction});
}

/// max(0, 1 - x) for labels of 1, max(0, 1 + x) for labels of 0, of the logits x.
///
///     tensor loss = hinge_loss(logits, is_tagged);
constexpr tensor hinge_loss(const tensor& logits, const tensor& labels, const loss_options& options = {},
                            const location& at = location::current()) {
    const graph_parts::line_of_call here(logits, at);
    const tensor wanted = op_parts::of_dtype(labels, logits.dtype());
    const tensor doubled = mul(wanted, 2);
    const tensor signs = sub(doubled, 1);
    const tensor margins = mul(signs, logits);
    const tensor missing = sub(1, margins);
    const tensor losses = relu(missing);
    return compute_weighted_loss(losses, options);
}

struct log_loss_options {
    double epsilon = 1e-7;  ///< keeps the logarithm of 0 finite; at least 0
    tensor weights = {};
    reduction_option reduction = ambit::reduction::mean;
};

/// -z log(p + epsilon) - (1 - z) log(1 - p + epsilon) of probabilities p and labels z in [0, 1]. From logits,
/// sigmoid_cross_entropy is the accurate way.
///
///     tensor loss = log_loss(probabilities, is_tagged);
constexpr tensor log_loss(const tensor& predictions, const tensor& labels, const log_loss_options& options = {},
                          const location& at = location::current()) {
    const graph_parts::line_of_call here(predictions, at);
    if (const auto off = contract_parts::outside("epsilon", options.epsilon, contract_parts::range_of::from(0)))
        return op_parts::refuse(off, predictions, "log_loss", at);
    const tensor wanted = op_parts::of_dtype(labels, predictions.dtype());
    const tensor raised = add(predictions, options.epsilon);
    const tensor of_one = log(raised);
    const tensor hits = mul(wanted, of_one);
    // 1 + epsilon would be rounded.
    const tensor rest = sub(1, predictions);
    const tensor others = add(rest, options.epsilon);
    const tensor of_zero = log(others);
    const tensor unwanted = sub(1, wanted);
    const tensor misses = mul(unwanted, of_zero);
    const tensor sum = add(hits, misses);
    const tensor losses = neg(sum);
    return compute_weighted_loss(losses, {options.weights, options.reduction});
}

struct cosine_distance_options {
    std::int64_t axis = -1;  ///< along which the vectors lie
    tensor weights = {};
    reduction_option reduction = ambit::reduction::mean;
};

/// 1 - Σ a b over the axis, which disappears, of vectors that have unit length already.
///
///     tensor loss = cosine_distance(l2_normalize(a), l2_normalize(b));
constexpr tensor cosine_distance(const tensor& a, const tensor& b, const cosine_distance_options& options = {},
                                 const location& at = location::current()) {
    const graph_parts::line_of_call here(a, at);
    const tensor products = mul(a, b);
    const tensor similarity = reduce_sum(products, {.axes = options.axis});
    const tensor losses = sub(1, similarity);
    return compute_weighted_loss(losses, {options.weights, options.reduction});
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr tensor squared_distance(const tensor& a, const tensor& b) {
    const tensor differences = sub(a, b);
    const tensor squares = square(differences);
    return reduce_sum(squares, {.axes = -1});
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

struct margin_options {
    double margin = 1;  ///< at least 0
    tensor weights = {};
    reduction_option reduction = ambit::reduction::mean;
};

/// Pairs of vectors [..., n]: d² of those that are labelled 1 (alike), max(0, margin - d)² of those labelled 0, where d
/// is their Euclidean distance (Hadsell, Chopra and LeCun, 2006, without the factor 1/2). Labels are [...].
///
///     tensor loss = contrastive_loss(left, right, is_alike);    // [32, 64], [32, 64] and [32] -> []
constexpr tensor contrastive_loss(const tensor& a, const tensor& b, const tensor& labels,
                                  const margin_options& options = {}, const location& at = location::current()) {
    const graph_parts::line_of_call here(a, at);
    if (const auto off = contract_parts::outside("margin", options.margin, contract_parts::range_of::from(0)))
        return op_parts::refuse(off, a, "contrastive_loss", at);
    const tensor squared = op_parts::squared_distance(a, b);
    const tensor alike = op_parts::of_dtype(labels, squared.dtype());
    // The root of 0 has no slope: two equal vectors would make every gradient NaN.
    const tensor above = maximum(squared, 1e-12);
    const tensor distance = sqrt(above);
    const tensor missing = sub(options.margin, distance);
    const tensor lack = relu(missing);
    const tensor apart = square(lack);
    const tensor others = sub(1, alike);
    const tensor pull = mul(alike, squared);
    const tensor push = mul(others, apart);
    const tensor losses = add(pull, push);
    return compute_weighted_loss(losses, {options.weights, options.reduction});
}

/// max(0, |anchor - positive|² - |anchor - negative|² + margin) of vectors [..., n] (Schroff, Kalenichenko and Philbin,
/// 2015, equation 3).
///
///     tensor loss = triplet_loss(anchor, positive, negative, {.margin = 0.2});
constexpr tensor triplet_loss(const tensor& anchor, const tensor& positive, const tensor& negative,
                              const margin_options& options = {}, const location& at = location::current()) {
    const graph_parts::line_of_call here(anchor, at);
    if (const auto off = contract_parts::outside("margin", options.margin, contract_parts::range_of::from(0)))
        return op_parts::refuse(off, anchor, "triplet_loss", at);
    const tensor to_positive = op_parts::squared_distance(anchor, positive);
    const tensor to_negative = op_parts::squared_distance(anchor, negative);
    const tensor excess = sub(to_positive, to_negative);
    const tensor raised = add(excess, options.margin);
    const tensor losses = relu(raised);
    return compute_weighted_loss(losses, {options.weights, options.reduction});
}

/// Σ x² / 2
///
///     tensor loss = data_loss + 1e-4 * l2_loss(weights);
constexpr tensor l2_loss(const tensor& x, const location& at = location::current()) {
    const graph_parts::line_of_call here(x, at);
    const tensor squares = square(x);
    const tensor sum = reduce_sum(squares);
    return mul(sum, 0.5);
}

#define AMBIT_REDUCTION_IS_AN_OPTION(loss) \
    constexpr tensor loss(const tensor& x, const tensor&, const refused_parts::reduction_as_argument&) { return x; }
AMBIT_REDUCTION_IS_AN_OPTION(mean_squared_error)
AMBIT_REDUCTION_IS_AN_OPTION(absolute_difference)
AMBIT_REDUCTION_IS_AN_OPTION(huber_loss)
AMBIT_REDUCTION_IS_AN_OPTION(hinge_loss)
AMBIT_REDUCTION_IS_AN_OPTION(log_loss)
#undef AMBIT_REDUCTION_IS_AN_OPTION

}  // namespace ambit

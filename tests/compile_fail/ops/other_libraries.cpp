// SPDX-License-Identifier: BSL-1.0
// What PyTorch, NumPy and TensorFlow call otherwise, or take in another order: a sentence each, at the user's own line.
// expect: other_libraries\.cpp:59:.* error: .*\[ambit\] a tensor never changes, a name may mean another one: x = x \+ y, without the =
// expect: other_libraries\.cpp:60:.* error: .*\[ambit\] a tensor never changes, .* x = x - y
// expect: other_libraries\.cpp:61:.* error: .*\[ambit\] a tensor never changes
// expect: other_libraries\.cpp:62:.* error: .*\[ambit\] a tensor never changes
// expect: other_libraries\.cpp:63:.* error: .*\[ambit\] a tensor never changes, a name may mean another one: x = x \+ 1
// expect: other_libraries\.cpp:64:.* error: .*\[ambit\] a tensor never changes, a name may mean another one: x = x - 1
// expect: other_libraries\.cpp:65:.* error: .*\[ambit\] a layer begins with its scope and its name: dense
// expect: other_libraries\.cpp:66:.* error: .*\[ambit\] a layer has a name, behind its scope: dense
// expect: other_libraries\.cpp:67:.* error: .*\[ambit\] the tensors are a list: concat\({a, b}, 1\)
// expect: other_libraries\.cpp:68:.* error: .*\[ambit\] the tensors are a list: concat\({a, b}, 1\)
// expect: other_libraries\.cpp:69:.* error: .*\[ambit\] the axis is missing: concat\({a, b}, 1\)
// expect: other_libraries\.cpp:70:.* error: .*\[ambit\] a shape is one argument, in braces: reshape\(x, {3, 4}\)
// expect: other_libraries\.cpp:71:.* error: .*\[ambit\] axes are one argument, in braces, all of them: transpose\(x, {1, 0}\)
// expect: other_libraries\.cpp:72:.* error: .*\[ambit\] a tensor of zeros begins with its scope: zeros\(s, {2, 3}\)
// expect: other_libraries\.cpp:73:.* error: .*\[ambit\] a tensor of ones begins with its scope: ones\(s, {2, 3}\)
// expect: other_libraries\.cpp:74:.* error: .*\[ambit\] random numbers begin with their scope: random_normal\(s, {2, 3}\)
// expect: other_libraries\.cpp:75:.* error: .*\[ambit\] window and strides are options: max_pool\(image, {\.window = {2, 2}, \.strides = {2, 2}}\)
// expect: other_libraries\.cpp:76:.* error: .*\[ambit\] window and strides are options: avg_pool
// expect: other_libraries\.cpp:77:.* error: .*\[ambit\] strides and padding are options: conv2d
// expect: other_libraries\.cpp:78:.* error: .*\[ambit\] strides and padding are options: conv2d
// expect: other_libraries\.cpp:79:.* error: .*\[ambit\] axes are an option: reduce_sum
// expect: other_libraries\.cpp:80:.* error: .*\[ambit\] axes are an option: reduce_mean
// expect: other_libraries\.cpp:81:.* error: .*\[ambit\] the number of classes is missing: one_hot\(labels, 10\)
// expect: other_libraries\.cpp:82:.* error: .*\[ambit\] what draws random numbers begins with its scope: dropout
// expect: other_libraries\.cpp:83:.* error: .*\[ambit\] what draws random numbers begins with its scope: dropout
// expect: other_libraries\.cpp:84:.* error: .*\[ambit\] the op is reduce_sum\(x\), along some axes reduce_sum\(x, {\.axes = 1}\)
// expect: other_libraries\.cpp:85:.* error: .*\[ambit\] the op is reduce_mean\(x\)
// expect: other_libraries\.cpp:86:.* error: .*\[ambit\] the ops are reduce_max\(x\) of all elements and maximum\(a, b\) of pairs
// expect: other_libraries\.cpp:87:.* error: .*\[ambit\] the op is reshape\(x, {2, 3}\)
// expect: other_libraries\.cpp:88:.* error: .*\[ambit\] the op is clip\(x, 0, 1\)
// expect: other_libraries\.cpp:89:.* error: .*\[ambit\] the op is a \* b, or mul\(a, b\)
// expect: other_libraries\.cpp:90:.* error: .*\[ambit\] the op is expand_dims\(x, axis\)
// expect: other_libraries\.cpp:91:.* error: .*\[ambit\] the op is cast\(x, float64\)
// expect: other_libraries\.cpp:92:.* error: .*\[ambit\] a tensor has no value while the model is built: return it, and print what the model computes
// expect: other_libraries\.cpp:93:.* error: .*\[ambit\] a tensor has no value while the model is built: return it, and print
// expect: other_libraries\.cpp:94:.* error: .*\[ambit\] a variable changes in calls that ask for it: operation next = assign_add\(v, x\)
// expect: other_libraries\.cpp:95:.* error: .*\[ambit\] a variable changes in calls that ask for it: operation next = assign_add\(v, 1\)
// expect: other_libraries\.cpp:96:.* error: .*\[ambit\] the tensors are a list: stack\({a, b}\)
// expect: other_libraries\.cpp:97:.* error: .*\[ambit\] what division leaves is floor_mod\(a, b\)
// expect: other_libraries\.cpp:98:.* error: .*\[ambit\] the op is assign\(v, x\), an operation
// expect: other_libraries\.cpp:99:.* error: .*\[ambit\] the number of units is missing: dense
// reject: no match|no viable|candidate|not declared|undeclared
#include <ambit/graphs.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/dropout.hpp>
#include <ambit/ops/all.hpp>

#include <iostream>
using namespace ambit;

constexpr tensor power(tensor x, int) { return x; }  // a name of a program comes first
template <class T> constexpr T mean(const T& x) { return x; }
struct net {
    constexpr tensor operator()(scope& s, tensor x, tensor y) const {
        variable w = s.get_variable("w", {2, 4});
#ifdef AMBIT_MISTAKE
        x += 1;
        x -= y;
        x *= 2.0;
        x /= w;
        ++x;
        x--;
        x = dense(x, 3);
        x = dense(s, x, 3);
        x = concat(x, y);
        x = concat(x, w, 1);
        x = concat({x, y});
        x = reshape(x, 3, 4);
        x = transpose(x, 1, 0);
        x = zeros({2, 3});
        x = ones(x.shape());
        x = x + random_normal({2, 4}) * random_uniform({2, 4});
        x = max_pool(x, 2);
        x = avg_pool(x, 2, 2);
        x = conv2d(x, w, 2);
        x = conv2d(x, w, "same");
        x = reduce_sum(x, 0, 1);
        x = reduce_mean(x, 1, true);
        x = one_hot(x);
        x = dropout(x, 0.5);
        x = dropout(x, {.rate = 0.5});
        x = sum(x);
        x = mean(x, 1) + x.mean();
        x = max(x) + min(x, y);
        x = x.view(2, 3) + x.reshape(3, 4);
        x = clamp(x, 0, 1);
        x = multiply(x, y) + x.T();
        x = unsqueeze(x, 0);
        x = x.to(float64) + x.detach();
        print(x);
        std::cout << x;
        w += x;
        ++w;
        x = stack(x, y);
        x = x % 2;
        w.assign(x);
        x = dense(s, "d", x);
        return x;
#else
        return power(mean(x + y) * w, 2);
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>, input<float, 2, 4>>());

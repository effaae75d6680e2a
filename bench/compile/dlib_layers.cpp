// SPDX-License-Identifier: BSL-1.0
// A dlib network of COUNT fully connected layers with relu, and a call of it.
#include <dlib/dnn.h>

template <class Below> using layer = dlib::relu<dlib::fc<64, Below>>;
template <int Count, class Below> struct stack {
    using type = layer<typename stack<Count - 1, Below>::type>;
};
template <class Below> struct stack<0, Below> { using type = Below; };

using net = dlib::loss_multiclass_log<dlib::fc<10, stack<COUNT, dlib::input<dlib::matrix<float>>>::type>>;

unsigned long label_of(net& deep, const dlib::matrix<float>& x) { return deep(x); }

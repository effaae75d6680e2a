// SPDX-License-Identifier: BSL-1.0
// All of ambit in reading order, but what reads files from outside: ambit/checkpoint/load.hpp and ambit/io/.
#pragma once

#include <ambit/core/standard.hpp>

// First: compilers print the way by which its errors were included.
#include <ambit/diagnostics/explain.hpp>

#include <ambit/graphs.hpp>

#include <ambit/autodiff/gradients.hpp>

#include <ambit/nn/batch_normalization.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/conv_transpose.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/dropout.hpp>
#include <ambit/nn/group_normalization.hpp>
#include <ambit/nn/layer_normalization.hpp>
#include <ambit/nn/losses.hpp>
#include <ambit/nn/metrics.hpp>
#include <ambit/nn/regularizers.hpp>
#include <ambit/nn/separable_conv.hpp>

#include <ambit/optim/adagrad.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/exponential_moving_average.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/reduce_on_plateau.hpp>
#include <ambit/optim/rmsprop.hpp>
#include <ambit/optim/schedules.hpp>
#include <ambit/optim/sgd.hpp>

#include <ambit/model/model.hpp>

#include <ambit/checkpoint/save.hpp>
#include <ambit/io/summary.hpp>

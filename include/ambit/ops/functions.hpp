// SPDX-License-Identifier: BSL-1.0
// Functions of each element: exponentials, trigonometry, activations; softmax along an axis.
#pragma once

#include <ambit/ops/functions/elu.hpp>
#include <ambit/ops/functions/erf.hpp>
#include <ambit/ops/functions/exp.hpp>
#include <ambit/ops/functions/expm1.hpp>
#include <ambit/ops/functions/gelu.hpp>
#include <ambit/ops/functions/leaky_relu.hpp>
#include <ambit/ops/functions/log.hpp>
#include <ambit/ops/functions/log_softmax.hpp>
#include <ambit/ops/functions/pow.hpp>
#include <ambit/ops/functions/relu.hpp>
#include <ambit/ops/functions/rsqrt.hpp>
#include <ambit/ops/functions/sigmoid.hpp>
#include <ambit/ops/functions/sin.hpp>
#include <ambit/ops/functions/softmax.hpp>
#include <ambit/ops/functions/softplus.hpp>
#include <ambit/ops/functions/sqrt.hpp>
#include <ambit/ops/functions/square.hpp>
#include <ambit/ops/functions/tanh.hpp>

// SPDX-License-Identifier: BSL-1.0
// What training minimizes and evaluation counts.
#pragma once

#include <ambit/ops/losses/confusion_matrix.hpp>
#include <ambit/ops/losses/huber.hpp>
#include <ambit/ops/losses/in_top_k.hpp>
#include <ambit/ops/losses/sigmoid_cross_entropy.hpp>
#include <ambit/ops/losses/softmax_cross_entropy.hpp>
#include <ambit/ops/losses/sparse_softmax_cross_entropy.hpp>

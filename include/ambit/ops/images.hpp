// SPDX-License-Identifier: BSL-1.0
// Convolutions, pooling and resizing of images [n, h, w, c] and of sequences [n, length, c].
#pragma once

#include <ambit/ops/images/conv1d.hpp>
#include <ambit/ops/images/conv2d.hpp>
#include <ambit/ops/images/conv2d_gradients.hpp>
#include <ambit/ops/images/conv2d_transpose.hpp>
#include <ambit/ops/images/convolution.hpp>
#include <ambit/ops/images/depthwise_conv2d.hpp>
#include <ambit/ops/images/dilation.hpp>
#include <ambit/ops/images/local_response_normalization.hpp>
#include <ambit/ops/images/pool.hpp>
#include <ambit/ops/images/pool1d.hpp>
#include <ambit/ops/images/pool_gradients.hpp>
#include <ambit/ops/images/pooling.hpp>
#include <ambit/ops/images/resize.hpp>
#include <ambit/ops/images/space_to_depth.hpp>
#include <ambit/ops/images/window.hpp>

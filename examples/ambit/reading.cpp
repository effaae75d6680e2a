// SPDX-License-Identifier: BSL-1.0
#include "reading.hpp"

#include <ambit/checkpoint/npy.hpp>
#include <ambit/checkpoint/npz.hpp>
#include <ambit/checkpoint/open_checkpoint.hpp>
#include <ambit/checkpoint/tensorflow.hpp>

std::unique_ptr<ambit::tensor_source> tool::open_file(const std::string& file) { return open_checkpoint(file); }

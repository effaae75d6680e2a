// SPDX-License-Identifier: BSL-1.0
// Who sees whom. `ambit` holds what users write, for they write `using namespace ambit`; what serves it lies in a
// namespace for each folder, so that a user's own `module`, `text` or `count` meets no other. Each sees the folders
// before it. `ambit` itself names them in full (`graph_parts::operand`): a directive there would hand them to users.
#pragma once

#include <ambit/core/build.hpp>

namespace AMBIT_NAMESPACE {

namespace core_parts {}
// clang-format off
namespace math_parts { using namespace core_parts; }
namespace file_parts { using namespace math_parts; }
namespace contract_parts { using namespace file_parts; }
namespace mistake_parts { using namespace contract_parts; }
namespace refused_parts { using namespace mistake_parts; }  // what the compilers print in front of a mistake
namespace scope_parts { using namespace mistake_parts; }
namespace graph_parts { using namespace scope_parts; }
namespace op_parts { using namespace graph_parts; }
namespace plan_parts { using namespace op_parts; }
namespace lint_parts { using namespace plan_parts; }  // the same of plan/lints.hpp
namespace model_parts { using namespace plan_parts; }
namespace parallel_parts { using namespace model_parts; }
namespace freeze_parts { using namespace model_parts; }
namespace registry_parts { using namespace model_parts; }
namespace distributed_parts { using namespace model_parts; }
namespace checkpoint_parts { using namespace registry_parts; }
namespace io_parts { using namespace checkpoint_parts; }
namespace config_parts { using namespace io_parts; }

namespace kernel_parts { using namespace contract_parts; }
// clang-format on

}  // namespace ambit

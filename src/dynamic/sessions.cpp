// SPDX-License-Identifier: BSL-1.0
#include <ambit/dynamic/sessions.hpp>

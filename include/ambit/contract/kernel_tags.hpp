// SPDX-License-Identifier: BSL-1.0
// What ops and their kernels agree on: the beginning of it. Each family has a page of this folder (contract/images.hpp)
// with three things. Tags are names of kernels: an op says which one computes it (`using kernel = kernel_tag::gemm`),
// and the executor (model/) joins tag and kernel, so that ops need not know kernels. Geometries are what a kernel needs
// to know of its operands besides their addresses: extents, strides and windows, counted in elements, as flat
// structural values, which kernels take as a type (`static_value<…>`) or as a value; they have no padding, for clang 16
// writes padded constants out again at every use. Scratch memory, in elements of the operand's type (`scratch_elements`
// of a geometry), is an upper bound for every architecture, so that a plan may reserve it without knowing the kernels;
// where a page has no such function, a kernel works on its operands alone.
#pragma once

#include <ambit/core/namespaces.hpp>

namespace AMBIT_NAMESPACE::kernel_tag {

/// A family whose kernel hands each finished element to an elementwise epilogue, and one whose kernel does not.
struct with_epilogue {
    static constexpr bool takes_epilogue = true;
};
struct without_epilogue {
    static constexpr bool takes_epilogue = false;
};
/// One with an epilogue that may find its weights, operand 1, laid out as it reads them: its page of contract/ says for
/// which geometries that pays, `prefers_packed_weights`, what the geometry is then, `with_packed_weights`, and how much
/// memory they take, `packed_elements`.
struct with_packed_weights : with_epilogue {
    static constexpr bool takes_packed_weights = true;
};

/// One whose result is elements of operand 0 as its geometry steps through them: where these lie side by side, a plan
/// reads them there, and the kernel does not run.
struct without_copy : without_epilogue {
    static constexpr bool is_view = true;
};

/// One that puts each row of elements that lie side by side together to one element of the result: it may take them
/// from the loop that computes them, and they need not be stored. Its page of contract/ says how long the rows are,
/// `reduced_row` of a geometry; 0 where elements do not lie so. It may look at them once more, `looks_again`, if it
/// says so.
struct with_loops : without_epilogue {
    static constexpr bool takes_loop = true, looks_again = false;
};

struct custom : without_epilogue {};  ///< the op's own `run`, see ops/op.hpp

}  // namespace ambit::kernel_tag

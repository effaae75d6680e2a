// SPDX-License-Identifier: BSL-1.0
// Passes: a name from inside the library is shown, where the case allows it.
// expect: no widget
// allow: ambit::detail
namespace ambit::detail {
template <class T> void assemble(T) { static_assert(sizeof(T) == 0, "[ambit] no widget"); }
}  // namespace ambit::detail

#ifdef AMBIT_MISTAKE
void use() { ambit::detail::assemble(1); }
#endif

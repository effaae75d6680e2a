// SPDX-License-Identifier: BSL-1.0
// Passes: a name from inside the library is shown, where the case allows it.
// expect: no widget
// allow: ambit::plan_parts
namespace ambit::plan_parts {
template <class T> void assemble(T) { static_assert(sizeof(T) == 0, "[ambit] no widget"); }
}  // namespace ambit::plan_parts

#ifdef AMBIT_MISTAKE
void use() { ambit::plan_parts::assemble(1); }
#endif

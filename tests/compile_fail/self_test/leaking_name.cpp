// SPDX-License-Identifier: BSL-1.0
// Fails: a name from inside the library is shown to the user.
// expect: no widget
namespace ambit::plan_parts {
template <class T> void assemble(T) { static_assert(sizeof(T) == 0, "no widget"); }
}  // namespace ambit::plan_parts

#ifdef AMBIT_MISTAKE
void use() { ambit::plan_parts::assemble(1); }
#endif

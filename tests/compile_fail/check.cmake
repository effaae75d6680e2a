# SPDX-License-Identifier: BSL-1.0
# Checks one refused program: its mistake must not compile, and the compiler must say the right words about
# it.
#
#     cmake -DCOMPILER=g++ -DFAMILY=gcc -DRESPONSE=flags.rsp -DCASE=scope/variable_exists.cpp -P check.cmake
#
# A case holds one mistake between `#ifdef AMBIT_MISTAKE` and `#else`, its correct twin after it, and comments
# that say what to expect. Each may be for one compiler only: `// expect(gcc): …`, `// expect(clang): …`.
#
#     // expect: regex      some line of the compiler's text matches; every expectation counts
#     // reject: regex      no line matches
#     // lines: 12          at most so many lines, without the chains of inclusions and instantiations
#     // errors: 2          the text has exactly so many errors
#     // others: 1          so many of them, and else none, are the compiler's own, without [ambit]
#     // flags: -DNAME      more flags for the mistake, none for the correct half
#     // allow: name        this internal name may be said, where the compiler spells out what the user wrote
#
# The regular expressions are CMake's: no \d, \s or {n}; brackets and parentheses are escaped with a
# backslash.
#
# With -DPRECOMPILED=folder the headers of graphs are taken from there, or of models where the case includes any.
# Not for a mistake with flags of its own: clang takes a header that was compiled with others.
#
# With -DMISTAKE_ALONE=ON the correct half is left out: another compiler has taken it.
cmake_minimum_required(VERSION 3.25)

# What no user should ever have to read.
set(internal_names "ambit::core_parts" "ambit::op_parts" "ambit::plan_parts" "ambit::kernel_parts" "basic_string_view" "integral_constant")

# Otherwise g++ prints curly quotes.
set(ENV{LC_ALL} C)

# Without the echo of source lines: a case must not match its own text.
set(compile "${COMPILER}" "@${RESPONSE}" -fsyntax-only -fdiagnostics-color=never -fmessage-length=0
            -ftemplate-backtrace-limit=0)
if(FAMILY STREQUAL "gcc")
    list(APPEND compile -fno-diagnostics-show-caret)
else()
    list(APPEND compile -fno-caret-diagnostics -ferror-limit=0 -fconstexpr-backtrace-limit=0)
endif()

function(fail sentence)
    message(NOTICE "compile_fail: ${sentence}\n  case: ${CASE}\n  compiler: ${COMPILER}")
    if(DEFINED expectations)
        message(NOTICE "  expected:")
        foreach(index RANGE ${expectations})
            if(DEFINED expect_${index})
                message(NOTICE "    ${expect_${index}}")
            endif()
        endforeach()
    endif()
    if(DEFINED said)
        message(NOTICE "---- the compiler said ----\n${said}\n---------------------------")
    endif()
    message(FATAL_ERROR "compile_fail")
endfunction()

# The lines of a text as a list. CMake splits lists at semicolons and pairs up square brackets, so those three
# are replaced, and `restore` brings them back in one line.
string(ASCII 1 open)
string(ASCII 2 close)
string(ASCII 3 semicolon)
function(split text result)
    string(REPLACE "\r" "" text "${text}")
    string(REPLACE "\\\n" "\\ \n" text "${text}")
    string(REPLACE "[" "${open}" text "${text}")
    string(REPLACE "]" "${close}" text "${text}")
    string(REPLACE ";" "${semicolon}" text "${text}")
    string(REPLACE "\n" ";" text "${text}")
    set(${result} "${text}" PARENT_SCOPE)
endfunction()
function(restore line result)
    string(REPLACE "${open}" "[" line "${line}")
    string(REPLACE "${close}" "]" line "${line}")
    string(REPLACE "${semicolon}" ";" line "${line}")
    set(${result} "${line}" PARENT_SCOPE)
endfunction()

# ---- What the case expects ---------------------------------------------------------------------------------

file(READ "${CASE}" source)
split("${source}" source_lines)
set(expectations 0)
set(rejections 0)
set(flags "")
foreach(line IN LISTS source_lines)
    restore("${line}" line)
    if(line MATCHES "^// (expect|reject|lines|errors|others|flags|allow)(\\((gcc|clang)\\))?: +(.+)$")
        set(word "${CMAKE_MATCH_1}")
        set(text "${CMAKE_MATCH_4}")
        if(CMAKE_MATCH_3 AND NOT CMAKE_MATCH_3 STREQUAL FAMILY)
            continue()
        endif()
        if(word STREQUAL "expect")
            math(EXPR expectations "${expectations} + 1")
            set(expect_${expectations} "${text}")
        elseif(word STREQUAL "reject")
            math(EXPR rejections "${rejections} + 1")
            set(reject_${rejections} "${text}")
        elseif(word STREQUAL "allow")
            list(REMOVE_ITEM internal_names "${text}")
        elseif(word STREQUAL "flags")
            separate_arguments(flags UNIX_COMMAND "${text}")
        elseif(text MATCHES "^[0-9]+$")
            set(wanted_${word} "${text}")
        else()
            fail("not a number: '${line}'")
        endif()
    elseif(line MATCHES "^ *// *(expect|reject|lines|errors|others|flags|allow) *[(:]")
        fail("not understood: '${line}'")
    endif()
endforeach()
if(expectations EQUAL 0)
    fail("the case expects nothing of ${FAMILY}")
endif()

# ---- What the compiler says --------------------------------------------------------------------------------

set(precompiled "")
if(source MATCHES "#include <ambit/(ambit|model/|checkpoint/|io/)")
    set(header ambit/model/model.hpp)
elseif(source MATCHES "#include <ambit/")
    set(header ambit/graphs.hpp)
else()
    set(header none)  # a test of this script itself
endif()
if(DEFINED PRECOMPILED AND EXISTS "${PRECOMPILED}/${header}.gch")
    set(precompiled -include "${PRECOMPILED}/${header}")
    if(FAMILY STREQUAL "gcc")
        list(APPEND precompiled -Winvalid-pch -Werror=invalid-pch)  # else it would be parsed again, without a word
    endif()
endif()

if(NOT MISTAKE_ALONE)
    execute_process(COMMAND ${compile} ${precompiled} "${CASE}"
                    RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(NOT status EQUAL 0)
        fail("the correct half does not compile")
    endif()
endif()

if(flags)
    set(precompiled "")
endif()
execute_process(COMMAND ${compile} ${precompiled} ${flags} -DAMBIT_MISTAKE "${CASE}"
                RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(status EQUAL 0)
    fail("the mistake compiles")
endif()
if(NOT status MATCHES "^[0-9]+$" OR said MATCHES "internal compiler error|PLEASE submit a bug report")
    fail("the compiler crashed")
endif()

set(count_lines 0)
set(count_errors 0)
set(count_others 0)
if(NOT DEFINED wanted_others)
    set(wanted_others 0)
endif()
split("${said}" said_lines)
foreach(line IN LISTS said_lines)
    restore("${line}" line)
    foreach(index RANGE ${expectations})
        if(DEFINED expect_${index} AND line MATCHES "${expect_${index}}")
            set(met_${index} TRUE)
        endif()
    endforeach()
    foreach(index RANGE ${rejections})
        if(DEFINED reject_${index} AND line MATCHES "${reject_${index}}")
            fail("rejected, but said: ${reject_${index}}")
        endif()
    endforeach()
    foreach(name IN LISTS internal_names)
        if(line MATCHES "${name}")
            fail("an internal name leaks: ${name}")
        endif()
    endforeach()
    if(line MATCHES "error: ")
        math(EXPR count_errors "${count_errors} + 1")
        if(NOT line MATCHES "\\[ambit\\]")
            math(EXPR count_others "${count_others} + 1")
        endif()
    endif()
    if(line MATCHES "[^ ]" AND NOT line MATCHES "In file included from|^ +from |required from|In instantiation of"
       AND NOT line MATCHES "in instantiation of .* requested here")
        math(EXPR count_lines "${count_lines} + 1")
    endif()
endforeach()

foreach(index RANGE 1 ${expectations})
    if(NOT met_${index})
        fail("expected, but not said: ${expect_${index}}")
    endif()
endforeach()
if(DEFINED wanted_lines AND count_lines GREATER wanted_lines)
    fail("${count_lines} lines, at most ${wanted_lines} wanted")
endif()
if(NOT count_others EQUAL wanted_others)
    fail("${count_others} errors without [ambit], ${wanted_others} wanted")
endif()
if(DEFINED wanted_errors AND NOT count_errors EQUAL wanted_errors)
    fail("${count_errors} errors, ${wanted_errors} wanted")
endif()
message(STATUS "${CASE}: ${count_errors} errors, ${count_lines} lines, as expected")

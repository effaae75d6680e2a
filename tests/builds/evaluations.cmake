# SPDX-License-Identifier: BSL-1.0
# Whether clang runs the module of a model once, lays its graph out once, and makes each of its plans once.
#
#     cmake -DCOMPILER=clang++-16 -DRESPONSE=flags.rsp -DSOURCE=evaluations.cpp -DWORK=folder -P evaluations.cmake
cmake_minimum_required(VERSION 3.25)

file(MAKE_DIRECTORY "${WORK}")
execute_process(COMMAND "${COMPILER}" "@${RESPONSE}" -O0 -ftime-trace -ftime-trace-granularity=10 -c "${SOURCE}"
                        -o "${WORK}/evaluations.o" RESULT_VARIABLE status ERROR_VARIABLE said)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "evaluations: does not compile:\n${said}")
endif()
file(READ "${WORK}/evaluations.json" trace)

function(expect times what pattern)
    string(REGEX MATCHALL "\"EvaluateAsInitializer\",\"args\":{\"detail\":\"ambit::${pattern}\"" found "${trace}")
    list(LENGTH found count)
    if(NOT count EQUAL times)
        message(FATAL_ERROR "evaluations: ${what}: ${count} times in ${WORK}/evaluations.json, ${times} expected")
    endif()
endfunction()
expect(4 "the module is run, its graph laid out, one of two plans made" "graph_parts::kept_by")
expect(1 "its graph is kept" "graph_of<[^\"]*>::value")
expect(1 "the layout is kept" "plan_parts::layout_of<[^\"]*>::value")
expect(2 "one of two plans is trimmed" "plan_of<[^\"]*>::value")

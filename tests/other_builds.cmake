# The same sources built another way are tests of this build, so that one ctest run and one summary
# speak for all of them. On with KUSTODROP_OTHER_BUILDS, as `./dev test` asks.

# kustodrop_other_build(PRESET GROUP…): builds the preset, then runs its tests. A group is a label,
# or "label-without" for the tests of a label that do not also have the other.
function(kustodrop_other_build preset)
    add_test(NAME ${preset}.build COMMAND ${CMAKE_SOURCE_DIR}/dev build ${preset})
    set_tests_properties(
        ${preset}.build PROPERTIES
        LABELS ${preset} TIMEOUT 4800 FIXTURES_SETUP ${preset}_build PROCESSORS 2
        RESOURCE_LOCK compilers COST 1500
    )
    foreach(group ${ARGN})
        string(REGEX MATCH "^[^-]+" label ${group})
        set(without)
        if(group MATCHES "-(.+)$")
            set(without --label-exclude "^${CMAKE_MATCH_1}$")
        endif()
        add_test(
            NAME ${preset}.${label}
            COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${CMAKE_SOURCE_DIR}/build/${preset}
                    --output-on-failure --no-tests=error --parallel 2
                    --label-regex "^${label}$" ${without}
        )
        set_tests_properties(
            ${preset}.${label} PROPERTIES
            LABELS ${preset} TIMEOUT 2400 FIXTURES_REQUIRED ${preset}_build PROCESSORS 2
        )
    endforeach()
endfunction()

# By clang, for g++ takes several times as long where UBSan has a say. So clang builds all that g++
# does, and what the sanitizers look into is also what clang makes of it.
kustodrop_other_build(asan unit end_to_end-heavy simulation)

# ASan finds a temporary destroyed twice by g++ 12, a fault that clang does not have.
kustodrop_other_build(asan-gcc unit simulation)

# TSan over what has threads: the offload, the journal, inotify, and the whole for a while. Built by
# clang, for g++ 12 does not understand Asio's fences. Only these targets are built.
kustodrop_other_build(tsan)
add_test(
    NAME tsan.threads
    COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${CMAKE_SOURCE_DIR}/build/tsan --output-on-failure
            --no-tests=error --parallel 2
            --tests-regex "^(unit\\.(base|async|spool)|end_to_end\\.(demo|delivery))$"
)
set_tests_properties(
    tsan.threads PROPERTIES
    LABELS tsan TIMEOUT 2400 FIXTURES_REQUIRED tsan_build PROCESSORS 2
)

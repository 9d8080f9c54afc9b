#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// One file defines one target:
///
///     FUZZ_TARGET(durations) { … input … }
///
/// As a fuzzer it is LLVMFuzzerTestOneInput of a program of its own; in any other build it is one
/// of many in `fuzz_replay`, which feeds each the corpus of its name.
namespace kustodrop::fuzz {

using target_function = void (*)(std::string_view input);

/// Makes a target known to the replay; the name is that of its corpus.
struct registration {
    registration(const char* name, target_function run);
};

/// What must hold for every input: a promise that does not is printed and ends the process.
inline void promise(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

}  // namespace kustodrop::fuzz

#ifdef KUSTODROP_FUZZING
#define FUZZ_TARGET(name)                                                               \
    static void run_##name(std::string_view input);                                     \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
        run_##name({reinterpret_cast<const char*>(data), size});                        \
        return 0;                                                                       \
    }                                                                                   \
    static void run_##name(std::string_view input)
#else
#define FUZZ_TARGET(name)                                                            \
    static void run_##name(std::string_view input);                                  \
    static const kustodrop::fuzz::registration registered_##name(#name, run_##name); \
    static void run_##name(std::string_view input)
#endif

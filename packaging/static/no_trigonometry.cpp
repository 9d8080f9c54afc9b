#include <limits>

// What SQL's sin(), atan2() and the like are in the static programs (lean_libraries.cmake): not a
// number, which SQLite makes NULL. That of atan2() takes two numbers and looks at neither.
#define KUSTODROP_NO(name)                               \
    extern "C" double kustodrop_no_##name(double) {      \
        return std::numeric_limits<double>::quiet_NaN(); \
    }

KUSTODROP_NO(acos)
KUSTODROP_NO(acosh)
KUSTODROP_NO(asin)
KUSTODROP_NO(asinh)
KUSTODROP_NO(atan)
KUSTODROP_NO(atan2)
KUSTODROP_NO(atanh)
KUSTODROP_NO(cos)
KUSTODROP_NO(cosh)
KUSTODROP_NO(sin)
KUSTODROP_NO(sinh)
KUSTODROP_NO(tan)
KUSTODROP_NO(tanh)

#pragma once

#include <string>

namespace kustodrop::test {

/// Names that mean something in this test program alone: names_test.cpp stands before the C
/// library's getaddrinfo(3). "inside.test" is 127.0.0.1, "metadata.test" 169.254.169.254,
/// "inside6.test" ::1, "stalled.test" has no answer while one of these lives, and "sometimes.test",
/// which is 127.0.0.1, has none either. "late.test" is 127.0.0.7, after 350 ms.
class stalled_names {
public:
    stalled_names();
    ~stalled_names();
    stalled_names(const stalled_names&) = delete;
};

}  // namespace kustodrop::test

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace kustodrop::daemon {

/// How grave a difference is.
enum class gravity {
    wrong,    // The service refuses the file, leaves records out, or stores null for values.
    warning,  // What the sample holds is not stored, without a failure. It may be intended.
    note,     // What cannot be known, or does no harm.
};

/// A difference between a sample and its table.
struct finding {
    daemon::gravity gravity = gravity::note;
    std::string code;  // One of docs/json.md.
    std::string text;
    std::string column = {};  // Of the table; empty where it is about none, or several.
};

/// What a sample is like beside its table.
struct comparison {
    std::size_t records = 0;  // That were compared.
    std::vector<finding> findings = {};
    std::string problem = {};  // Why nothing can be said; empty: something can.

    void add(daemon::gravity gravity, std::string code, std::string text, std::string column = {});
    bool fits() const;
};

/// "wrong", "warning", "note".
std::string to_string(gravity);

}  // namespace kustodrop::daemon

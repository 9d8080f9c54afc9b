#pragma once

#include <string>
#include <string_view>

namespace kustodrop {

/// A value that must never be printed. It has no stream operator and no conversion: reveal() is
/// the one way to the text, easy to search for. Wiped when it goes; while it lives, its text is
/// cut out of every line that leaves the process (live_secrets.hpp).
class secret {
public:
    secret() = default;
    explicit secret(std::string value);
    ~secret();
    secret(const secret& other);
    secret(secret&& other) noexcept;
    secret& operator=(const secret& other);
    secret& operator=(secret&& other) noexcept;

    std::string_view reveal() const { return value_; }
    bool empty() const { return value_.empty(); }
    friend bool operator==(const secret&, const secret&) = default;

private:
    void wipe();
    std::string value_;
};

}  // namespace kustodrop

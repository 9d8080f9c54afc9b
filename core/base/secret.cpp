#include "base/secret.hpp"

#include "base/crypto.hpp"

#include <utility>

namespace kustodrop {

secret::secret(std::string value) : value_(std::move(value)) {}

secret::~secret() { wipe(); }

secret::secret(secret&& other) noexcept : value_(other.value_) { other.wipe(); }

secret& secret::operator=(const secret& other) {
    if (this == &other) return *this;
    wipe();
    value_ = other.value_;
    return *this;
}

secret& secret::operator=(secret&& other) noexcept {
    if (this == &other) return *this;
    wipe();
    value_ = other.value_;
    other.wipe();
    return *this;
}

// Moving a short string copies its bytes and leaves them behind; so every secret wipes its own.
void secret::wipe() {
    kustodrop::wipe(value_.data(), value_.size());
    value_.clear();
}

}  // namespace kustodrop

#include "base/secret.hpp"

#include "base/crypto.hpp"

namespace kustodrop {

// Not moved: a move leaves a short string's bytes in the parameter.
secret::secret(std::string value) : value_(value) { kustodrop::wipe(value.data(), value.size()); }

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

#include "base/secret.hpp"

#include "base/crypto/crypto.hpp"
#include "base/live_secrets.hpp"

namespace kustodrop {

// Not moved: a move leaves a short string's bytes in the parameter.
secret::secret(std::string value) : value_(value) {
    live_secrets::keep(value_);
    kustodrop::wipe(value.data(), value.size());
}

secret::~secret() { wipe(); }

secret::secret(const secret& other) : value_(other.value_) { live_secrets::keep(value_); }

secret::secret(secret&& other) noexcept : value_(other.value_) {
    live_secrets::keep(value_);
    other.wipe();
}

secret& secret::operator=(const secret& other) {
    if (this == &other) return *this;
    wipe();
    value_ = other.value_;
    live_secrets::keep(value_);
    return *this;
}

secret& secret::operator=(secret&& other) noexcept {
    if (this == &other) return *this;
    wipe();
    value_ = other.value_;
    live_secrets::keep(value_);
    other.wipe();
    return *this;
}

// Moving a short string copies its bytes and leaves them behind; so every secret wipes its own.
void secret::wipe() {
    live_secrets::drop(value_);
    kustodrop::wipe(value_.data(), value_.size());
    value_.clear();
}

}  // namespace kustodrop

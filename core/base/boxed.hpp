#pragma once

#include <memory>
#include <utility>

namespace kustodrop {

/// An optional value that takes the room of a pointer while there is none: for what few of many
/// objects have. Copied and compared as a value.
template <class T>
class boxed {
public:
    boxed() = default;
    boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}
    boxed(const boxed& other) : value_(other.value_ ? std::make_unique<T>(*other) : nullptr) {}
    boxed(boxed&&) noexcept = default;
    boxed& operator=(boxed other) noexcept {
        value_ = std::move(other.value_);
        return *this;
    }
    ~boxed() = default;

    explicit operator bool() const { return value_ != nullptr; }
    T& operator*() { return *value_; }
    const T& operator*() const { return *value_; }
    T* operator->() { return value_.get(); }
    const T* operator->() const { return value_.get(); }
    void reset() { value_.reset(); }

    friend bool operator==(const boxed& one, const boxed& other) {
        return one && other ? *one == *other : !one && !other;
    }

private:
    std::unique_ptr<T> value_;
};

}  // namespace kustodrop

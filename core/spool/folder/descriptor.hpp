#pragma once

#include <unistd.h>
#include <utility>

namespace kustodrop::spool {

/// An open file descriptor, closed with its owner.
class descriptor {
public:
    descriptor() = default;
    explicit descriptor(int number) : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        if (this != &other) {
            reset();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }
    ~descriptor() { reset(); }

    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }

    /// Leaves the closing to the caller.
    int release() { return std::exchange(number_, -1); }

    void reset() {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }

private:
    int number_ = -1;
};

}  // namespace kustodrop::spool

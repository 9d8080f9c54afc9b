#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace kustodrop::emulator {

/// Inflates gzip of one or more members as it comes. Fails with BadRequest_InvalidArchive.
class gzip_inflater {
public:
    using sink = std::function<result<>(std::string_view bytes)>;

    explicit gzip_inflater(sink write);
    ~gzip_inflater();

    result<> feed(std::string_view bytes);
    result<> finish();  ///< Fails if the archive is cut short.

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::emulator

#pragma once

#include "base/log.hpp"
#include "base/time.hpp"
#include "spool/folder/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// The log's lines on their way to standard error, which someone may have stopped reading: a
/// terminal that was paused, a collector or a journal that hangs. No write waits for that. So many
/// bytes of lines wait meanwhile; what does not fit is lost, and counted.
class stderr_lines {
public:
    explicit stderr_lines(int descriptor, std::size_t most_waiting_bytes = 1024 * 1024);

    /// Writes a line, or keeps it.
    void write(std::string_view line);

    /// Writes what waits, as far as it is read. Call it about once a second.
    void write_waiting();

    /// How many lines were lost since the last call; 0 while others wait in front of that.
    std::uint64_t take_lost();

    /// The end: waits until all is written, no longer than this. Blocking.
    void finish(duration patience);

    logger::sink sink() {
        return [this](std::string_view line) { write(line); };
    }

private:
    enum class kind { reopened, socket, file, other };
    std::ptrdiff_t put(std::string_view bytes);

    int descriptor_;
    kind kind_ = kind::other;
    spool::descriptor reopened_;
    std::size_t most_bytes_;
    std::string waiting_;
    std::size_t written_ = 0;  // Of `waiting_`.
    std::uint64_t lost_ = 0;   // Lines.
};

}  // namespace kustodrop::daemon

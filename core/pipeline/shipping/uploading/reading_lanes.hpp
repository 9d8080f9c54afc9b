#pragma once

#include "async/offload.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "spool/reading/source_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace kustodrop::pipeline {

/// Blocking reads for uploads. Each watch has so many at a time. One that does not return, as on a
/// mount that hangs, is left: its thread stays with it, and the watch has no further read until it
/// returns. Other watches notice nothing. What a read that was left holds is bounded: one block for
/// each that a watch may have at a time.
class reading_lanes {
public:
    using block = result<spool::source_reader::block>;

    /// As many as compress at a time, and one that reads meanwhile.
    static unsigned reads_for(unsigned threads) { return std::max(2u, threads) + 1; }

    /// Everything that the work uses belongs to it: it may outlive its caller.
    struct work {
        std::function<block()> read;
        std::function<std::uint64_t()> progress;  // Any other number than before: it gets on.
    };

    reading_lanes(worker_pool& pool, logger& log, unsigned reads_of_a_watch);
    ~reading_lanes();

    /// Fails with "timeout" when the watch's folder does not answer.
    asio::awaitable<block> run(std::string watch, work what);

    /// Whether a read of the watch has not returned.
    bool hangs(const std::string& watch) const;

    /// Finds reads that do not get on. Call it once a second.
    void look();

private:
    struct reading;
    struct state;
    std::shared_ptr<state> state_;
    worker_pool& pool_;
};

}  // namespace kustodrop::pipeline

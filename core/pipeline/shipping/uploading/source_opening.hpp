#pragma once

#include "async/offload.hpp"
#include "base/metrics.hpp"
#include "pipeline/shipping/shipper_options.hpp"
#include "pipeline/shipping/small_contents.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/reading/source_reader.hpp"

#include <memory>
#include <string>

namespace kustodrop::pipeline {

/// A source and what its watch had when the attempt on it began: the watch may lose its folder, or
/// get another target, while the attempt waits.
struct source_in_watch {
    const spool::source& what;
    const watch& from;
    const target& where;
    std::shared_ptr<const spool::drop_folder> folder;  // Not null.
};

/// Opens the files of sources, all with the same rules and one gate for those that compress.
class source_opening {
public:
    source_opening(small_contents& contents, worker_pool& pool, metrics& measured, unsigned threads)
        : contents_(contents), pool_(pool), measured_(measured), gate_(threads) {}

    /// A reader for all of the source.
    std::shared_ptr<spool::source_reader> open(
        const source_in_watch& opened, const shipper_options& options, unsigned threads
    );

    /// Of a reader that has read all: counts the rows that were made.
    void count_rows(const std::string& watch, const spool::row_counts& rows);

private:
    small_contents& contents_;
    worker_pool& pool_;
    metrics& measured_;
    spool::compression_gate gate_;
};

}  // namespace kustodrop::pipeline

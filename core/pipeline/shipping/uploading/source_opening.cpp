#include "pipeline/shipping/uploading/source_opening.hpp"

#include "pipeline/shipping/shipment.hpp"
#include "pipeline/shipping/uploading/counted_records.hpp"
#include "pipeline/watch/row_rules.hpp"

#include <functional>
#include <utility>

namespace kustodrop::pipeline {

std::shared_ptr<spool::source_reader> source_opening::open(
    const source_in_watch& opened, const shipper_options& options, unsigned threads
) {
    auto& [what, from, where, folder] = opened;
    spool::reader_options reading;
    reading.how = options.how;
    reading.compressible = kusto::is_compressible(where.format);
    reading.max_raw_bytes = options.max_raw_bytes;
    reading.data = data_rules_of(where.format);
    reading.data->drops_first_record = where.ignore_first_record;
    reading.counted = counted_records_of(where);
    reading.may_grow = true;
    reading.end_lines = true;
    for (auto& file : what.slices) reading.contents.push_back(contents_.take(file));
    reading.gate = &gate_;
    reading.run = [&pool = pool_](std::function<void()> work) { pool.post(std::move(work)); };
    reading.root_fd = folder->descriptor_of_root();
    if (from.logs) {
        reading.logs = from.files_of(what.slices);
        reading.rows = row_rules_of(from.options, where, what.id);
    }
    reading.threads = threads;
    return spool::source_reader::open(what, std::move(reading));
}

void source_opening::count_rows(const std::string& watch, const spool::row_counts& rows) {
    auto count_parts = [&](std::string reason, std::uint64_t parts) {
        metric_labels labels{{"watch", watch}, {"reason", std::move(reason)}};
        auto& counted = measured_.count("kustodrop_records_split_total", labels);
        counted.add(static_cast<double>(parts));
    };
    if (rows.rows == 0) return;
    auto& lines = measured_.count("kustodrop_foreign_lines_total", {{"watch", watch}});
    lines.add(static_cast<double>(rows.foreign));
    count_parts("length", rows.long_parts);
    count_parts("unfinished", rows.unfinished);
}

}  // namespace kustodrop::pipeline

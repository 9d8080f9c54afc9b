#include "pipeline/shipping/shipment.hpp"

#include "base/text.hpp"
#include "kusto/creation_time.hpp"
#include "spool/reading/segment_encoder.hpp"

#include <algorithm>
#include <cstdio>

namespace kustodrop::pipeline {

bool is_gzip_name(std::string_view name) { return to_lower(name).ends_with(".gz"); }

static std::string_view ending_of(spool::stored_as form) {
    switch (form) {
    case spool::stored_as::raw:
        return "";
    case spool::stored_as::gzip:
        return ".gz";
    case spool::stored_as::zip:
        return ".zip";
    }
    return "";
}

std::string blob_name(const spool::source& what, const target& where, spool::stored_as form) {
    auto extension = std::string(kusto::file_extension(where.format));
    auto number = what.posts == 0 ? std::string() : "-" + std::to_string(what.posts);
    return what.id + number + "." + extension + std::string(ending_of(form));
}

spool::data_rules data_rules_of(kusto::data_format format) {
    using kusto::data_format;
    using spool::data_syntax;
    switch (format) {
    case data_format::csv:
        return {data_syntax::separated, ','};
    case data_format::tsv:
        return {data_syntax::separated, '\t'};
    case data_format::scsv:
        return {data_syntax::separated, ';'};
    case data_format::psv:
        return {data_syntax::separated, '|'};
    case data_format::sohsv:
        return {data_syntax::separated, '\x01'};
    case data_format::txt:
    case data_format::tsve:
        return {data_syntax::lines};
    case data_format::json:
    case data_format::multijson:
        return {data_syntax::json};
    case data_format::w3clogfile:
        return {data_syntax::w3c};
    case data_format::raw:
        return {data_syntax::whole};
    default:
        return {data_syntax::bytes};
    }
}

std::uint64_t buffer_bytes_for(std::uint64_t source_bytes, std::uint64_t block_bytes) {
    // What does not compress grows by a few bytes for each stored block, and by head and tail.
    auto whole = source_bytes + source_bytes / 64 + 1024;
    return std::min(whole, block_bytes);
}

upload_plan plan_upload(
    std::uint64_t source_bytes, std::uint64_t block_bytes, unsigned threads, upload_memory memory
) {
    upload_plan out;
    out.block_bytes = buffer_bytes_for(source_bytes, block_bytes);
    if (out.block_bytes < block_bytes) return out;
    auto generous = out;
    generous.buffers = 3;
    generous.threads = threads;
    generous.extra = spool::parallel_memory_bytes(source_bytes, threads);
    if (generous.bytes() <= memory.free_bytes) return generous;
    if (2 * block_bytes <= memory.total_bytes) out.buffers = 2;
    return out;
}

bool is_cut(const failure& problem) {
    bool is_broken = problem.code == errc::broken_gzip || problem.code == errc::unreadable;
    return is_broken && problem.next == remedy::retry;
}

after_failure decide(const failure& problem) {
    if (problem.code == errc::file_changed) return after_failure::look_again;
    if (problem.code == errc::file_vanished) return after_failure::look_again;
    if (problem.code == errc::empty_file) return after_failure::skip;
    if (is_cut(problem)) return after_failure::await_writer;
    switch (problem.next) {
    case remedy::upload_again:
        return after_failure::upload_again;
    case remedy::give_up:
        return after_failure::reject;
    case remedy::retry:
    case remedy::reauthenticate:
    case remedy::reroute:
    case remedy::refresh_resources:
    case remedy::reconfigure:
        return after_failure::try_again;
    }
    return after_failure::try_again;
}

std::optional<duration> hold_for(
    const spool::source& what, const target& where, duration repost_after, duration waited
) {
    if (what.ambiguous_posts == 0 || what.last_post_at == wall_time{}) return std::nullopt;
    auto wait = repost_after;
    if (where.deduplicate) wait = std::max(wait, 2 * where.batching_time);
    if (waited >= wait) return std::nullopt;
    return wait - std::max(waited, duration(0));
}

azure::row_key status_row_of(const std::string& source_id, unsigned post) {
    char number[40];
    std::snprintf(number, sizeof number, "00000000-0000-0000-0000-%012u", post);
    return {source_id, number};
}

kusto::ingestion_request message_for(
    const spool::source& what, const target& where, http::url blob, kusto::reporting reports
) {
    kusto::ingestion_request request;
    request.id = what.id;
    request.blob = std::move(blob);
    if (auto* uploaded = spool::blob_of(what.stage)) request.raw_bytes = uploaded->raw_bytes;
    request.database = where.database;
    request.table = where.table;
    request.format = kusto::to_string(where.format);
    request.mapping_reference = where.mapping_reference;
    request.mapping_kind = kusto::mapping_kind(where.format);
    request.tags = where.tags;
    if (where.deduplicate) {
        request.tags.push_back("ingest-by:" + what.id);
        request.ingest_if_not_exists.push_back(what.id);
    }
    // The header is at the beginning of the file: what was appended later has none.
    bool has_header = what.slices.empty() || what.slices.front().offset == 0;
    request.ignore_first_record = where.ignore_first_record && has_header;
    request.additional_properties = where.additional_properties;
    request.report_level = static_cast<int>(reports.level);
    request.report_method = static_cast<int>(reports.method);
    request.created_at = what.claimed_at;
    if (where.creation_time_pattern.empty() || what.slices.empty()) return request;
    auto pattern = spool::creation_time_pattern::parse(where.creation_time_pattern);
    if (pattern) request.creation_time = pattern->match(what.slices.front().name);
    return request;
}

}  // namespace kustodrop::pipeline

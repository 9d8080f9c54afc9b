#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "spool/folder/quarantine_retention.hpp"
#include "spool/following/looking/open_logs.hpp"
#include "spool/source/source.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::spool {

/// Ranges of followed logs that failed, each copied to quarantine/NAME@FROM-TO in the watch's part
/// of the state directory, with NAME@FROM-TO.error.json beside it. Nothing is written in the folder
/// of the logs. Every function blocks.
class kept_ranges {
public:
    /// `folder`: the watch's part of the state directory, which is made when it is needed.
    explicit kept_ranges(std::string folder) : folder_(std::move(folder)) {}

    const std::string& folder() const { return folder_; }

    /// Copies the range from the open file of its log and returns its location (source/place.hpp).
    /// Durable, and may be asked for again after a crash. "file_vanished": the file does not have
    /// the bytes any more.
    result<std::string> keep(
        int file, const slice& range, const std::string& source_id, std::string_view error_json
    ) const;

    /// The same of what that file holds compressed, which is the range and nothing else.
    result<std::string> keep_inflated(
        int file, const slice& range, const std::string& source_id, std::string_view error_json
    ) const;

    /// Puts another explanation beside a range that failed again, as that source.
    result<void> explain(
        const std::string& location, const std::string& source_id, std::string_view error_json
    ) const;

    /// The copy, open; null: it is not there.
    shared_descriptor open(const std::string& location) const;

    /// How many bytes it has by now, for it may have been corrected. Nothing: it is not there.
    std::optional<std::uint64_t> size_of(const std::string& location) const;

    /// Its rows have been delivered: the copy and its explanation are not needed any more.
    result<void> remove(const std::string& location) const;

    std::size_t count() const;

    /// See quarantine_retention.hpp; `limits.needed` has locations.
    result<quarantine_report> expire(wall_time now, const quarantine_limits& limits) const;

private:
    // Writes the bytes of a range: 0, an errno, or ESTALE if they are not there any more.
    using filler = std::function<int(int to)>;

    descriptor open_folder() const;
    descriptor make_folder() const;
    result<std::string> put(
        const slice& range,
        const std::string& source_id,
        std::string_view error_json,
        const filler& fill
    ) const;

    std::string folder_;
};

/// "NAME@FROM-TO": how a range is called wherever a person reads of it.
std::string range_name(const slice& range);

}  // namespace kustodrop::spool

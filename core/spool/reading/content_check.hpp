#pragma once

#include "base/result.hpp"
#include "spool/reading/compression_kind.hpp"
#include "spool/reading/data_scan.hpp"
#include "spool/reading/records/record_count.hpp"
#include "spool/source/source.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::spool {

/// Looks at the uncompressed bytes of a source as they pass: whether there is any data among them,
/// and what the first of them are. Pure.
class content_check {
public:
    content_check() = default;

    /// Without rules everything is data.
    explicit content_check(const std::optional<data_rules>& rules);

    /// Counts the records of what is added from here on. Unset: of nothing. A header is one only
    /// where the bytes begin with their file.
    void count(const std::optional<record_count_rules>& rules, bool begins_file);

    /// Of all bytes; nothing: not counted, or not known.
    std::optional<std::uint64_t> records() const;

    /// True while more has to be seen.
    bool add(std::string_view raw_bytes);

    /// Whether these bytes, the first ones, are enough to know that there is data.
    bool would_suffice(std::string_view first_bytes) const;

    /// "unsupported_compression" if what was compressed is compressed itself or an archive, as soon
    /// as enough is known. `is_all`: nothing follows.
    result<void> inside(const slice& what, bool is_all);

    /// "empty_file" if all bytes have passed and none is data.
    result<void> end(const slice& first) const;

private:
    std::optional<data_scan> data_;
    std::optional<record_count> count_;
    std::string first_bytes_;
    bool inside_checked_ = false;
};

}  // namespace kustodrop::spool

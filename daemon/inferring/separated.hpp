#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::daemon {

/// The records of csv and its relatives (RFC 4180): quotes, doubled quotes and newlines in them.
struct separated_records {
    std::vector<std::vector<std::string>> records;
    bool ends_in_quotes = false;         // The last record was left out: its quote is open.
    bool has_lone_returns = false;       // Outside of quotes, without a newline behind it.
    bool has_text_after_quotes = false;  // "a"b: what the service makes of it is not known.
};

/// `is_cut`: the text is the beginning of a longer one, so its last record is left out. No more
/// than the first `most` records are read.
separated_records read_separated(
    std::string_view text, char separator, bool is_cut, std::size_t most = std::string_view::npos
);

/// The separator of which each record has the same number, and the most; ',' if none fits.
char likely_separator(std::string_view text, bool is_cut);

}  // namespace kustodrop::daemon

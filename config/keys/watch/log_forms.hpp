#pragma once

#include "config/keys/key.hpp"
#include "spool/following/looking/rotated_names.hpp"
#include "spool/reading/records/record_reader.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::config {

/// auto, off, or a list of patterns.
struct rotated_form {
    void describe(key_facts& out) const;
    bool read(section& from, std::string_view key, spool::rotated_names& out) const;
    std::string show(const spool::rotated_names& value) const;
};

/// A kind of records, or {starts_with: TEXT}, which is short for starts_with and `record_starts`.
struct records_form {
    void describe(key_facts& out) const;
    bool read(section& from, std::string_view key, spool::record_rules& out) const;
    std::string show(const spool::record_rules& value) const;
};

/// What is wrong with the pattern of a record's beginning; nothing if it is good.
std::optional<std::string> start_problem(const std::string& text);

}  // namespace kustodrop::config

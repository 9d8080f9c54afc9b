#pragma once

#include <set>
#include <string>
#include <string_view>

/// What a sample file says about the table it fits into. Pure.
namespace kustodrop::daemon {

/// A scalar type of Kusto.
enum class value_type {
    none,
    boolean,
    whole,
    decimal,
    real,
    datetime,
    timespan,
    guid,
    dynamic,
    text
};

/// "bool", "long" …; "string" where nothing is known.
std::string_view to_string(value_type);

/// The narrowest type that the service reads a text as without loss. A number with leading zeros is
/// text: as a number it would lose them. `none`: the text is empty.
value_type type_of(std::string_view text);

/// The narrowest type that holds values of both.
value_type joined(value_type one, value_type other);

/// Whether a number is larger than any that a real holds.
bool is_beyond_real(std::string_view number);

/// Whether the text is a date of which the order of day and month is a matter of the country.
bool is_ambiguous_date(std::string_view text);

/// What the values of one column were.
struct seen_values {
    value_type type = value_type::none;
    std::set<value_type> types = {};
    bool has_leading_zeros = false;
    bool has_ambiguous_dates = false;
    bool may_be_unix_times = true;  // All are numbers of the size of a recent time.
    bool has_exponents = false;
    bool has_long_wholes = false;     // Beyond 2^53: as real they lose digits.
    bool has_long_fractions = false;  // Of more digits than real keeps.
    bool is_beyond_real = false;      // A number of JSON.

    void add(std::string_view text);
    void add(value_type one);
    void add_real(double number);

    /// The type that holds them: decimal instead of a real that would lose digits.
    value_type column_type() const;
};

}  // namespace kustodrop::daemon

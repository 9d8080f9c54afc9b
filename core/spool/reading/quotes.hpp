#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kustodrop::spool {

/// Follows the quotes of separated text (RFC 4180: a field may be quoted, a quote in it is
/// doubled) from its first byte to its last, in pieces of any size.
///
/// Readers differ in what a quote within an unquoted field means: to some it is a character, to
/// some it opens a quotation. What is said here holds for both of them. Pure.
class quote_scan {
public:
    explicit quote_scan(char separator) : separator_(separator) {}

    void add(std::string_view bytes);

    /// Whether every quotation has ended: what follows is a record of its own.
    bool closed() const { return state_ != state::quoted && even_; }

    /// The bytes of the first record, with its line end if it has one; a quoted field may go over
    /// several lines. Nothing if readers may differ, or if it is empty.
    std::optional<std::uint64_t> first_record_bytes() const;

    /// The fields of the first record, where it is certain where that ends.
    std::uint64_t first_record_fields() const { return separators_ + 1; }

private:
    enum class state { field_start, plain, quoted, quote_in_quoted };

    void take(char byte);
    void take_of_first_record(char byte);
    std::string_view skip_to_quote(std::string_view bytes);

    char separator_;
    state state_ = state::field_start;
    bool even_ = true;  // The quotes so far: what the second kind of reader goes by.
    std::uint64_t bytes_ = 0;
    bool in_first_record_ = true;
    bool certain_ = true;  // Of where the first record ends.
    char previous_ = '\0';
    std::uint64_t first_record_ = 0;
    std::uint64_t separators_ = 0;  // In the first record.
};

}  // namespace kustodrop::spool

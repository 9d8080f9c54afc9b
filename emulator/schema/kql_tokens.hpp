#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// One keyword of the Kusto language.
struct token {
    enum class kind { name, number, timespan, text, symbol, end };
    kind type = kind::end;
    std::string value;    // A text comes without its quotes, its escapes resolved.
    std::size_t at = 0;   // Where it begins in the source.
    std::size_t end = 0;  // Where it ends.
};

/// Cuts a command or a query into tokens; the last is of kind `end`. Understands '…', "…" and
/// @'…' strings, ``` blocks, hidden strings (h'…') and // comments. Fails with code "Syntax".
result<std::vector<token>> tokenize(std::string_view text);

/// Walks over tokens. Every take_… moves on only when it matches.
class token_cursor {
public:
    token_cursor(std::string_view source, std::vector<token> tokens)
        : source_(source), tokens_(std::move(tokens)) {}

    const token& peek(std::size_t ahead = 0) const;
    bool at_end() const { return peek().type == token::kind::end; }
    bool take_symbol(std::string_view symbol);
    bool take_keyword(std::string_view keyword);  ///< A name, compared exactly.

    /// A name: bare, or quoted as ['any name'] or ["any name"].
    bool take_name(std::string& out);

    /// A string literal; neighbours are joined, as Kusto does with literals over several lines.
    bool take_text(std::string& out);

    token take();
    std::string_view rest() const { return source_.substr(peek().at); }  ///< The source from here.

    /// A failure that names the place.
    failure unexpected(std::string_view wanted) const;

private:
    std::string_view source_;
    std::vector<token> tokens_;
    std::size_t next_ = 0;
};

}  // namespace kustodrop::emulator

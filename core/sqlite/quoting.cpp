#include "sqlite/quoting.hpp"

namespace kustodrop::sqlite {

static std::string quoted(std::string_view text, char quote) {
    std::string out(1, quote);
    for (char c : text) {
        if (c == quote) out += quote;
        if (c != '\0') out += c;
    }
    return out + quote;
}

std::string quoted_name(std::string_view name) { return quoted(name, '"'); }

std::string quoted_text(std::string_view text) { return quoted(text, '\''); }

}  // namespace kustodrop::sqlite

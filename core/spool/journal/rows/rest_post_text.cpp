#include "spool/journal/rows/rest_post_text.hpp"

#include "base/text.hpp"

namespace kustodrop::spool {

std::string rest_posts_text(const std::vector<rest_post>& posts) {
    std::string out;
    for (auto& one : posts) {
        if (!out.empty()) out += ' ';
        out += percent_encode(one.database) + '/' + percent_encode(one.table) + '/' +
               percent_encode(one.operation);
    }
    return out;
}

std::vector<rest_post> parse_rest_posts(std::string_view text) {
    std::vector<rest_post> out;
    for (auto one : split(text, ' ')) {
        auto parts = split(one, '/');
        if (parts.size() != 3) continue;
        auto database = percent_decode(parts[0]);
        auto table = percent_decode(parts[1]);
        auto operation = percent_decode(parts[2]);
        if (database && table && operation) out.push_back({*database, *table, *operation});
    }
    return out;
}

}  // namespace kustodrop::spool

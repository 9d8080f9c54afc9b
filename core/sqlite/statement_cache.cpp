#include "sqlite/statement_cache.hpp"

#include <tuple>
#include <utility>

namespace kustodrop::sqlite {

statement_cache::use statement_cache::get(std::string_view sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
        auto key = std::forward_as_tuple(sql);
        auto arguments = std::forward_as_tuple(db_, sql);
        found = statements_.emplace(std::piecewise_construct, key, arguments).first;
    }
    return use(&found->second);
}

}  // namespace kustodrop::sqlite

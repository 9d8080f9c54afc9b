#pragma once

#include "sqlite/statement.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace kustodrop::sqlite {

/// Statements that are prepared once and used many times.
class statement_cache {
    struct rewind {
        void operator()(statement* used) const { used->reset(); }
    };

public:
    /// A statement that is rewound at the end of its use.
    using use = std::unique_ptr<statement, rewind>;

    /// The database must outlive the cache.
    explicit statement_cache(const database& db) : db_(db) {}

    /// One use of the same text at a time.
    use get(std::string_view sql);

private:
    const database& db_;
    std::map<std::string, statement, std::less<>> statements_;
};

}  // namespace kustodrop::sqlite

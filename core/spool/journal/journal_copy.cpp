#include "spool/journal/journal_copy.hpp"

#include "spool/journal/journal_store.hpp"

#include <utility>

namespace kustodrop::spool {

asio::awaitable<result<void>> copy_journal(journal& from, std::string path) {
    auto durable = co_await from.durable();
    if (!durable) co_return durable.error();
    bool begins = true;
    for (bool more = true; more; begins = false) {
        auto part = co_await copy_part(from, path, begins);
        if (!part) co_return part.error();
        more = *part;
    }
    co_return result<void>();
}

result<void> copy_journal_at_rest(const std::string& from, const std::string& path) {
    auto store = journal_store::open(from, store_access::as_it_is);
    if (!store) return store.error();
    bool begins = true;
    for (bool more = true; more; begins = false) {
        auto part = (*store)->copy_part(path, begins);
        if (!part) return part.error();
        more = *part;
    }
    return {};
}

}  // namespace kustodrop::spool

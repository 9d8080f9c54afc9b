#include "spool/journal/journal.hpp"
#include "spool/journal/journal_store.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kustodrop::spool {

result<std::vector<journal_row>> read_journal(const std::string& path, const journal_query& query) {
    auto store = journal_store::open(path, store_access::read_only);
    if (!store) return store.error();
    std::vector<journal_row> rows;
    std::optional<journal_cursor> from = query.after;
    std::size_t files = 0;
    while (from && files < query.limit) {
        auto page = (*store)->page(query, *from, query.limit - files);
        if (!page) return page.error();
        for (auto& row : page->rows) files += std::max<std::size_t>(1, row.source.slices.size());
        std::move(page->rows.begin(), page->rows.end(), std::back_inserter(rows));
        from = page->next;
    }
    return rows;
}

}  // namespace kustodrop::spool

#include "spool/journal/journal_pages.hpp"

#include "spool/journal/journal_folders.hpp"
#include "spool/journal/journal_tables.hpp"
#include "spool/source/place.hpp"

namespace kustodrop::spool {

static std::string conditions_of(const journal_query& query, bool has_former_names) {
    std::string sql = " AND (changed_at, id) < (?1, ?2) AND changed_at >= ?3";
    sql += query.outcome ? " AND outcome = ?4" : " AND ?4 IS NULL";
    sql += query.source_id ? " AND id = ?5" : " AND ?5 IS NULL";
    // An outcome that is rare leads to its rows sooner than the watch does.
    sql += !query.watch       ? " AND ?7 IS NULL"
           : has_former_names ? any_name_sql
           : query.outcome    ? " AND +watch = ?7"
                              : " AND watch = ?7";
    sql += query.file ? " AND id IN (SELECT source_id FROM slices WHERE location = ?8"
                        " OR (?10 <> 0 AND inode = ?10 AND name = ?9))"
                      : " AND ?8 IS NULL AND ?9 IS NULL AND ?10 IS NULL";
    // Places in work/ begin with its name and a slash, which the zero follows. No index: asked
    // once.
    if (query.left_in_work) {
        std::string folder(work_folder);
        sql += " AND id IN (SELECT source_id FROM slices WHERE location >= CAST('" + folder +
               "/' AS BLOB) AND location < CAST('" + folder + "0' AS BLOB))";
    }
    return sql;
}

std::string page_sql(const journal_query& query, bool has_former_names) {
    auto select = std::string("SELECT ") + source_rows::columns + " FROM sources";
    auto conditions = conditions_of(query, has_former_names);
    auto retired = select + " WHERE stage = 'retired'" + conditions;
    auto order = " ORDER BY changed_at DESC, id DESC LIMIT ?6";
    if (query.left_in_work) return retired + order;
    // One index leads to both kinds.
    if (query.outcome || query.source_id || query.file)
        return select + " WHERE 1" + conditions + order;
    // Each kind has an index of its own, whose order the two have in common.
    auto unretired = select + " INDEXED BY sources_unretired WHERE stage <> 'retired'" + conditions;
    return retired + " UNION ALL " + unretired + order;
}

std::string unretired_sql() {
    return std::string("SELECT ") + source_rows::columns +
           " FROM sources INDEXED BY sources_unretired WHERE stage <> 'retired'"
           " ORDER BY changed_at DESC, id DESC";
}

std::string old_ones_sql() {
    return "SELECT id FROM sources WHERE stage = 'retired' AND changed_at < ?1 "
           "ORDER BY changed_at LIMIT ?2";
}

}  // namespace kustodrop::spool

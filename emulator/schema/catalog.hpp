#pragma once

#include "emulator/schema/schema.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop::emulator {

/// What exists: databases, their tables, the tables' mappings. Names compare exactly, as the
/// service's do. A database exists once a table was named in it.
class catalog {
public:
    void put_table(table_schema table);
    void put_mapping(mapping mapping);
    void drop_table(std::string_view database, std::string_view table);  ///< And its mappings.
    void drop_mapping(const mapping& mapping);
    void add_database(std::string_view database);

    bool has_database(std::string_view database) const;
    const table_schema* find_table(std::string_view database, std::string_view table) const;
    const mapping* find_mapping(const table_schema&, mapping_kind, std::string_view name) const;
    /// Every mapping of that name, of whatever kind.
    std::vector<const mapping*> mappings_named(const table_schema&, std::string_view name) const;

    std::vector<const table_schema*> tables_of(std::string_view database) const;
    std::vector<const mapping*> mappings_of(const table_schema&) const;
    std::vector<std::string> databases() const;

private:
    struct table_entry {
        table_schema schema;
        std::vector<mapping> mappings;
    };
    using tables = std::map<std::string, table_entry, std::less<>>;

    const table_entry* find(std::string_view database, std::string_view table) const;

    std::map<std::string, tables, std::less<>> databases_;
};

}  // namespace kustodrop::emulator

#include "emulator/schema/catalog.hpp"

#include <algorithm>

namespace kustodrop::emulator {

void catalog::add_database(std::string_view database) { databases_[std::string(database)]; }

void catalog::put_table(table_schema table) {
    auto& entry = databases_[table.database][table.name];
    entry.schema = std::move(table);
}

void catalog::put_mapping(mapping mapping) {
    auto& all = databases_[mapping.database][mapping.table].mappings;
    std::erase_if(all, [&](auto& one) {
        return one.kind == mapping.kind && one.name == mapping.name;
    });
    all.push_back(std::move(mapping));
}

void catalog::drop_mapping(const mapping& mapping) {
    auto& all = databases_[mapping.database][mapping.table].mappings;
    std::erase_if(all, [&](auto& one) {
        return one.kind == mapping.kind && one.name == mapping.name;
    });
}

void catalog::drop_table(std::string_view database, std::string_view table) {
    auto tables = databases_.find(database);
    if (tables == databases_.end()) return;
    auto entry = tables->second.find(table);
    if (entry != tables->second.end()) tables->second.erase(entry);
}

bool catalog::has_database(std::string_view database) const {
    return databases_.find(database) != databases_.end();
}

const catalog::table_entry* catalog::find(std::string_view database, std::string_view table) const {
    auto tables = databases_.find(database);
    if (tables == databases_.end()) return nullptr;
    auto entry = tables->second.find(table);
    return entry == tables->second.end() ? nullptr : &entry->second;
}

const table_schema* catalog::find_table(std::string_view database, std::string_view table) const {
    auto* entry = find(database, table);
    return entry ? &entry->schema : nullptr;
}

std::vector<const mapping*> catalog::mappings_of(const table_schema& table) const {
    std::vector<const mapping*> out;
    auto* entry = find(table.database, table.name);
    if (!entry) return out;
    for (auto& one : entry->mappings) out.push_back(&one);
    return out;
}

std::vector<const mapping*> catalog::mappings_named(
    const table_schema& table, std::string_view name
) const {
    auto out = mappings_of(table);
    std::erase_if(out, [&](auto* one) { return one->name != name; });
    return out;
}

const mapping* catalog::find_mapping(
    const table_schema& table, mapping_kind kind, std::string_view name
) const {
    for (auto* one : mappings_named(table, name)) {
        if (one->kind == kind) return one;
    }
    return nullptr;
}

std::vector<const table_schema*> catalog::tables_of(std::string_view database) const {
    std::vector<const table_schema*> out;
    auto tables = databases_.find(database);
    if (tables == databases_.end()) return out;
    for (auto& [name, entry] : tables->second) out.push_back(&entry.schema);
    return out;
}

std::vector<std::string> catalog::databases() const {
    std::vector<std::string> out;
    for (auto& [name, tables] : databases_) out.push_back(name);
    return out;
}

}  // namespace kustodrop::emulator

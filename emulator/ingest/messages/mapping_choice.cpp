#include "emulator/ingest/messages/mapping_choice.hpp"

#include <optional>
#include <utility>

namespace kustodrop::emulator {

failure refusal(std::string code, std::string detail) {
    return {
        .code = service_code(std::move(code)),
        .next = remedy::give_up,
        .detail = std::move(detail)};
}

failure malformed_property(std::string_view name, std::string_view wanted) {
    return refusal(
        "BadRequest_MalformedIngestionProperty",
        "The ingestion property '" + std::string(name) + "' is not " + std::string(wanted) + "."
    );
}

namespace {

struct named_kind {
    std::string_view name;
    std::optional<mapping_kind> kind;
};

}  // namespace

// The kind of the mapping, where the message says one, must be the kind of the format.
static result<> mapping_type(
    const json_members& properties, const ingestion_message& out, const named_kind* source
) {
    if (!source) return {};
    auto text = properties.text("ingestionMappingType");
    auto kind = source->kind;
    if (!text.empty()) {
        kind = parse_mapping_kind(text);
        if (!kind) return malformed_property("ingestionMappingType", "a known kind of mapping");
    }
    // Go calls the mappings of both avro formats Avro (docs/protocol.md §7.2).
    bool avro = kind == mapping_kind::avro && out.kind == mapping_kind::apacheavro;
    if (!kind || *kind == out.kind || avro) return {};
    return refusal(
        "BadRequest_InvalidMappingReference",
        "A mapping of kind '" + std::string(to_string(*kind)) +
            "' cannot be used with the format '" + out.format + "'."
    );
}

static result<> take_mapping(
    const catalog& known, ingestion_message& out, std::vector<mapping_column> columns
) {
    auto& table = *known.find_table(out.database, out.table);
    for (auto& one : columns) {
        if (table.index_of(one.column)) continue;
        return refusal(
            "BadRequest_InconsistentMapping",
            "The mapping names column '" + one.column + "', which table '" + out.table +
                "' does not have."
        );
    }
    out.mapping = std::move(columns);
    return {};
}

static result<> referenced(const catalog& known, ingestion_message& out, const std::string& name) {
    if (name.empty()) {
        return refusal("BadRequest_EmptyMappingReference", "The mapping reference is empty.");
    }
    auto& table = *known.find_table(out.database, out.table);
    auto* mapping = known.find_mapping(table, out.kind, name);
    if (!mapping && out.kind == mapping_kind::apacheavro) {
        mapping = known.find_mapping(table, mapping_kind::avro, name);
    }
    if (mapping) {
        out.mapping_name = name;
        return take_mapping(known, out, mapping->columns);
    }
    auto others = known.mappings_named(table, name);
    if (others.empty()) {
        return refusal(
            "BadRequest_MappingReferenceWasNotFound",
            "Mapping reference '" + name + "' of type '" + std::string(to_string(out.kind)) +
                "' in database '" + out.database + "' could not be found."
        );
    }
    return refusal(
        "BadRequest_InvalidMappingReference",
        "Mapping '" + name + "' is of kind '" + std::string(to_string(others[0]->kind)) +
            "', which the format '" + out.format + "' cannot use."
    );
}

static result<> given_in_line(
    const catalog& known, ingestion_message& out, const std::string& text
) {
    auto columns = parse_mapping_columns(text);
    if (!columns) return columns.error();
    out.mapping_name = text;
    return take_mapping(known, out, std::move(*columns));
}

result<> choose_mapping(
    const json_members& properties, const catalog& known, ingestion_message& out
) {
    static constexpr named_kind references[]{
        {"ingestionMappingReference", {}},
        {"mappingReference", {}},
        {"csvMappingReference", mapping_kind::csv},
        {"jsonMappingReference", mapping_kind::json},
        {"avroMappingReference", mapping_kind::avro}};
    static constexpr named_kind inlines[]{
        {"ingestionMapping", {}},
        {"csvMapping", mapping_kind::csv},
        {"jsonMapping", mapping_kind::json}};
    const named_kind* reference = nullptr;
    const named_kind* in_line = nullptr;
    int found = 0;
    for (auto& one : references) {
        if (!properties.find(one.name)) continue;
        ++found;
        reference = &one;
    }
    for (auto& one : inlines) {
        if (!properties.find(one.name)) continue;
        ++found;
        in_line = &one;
    }
    if (found > 1) {
        return refusal(
            "BadRequest_DuplicateMapping", "The message names more than one ingestion mapping."
        );
    }
    if (auto done = mapping_type(properties, out, reference ? reference : in_line); !done)
        return done;
    if (reference) return referenced(known, out, properties.text(reference->name));
    if (in_line) return given_in_line(known, out, properties.text(in_line->name));
    return {};
}

}  // namespace kustodrop::emulator

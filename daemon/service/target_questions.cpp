#include "daemon/service/target_questions.hpp"

#include "base/text.hpp"
#include "kusto/data_format.hpp"

#include <algorithm>

namespace kustodrop::daemon {

std::string mappings_command(std::string_view table) {
    return ".show table " + kusto::entity_name(table) + " ingestion mappings";
}

std::string schema_command(std::string_view table) {
    return ".show table " + kusto::entity_name(table) + " schema as json";
}

std::vector<std::string> names_in(const kusto::dataset& answer, std::string_view column) {
    std::vector<std::string> out;
    auto* table = answer.first();
    if (!table) return out;
    auto place = table->column(column, 0);
    for (auto& row : table->rows) out.emplace_back(kusto::dataset_table::value(row, place));
    return out;
}

// One kind has two names.
static bool is_kind(std::string_view listed, std::string_view wanted) {
    if (equals_ignoring_case(listed, wanted)) return true;
    return equals_ignoring_case(listed, "Avro") && wanted == "ApacheAvro";
}

std::vector<std::string> fitting_mappings(
    const kusto::dataset& answer, const kusto::target& where
) {
    auto names = names_in(answer, "Name");
    auto kinds = names_in(answer, "Kind");
    std::vector<std::string> out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (is_kind(kinds[i], kusto::mapping_kind(where.format))) out.push_back(names[i]);
    }
    return out;
}

std::optional<std::string> mapping_in(const kusto::dataset& answer, const kusto::target& where) {
    auto names = names_in(answer, "Name");
    auto kinds = names_in(answer, "Kind");
    auto texts = names_in(answer, "Mapping");
    for (std::size_t i = 0; i < names.size(); ++i) {
        bool fits = is_kind(kinds[i], kusto::mapping_kind(where.format));
        if (fits && names[i] == where.mapping_reference) return texts[i];
    }
    return std::nullopt;
}

bool is_absent(const failure& refused) {
    auto& code = refused.code.service_text();
    return code.find("EntityNotFound") != std::string::npos ||
           code.find("NotExist") != std::string::npos;
}

bool is_unresolved(const failure& refused) {
    return is_absent(refused) || refused.message().find("Failed to resolve") != std::string::npos;
}

bool is_denied(const failure& refused) {
    auto& code = refused.code.service_text();
    return code == "http_403" || code == "http_401" || code.starts_with("Forbidden") ||
           code.starts_with("Unauthorized") || code.find("AccessDenied") != std::string::npos;
}

}  // namespace kustodrop::daemon

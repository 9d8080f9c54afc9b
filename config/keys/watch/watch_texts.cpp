#include "config/keys/watch/watch_texts.hpp"

#include "base/glob.hpp"
#include "base/text.hpp"
#include "config/reading/paths.hpp"
#include "kusto/creation_time.hpp"

#include <array>

namespace kustodrop::config {

std::optional<std::string> folder_problem(const std::string& path) {
    if (path.empty()) return "is empty; use an absolute path";
    if (auto problem = path_problem(path)) return problem;
    if (normal_path(path) == "/") return "is the whole file system; use a folder of its own";
    for (auto part : split(path, '/')) {
        if (part == ".kustodrop") return "is one of kustodrop's own folders; use a drop folder";
    }
    return std::nullopt;
}

std::optional<std::string> name_problem(const std::string& name) {
    static constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
    static constexpr std::size_t longest = 64;
    bool good = !name.empty() && name.size() <= longest &&
                name.find_first_not_of(allowed) == std::string::npos;
    if (good) return std::nullopt;
    return "is not a valid name; use 1 to 64 of a-z, 0-9 and -";
}

// What pages and word processors put in the place of plain characters.
static constexpr auto not_plain = std::to_array<std::string_view>({
    "\u00A0",
    "\u00AB",
    "\u00BB",
    "\u2007",
    "\u200B",
    "\u200E",
    "\u200F",
    "\u2018",
    "\u2019",
    "\u201C",
    "\u201D",
    "\u201E",
    "\u202F",
    "\u2060",
    "\uFEFF",
});

static bool is_quoted_as_in_a_query(std::string_view name) {
    return (name.starts_with("['") && name.ends_with("']")) ||
           (name.starts_with("[\"") && name.ends_with("\"]"));
}

std::optional<std::string> entity_problem(const std::string& name) {
    if (name.empty()) return "is empty; use a name";
    if (name.size() > 1024) return "is too long; use at most 1024 bytes";
    if (trimmed(name) != name) return "has blanks around it; use the name alone";
    if (is_quoted_as_in_a_query(name)) {
        return "is quoted as in a query; use the name alone, " + name.substr(2, name.size() - 4);
    }
    for (auto one : not_plain) {
        if (name.find(one) == std::string::npos) continue;
        return "has a typographic quotation mark or an invisible character; type the name in a "
               "plain text editor";
    }
    return std::nullopt;
}

std::optional<std::string> optional_entity_problem(const std::string& name) {
    return name.empty() ? std::nullopt : entity_problem(name);
}

std::optional<std::string> pattern_problem(const std::string& pattern) {
    if (pattern.starts_with('^') && pattern.ends_with('$')) {
        return "is a regular expression; use a pattern, like \"*.csv\"";
    }
    return spool::glob_problem(pattern);
}

std::optional<std::string> creation_time_problem(const std::string& pattern) {
    if (pattern.empty()) return std::nullopt;
    auto parsed = spool::creation_time_pattern::parse(pattern);
    return parsed ? std::nullopt : std::optional(parsed.error().detail);
}

std::optional<std::string> marker_problem(const std::string& text) {
    if (text.empty()) return std::nullopt;
    bool bad = text.find('/') != std::string::npos || text.size() > 64;
    if (bad) return "is not a valid ending of a name; use an ending like \".ok\", without a slash";
    if (text.find_first_of("*?[") != std::string::npos) {
        return "is a pattern, and a marker is the file's name and an ending; use the ending alone, "
               "like \".ok\"";
    }
    return std::nullopt;
}

std::string name_from_path(std::string_view path) {
    std::string out;
    for (char c : to_lower(path.substr(path.rfind('/') + 1))) {
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain) {
            out += c;
        } else if (!out.empty() && out.back() != '-') {
            out += '-';
        }
    }
    out = out.substr(0, 64);
    while (out.ends_with('-')) out.pop_back();
    return out.empty() ? "watch" : out;
}

std::optional<std::string> property_problem(std::string_view name, bool has_mapping_reference) {
    struct reserved {
        std::string_view name;
        std::string_view instead;
    };
    static constexpr auto ours = std::to_array<reserved>({
        {"authorizationContext", "it is the service's identity token"},
        {"format", "use the watch's format"},
        {"tags", "use the watch's tags"},
        {"ingestIfNotExists", "use the watch's deduplicate"},
        {"ingestionMappingReference", "use the watch's ingestion_mapping_reference"},
        {"mappingReference", "use the watch's ingestion_mapping_reference"},
        {"csvMappingReference", "use the watch's ingestion_mapping_reference"},
        {"jsonMappingReference", "use the watch's ingestion_mapping_reference"},
        {"avroMappingReference", "use the watch's ingestion_mapping_reference"},
        {"ignoreFirstRecord", "use the watch's ignore_first_record"},
        {"creationTime", "use the watch's creation_time_pattern"},
    });
    for (auto& property : ours) {
        if (!equals_ignoring_case(property.name, name)) continue;
        return "is set by kustodrop itself; " + std::string(property.instead);
    }
    bool mapping = equals_ignoring_case(name, "ingestionMapping") ||
                   equals_ignoring_case(name, "ingestionMappingType");
    if (mapping && has_mapping_reference) {
        return "contradicts ingestion_mapping_reference; use one of them";
    }
    return std::nullopt;
}

}  // namespace kustodrop::config

#include "spool/source/place.hpp"

#include "base/random.hpp"
#include "base/text.hpp"

namespace kustodrop::spool {

static constexpr std::size_t id_bytes = 36;

std::string work_location(std::string_view source_id, std::string_view name) {
    std::string id(source_id);
    bool plain = name.find('/') == std::string_view::npos;
    bool fits = id_bytes + 1 + name.size() <= longest_name_bytes;
    // There may be a hundred thousand of them: none has room to grow.
    std::string location;
    location.reserve(work_folder.size() + 1 + id.size() + 1 + name.size());
    location.append(work_folder).append("/").append(id);
    location.append(plain && fits ? "~" : "/").append(name);
    return location;
}

std::optional<std::string> flat_work_location(std::string_view source_id, std::string_view name) {
    std::string base(source_id);
    base += '=';
    for (char c : name) {
        if (c == '/') {
            base += "%2F";
        } else if (c == '%') {
            base += "%25";
        } else {
            base += c;
        }
    }
    if (base.size() > longest_name_bytes) return std::nullopt;
    return joined(work_folder, base);
}

// Only what flat_work_location() makes.
static std::optional<std::string> unflattened(std::string_view base) {
    std::string name;
    while (!base.empty()) {
        bool is_slash = base.starts_with("%2F");
        if (base.front() == '/') return std::nullopt;
        if (base.front() == '%' && !is_slash && !base.starts_with("%25")) return std::nullopt;
        bool is_escaped = base.front() == '%';
        name += is_slash ? '/' : base.front();
        base.remove_prefix(is_escaped ? 3 : 1);
    }
    return name;
}

std::optional<work_place> parse_work_place(std::string_view relative) {
    if (relative.size() < id_bytes + 2) return std::nullopt;
    auto id = relative.substr(0, id_bytes);
    auto separator = relative[id_bytes];
    auto name = relative.substr(id_bytes + 1);
    if (!is_guid(id) || to_lower(id) != id) return std::nullopt;
    if (separator == '=') {
        auto whole = unflattened(name);
        return whole ? std::optional(work_place{std::string(id), std::move(*whole)}) : std::nullopt;
    }
    if (separator != '/' && separator != '~') return std::nullopt;
    if (separator == '~' && name.find('/') != std::string_view::npos) return std::nullopt;
    return work_place{std::string(id), std::string(name)};
}

// Where the extension begins; the size of the name if it has none.
static std::size_t extension_at(std::string_view base) {
    static constexpr std::size_t longest_extension = 32;
    auto dot = base.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return base.size();
    if (base.size() - dot > longest_extension) return base.size();
    auto last = to_lower(base.substr(dot));
    if (last == ".gz" || last == ".zip") {
        auto before = base.rfind('.', dot - 1);
        bool usable = before != std::string_view::npos && before > 0;
        if (usable && base.size() - before <= longest_extension) return before;
    }
    return dot;
}

std::optional<std::string> id_in_work(std::string_view location) {
    if (!location.starts_with(work_folder)) return std::nullopt;
    auto rest = location.substr(work_folder.size());
    if (!rest.starts_with('/')) return std::nullopt;
    auto place = parse_work_place(rest.substr(1));
    return place ? std::optional(place->source_id) : std::nullopt;
}

std::string with_id(std::string_view base, std::string_view source_id) {
    auto at = extension_at(base);
    auto extension = base.substr(at);
    auto room = longest_name_bytes - id_bytes - 1 - extension.size();
    auto stem = base.substr(0, std::min(at, room));
    return std::string(stem) + "." + std::string(source_id) + std::string(extension);
}

std::string sidecar_name(std::string_view base, std::string_view source_id) {
    static constexpr std::string_view ending = ".error.json";
    bool fits = base.size() + ending.size() <= longest_name_bytes;
    return std::string(fits ? base : source_id) + std::string(ending);
}

std::vector<std::string> folders_below(
    std::string_view top, std::string_view folder, std::string_view source_id
) {
    auto own = joined(top, source_id);
    if (folder == ".") return {std::string(top), own};
    return {joined(top, folder), joined(own, folder), own};
}

std::optional<std::string> unusual_place(std::string_view location) {
    bool archived = location.starts_with(archive_folder);
    if (!archived && !location.starts_with(quarantine_folder)) return std::nullopt;
    for (auto part : split(location, '/')) {
        if (is_guid(part)) return std::string(part);
    }
    return std::nullopt;
}

std::string day_name(wall_time day) { return to_iso8601(day).substr(0, 10); }

std::optional<wall_time> parse_day_name(std::string_view name) {
    if (name.size() != 10) return std::nullopt;
    auto day = parse_iso8601(name);
    if (!day || day_name(*day) != name) return std::nullopt;
    return day;
}

std::string joined(std::string_view folder, std::string_view base) {
    if (folder == ".") return std::string(base);
    return std::string(folder) + "/" + std::string(base);
}

}  // namespace kustodrop::spool

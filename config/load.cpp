#include "config/load.hpp"

#include "base/text.hpp"
#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"
#include "config/reading/file_content.hpp"
#include "config/reading/interpolate.hpp"

#include <algorithm>

namespace kustodrop::config {

bool loaded::ok() const {
    return std::all_of(problems.begin(), problems.end(), [](auto& found) { return found.warning; });
}

namespace {

/// What is to be read, and whether only its owner can read it, so that secrets may stand in it.
struct document_text {
    std::string_view text;
    std::string file_name;
    bool is_private = false;
};

}  // namespace

static loaded load_document(const document_text& document, const environment& environment) {
    auto parsed = parse_yaml(document.text, document.file_name);
    if (!parsed.problems.empty()) return {settings{}, std::move(parsed.problems)};
    report report(document.file_name);
    loaded out;
    if (parsed.root.kind == node_kind::null) {
        report.error({}, "", "the file is empty; use a map of sections like cluster: and watches:");
    } else if (parsed.root.kind != node_kind::map) {
        report.error(
            parsed.root.at, "", "is not a map; use a map of sections like cluster: and watches:"
        );
    } else {
        reading reading{report, environment, document.is_private};
        section root(reading, parsed.root, "");
        for (auto& one : root_keys()) read_key(root, one, out.values);
        root.finish();
    }
    out.problems = report.take_sorted();
    return out;
}

loaded load_file(const std::string& path, const environment& environment) {
    auto content = read_whole_file(path, yaml_limits{}.bytes);
    if (!content) {
        return {settings{}, {{path, 1, 1, "", "cannot be read: " + content.error().detail}}};
    }
    return load_document({content->text, path, content->is_private}, environment);
}

loaded load_text(std::string_view text, std::string file_name, const environment& environment) {
    return load_document({text, std::move(file_name), true}, environment);
}

result<secret> read_secret(const std::string& source, const environment& environment) {
    auto found = interpolate(source, environment, sensitivity::secret);
    if (!found) return found.error();
    conceal(*found, environment);
    if (found->text.empty()) {
        return failure{errc::empty_secret, remedy::reconfigure, source + " is empty"};
    }
    return secret(std::move(found->text));
}

}  // namespace kustodrop::config

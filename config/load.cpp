#include "config/load.hpp"

#include "base/text.hpp"
#include "config/interpolate.hpp"
#include "config/read.hpp"
#include "config/yaml_document.hpp"

#include <algorithm>

namespace kustodrop::config {

std::string to_string(const problem& problem) {
    auto place = printable(problem.file) + ":" + std::to_string(problem.line) + ":" +
                 std::to_string(problem.column) + ": ";
    if (problem.warning) place += "warning: ";
    if (!problem.key.empty()) place += problem.key + ": ";
    return place + problem.message;
}

bool loaded::ok() const {
    return std::all_of(problems.begin(), problems.end(), [](auto& found) { return found.warning; });
}

static void read_state_directory(section& root, std::string& out) {
    auto rule = [](const std::string& path) -> std::optional<std::string> {
        if (path.empty()) return "is empty; allowed: an absolute path";
        return path_problem(path);
    };
    if (root.text("state_directory", out, rule)) out = normal_path(out);
}

static settings read_root(section& root, const environment& environment, bool literal_allowed) {
    settings out;
    auto cluster = root.map("cluster");
    read_cluster(std::move(cluster), environment, out.cluster);
    read_auth(root.map("auth"), environment, literal_allowed, out.auth);
    read_state_directory(root, out.state_directory);
    // The watches' keys are reported after the rest is known, which their rules look at.
    read_upload(root.map("upload"), out.upload);
    read_notifications(root.map("notifications"), out.notifications);
    read_watches(root, out);
    read_retention(root.map("retention"), out.retention);
    read_network(root.map("network"), environment, literal_allowed, out.network);
    read_drain(root.map("drain"), out.drain);
    read_admin(root.map("admin"), out.admin);
    read_log(root.map("log"), out.log);
    root.finish();
    return out;
}

loaded load_document(const document_text& document, const environment& environment) {
    auto parsed = parse_yaml(document.text, document.file_name);
    if (!parsed.problems.empty()) return {settings{}, std::move(parsed.problems)};
    report report(document.file_name);
    loaded out;
    if (parsed.root.kind == node_kind::null) {
        report.error(
            {}, "", "the file is empty; allowed: a map of sections like cluster: and watches:"
        );
    } else if (parsed.root.kind != node_kind::map) {
        report.error(
            parsed.root.at, "", "is no map; allowed: a map of sections like cluster: and watches:"
        );
    } else {
        reading reading{report, environment};
        section root(reading, parsed.root, "");
        out.values = read_root(root, environment, document.is_private);
    }
    out.problems = report.take_sorted();
    return out;
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

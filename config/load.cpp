#include "config/load.hpp"

#include "base/text.hpp"
#include "config/keys/key_homes.hpp"
#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"
#include "config/reading/file_content.hpp"
#include "config/reading/fragments.hpp"
#include "config/reading/interpolate.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

namespace kustodrop::config {

static std::string homes_in_table(std::string_view name) {
    return homes_of(name, documented_keys());
}

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

/// What a fragment may hold.
constexpr std::array<std::string_view, 2> keys_of_fragments{"watches", "clusters"};

/// A parsed fragment with where its problems go; it stays where it is while its sections live.
struct fragment {
    std::string file;
    node root = {};
    config::report report{file};
    config::reading reading;

    fragment(std::string path, bool is_private, const environment& environment)
        : file(std::move(path)), reading{report, environment, is_private} {
        reading.homes_of = homes_in_table;
    }
};

/// The fragments of a configuration file and all that is wrong with them.
class fragment_files {
public:
    fragment_files(
        const std::string& folder, const candidate& candidate, const environment& environment
    )
        : environment_(environment) {
        auto names = list_fragments(folder);
        if (!names) {
            miss(folder, names.error());
            return;
        }
        auto& paths = names->read;
        if (!candidate.file.empty()) {
            auto place = (std::filesystem::path(folder) / candidate.name).string();
            auto at = std::lower_bound(paths.begin(), paths.end(), place);
            bool replaces = at != paths.end() && *at == place;
            if (replaces) at = paths.erase(at);
            paths.insert(at, candidate.file);
        }
        for (auto& path : names->ignored) {
            found_.push_back({path, 1, 1, "", "is not read; use a name that ends in .yaml", true});
        }
        for (auto& path : names->read) read(path);
    }

    config::fragments& beside() { return beside_; }

    void note_origins(origins& found) {
        for (auto& one : read_) one->reading.origins = &found;
    }

    /// Call it once everything was read from them.
    std::vector<problem> take_problems() {
        for (auto& root : beside_.roots) finish(root);
        for (auto& one : read_) {
            for (auto& found : one->report.take_sorted()) found_.push_back(std::move(found));
        }
        return std::move(found_);
    }

private:
    void miss(const std::string& path, const failure& why) {
        found_.push_back({path, 1, 1, "", "cannot be read: " + why.detail});
        beside_.is_whole = false;
    }

    void read(const std::string& path) {
        auto content = read_whole_file(path, yaml_limits{}.bytes);
        if (!content) return miss(path, content.error());
        auto parsed = parse_yaml(content->text, path);
        static constexpr auto use =
            "use a map with the list watches:, or an empty list for no watches";
        auto& root = parsed.root;
        if (parsed.problems.empty() && root.kind != node_kind::map) {
            auto what = root.kind == node_kind::null ? "the file is empty; " : "is not a map; ";
            parsed.problems.push_back({path, root.at.line, root.at.column, "", what});
            parsed.problems.back().message += use;
        }
        if (!parsed.problems.empty()) {
            found_.insert(found_.end(), parsed.problems.begin(), parsed.problems.end());
            beside_.is_whole = false;
            return;
        }
        auto& made =
            *read_.emplace_back(std::make_unique<fragment>(path, content->is_private, environment_)
            );
        made.root = std::move(root);
        beside_.roots.emplace_back(made.reading, made.root, "");
    }

    static void finish(section& root) {
        for (auto name : keys_of_fragments) root.take(name);
        for (auto& one : root_keys()) {
            bool is_here = std::ranges::count(root.free_keys(), one.facts.name) > 0;
            if (!is_here) continue;
            root.error(
                one.facts.name,
                "belongs into the main file; a fragment has watches and clusters only"
            );
        }
        root.finish();
    }

    const environment& environment_;
    config::fragments beside_;
    std::vector<std::unique_ptr<fragment>> read_;
    std::vector<problem> found_;
};

}  // namespace

static void load_document(
    const document_text& document, const environment& environment, fragments* beside, loaded& out
) {
    auto parsed = parse_yaml(document.text, document.file_name);
    out.problems = std::move(parsed.problems);
    if (!out.problems.empty()) return;
    report report(document.file_name);
    if (parsed.root.kind == node_kind::null) {
        report.error({}, "", "the file is empty; use a map of sections like cluster: and watches:");
    } else if (parsed.root.kind != node_kind::map) {
        report.error(
            parsed.root.at, "", "is not a map; use a map of sections like cluster: and watches:"
        );
    } else {
        out.file = document.file_name;
        reading reading{report, environment, document.is_private, beside, &out.origins};
        reading.homes_of = homes_in_table;
        section root(reading, parsed.root, "");
        read_root(root, out.values);
        root.finish();
    }
    out.problems = report.take_sorted();
}

loaded load_file(const std::string& path, const environment& environment, const candidate& beside) {
    auto content = read_whole_file(path, yaml_limits{}.bytes);
    if (!content) {
        problem unread{path, 1, 1, "", "cannot be read: " + content.error().detail};
        return {settings{}, {unread}};
    }
    auto folder = beside.folder.empty() ? fragments_folder(path) : beside.folder;
    fragment_files fragments(folder, beside, environment);
    document_text main{content->text, path, content->is_private};
    loaded out;
    fragments.note_origins(out.origins);
    load_document(main, environment, &fragments.beside(), out);
    for (auto& found : fragments.take_problems()) out.problems.push_back(std::move(found));
    return out;
}

loaded load_text(std::string_view text, std::string file_name, const environment& environment) {
    loaded out;
    load_document({text, std::move(file_name), true}, environment, nullptr, out);
    return out;
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

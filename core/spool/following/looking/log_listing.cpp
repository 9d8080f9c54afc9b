#include "spool/following/looking/log_listing.hpp"

#include "spool/following/log_identity.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <string>
#include <unistd.h>

namespace kustodrop::spool {

// What is written in a link; empty: it cannot be read.
static std::string text_of(const drop_folder& folder, const std::string& link) {
    std::array<char, 4096> text{};
    auto length = ::readlinkat(folder.descriptor_of_root(), link.c_str(), text.data(), text.size());
    return length <= 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(length));
}

// The name in the watch's folder that a link leads to; empty: elsewhere. Nothing is followed, for
// what lies elsewhere may not answer.
static std::string target_of(const drop_folder& folder, const std::string& link) {
    auto text = text_of(folder, link);
    std::string_view target(text);
    if (target.starts_with(folder.path() + "/")) {
        return std::string(target.substr(folder.path().size() + 1));
    }
    if (target.starts_with("./")) target.remove_prefix(2);
    if (target.find('/') != std::string_view::npos) return {};
    return link.substr(0, link.rfind('/') + 1) + std::string(target);
}

namespace {

// File systems number their files alike. Mounts number devices again, so that a number
// which is to last is made of the name of the mount.
class file_numbers {
public:
    explicit file_numbers(int root) : root_(root) {
        struct ::stat facts = {};
        if (::fstat(root, &facts) == 0) device_ = facts.st_dev;
        folders_[""] = {device_, ""};
    }

    std::uint64_t of(const sighting& one) {
        if (one.identity.device == device_) return one.inode;
        // An overlay gives its files other devices than its folders.
        auto& mount = folder(parent_of(one.name)).mount;
        if (mount.empty()) return one.inode;
        return content_hash(mount + '/' + std::to_string(one.inode)) >> 1u;
    }

private:
    struct place {
        std::uint64_t device = 0;
        std::string mount;  // Where the file system that it is on begins.
    };

    static std::string parent_of(const std::string& name) {
        auto end = name.rfind('/');
        return end == std::string::npos ? std::string() : name.substr(0, end);
    }

    const place& folder(const std::string& name) {
        auto known = folders_.find(name);
        if (known != folders_.end()) return known->second;
        auto found = folder(parent_of(name));
        struct ::stat facts = {};
        bool is_there = ::fstatat(root_, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0;
        if (is_there && facts.st_dev != found.device) found = {facts.st_dev, name};
        return folders_[name] = found;
    }

    int root_;
    std::uint64_t device_ = 0;
    std::map<std::string, place> folders_;
};

}  // namespace

static int weight(const listed_file& one) {
    if (!one.is_named) return 0;
    return one.name.rotated ? 1 : 2;
}

// By name: file systems list a folder in any order, which decides nothing then.
static std::vector<const sighting*> in_order(const std::vector<sighting>& found) {
    std::vector<const sighting*> out;
    out.reserve(found.size());
    for (auto& one : found) out.push_back(&one);
    std::ranges::sort(out, {}, [](auto* one) -> const std::string& { return one->name; });
    return out;
}

std::vector<listed_file> list_files(
    const drop_folder& folder,
    const log_names& names,
    const std::vector<sighting>& found,
    const std::set<std::string>& known
) {
    std::vector<std::string> regular;
    std::map<std::string, std::string> links;
    for (auto& one : found) {
        if (one.kind == file_kind::regular) regular.push_back(one.name);
        bool may_be_live = one.kind == file_kind::symlink && names.may_be_log(one.name);
        if (may_be_live) links[one.name] = target_of(folder, one.name);
    }
    auto logs = names.sort(regular, known);
    std::vector<listed_file> out;
    std::map<std::uint64_t, std::size_t> places;
    file_numbers numbers(folder.descriptor_of_root());
    for (auto* one : in_order(found)) {
        if (one->kind != file_kind::regular) continue;
        listed_file listed{one, numbers.of(*one), {}, false};
        if (auto name = logs.find(one->name); name != logs.end()) {
            listed.is_named = true;
            listed.name = name->second;
            auto link = links.find(listed.name.family);
            if (link != links.end() && link->second == one->name) listed.name.rotated = false;
        }
        auto [place, is_first] = places.emplace(listed.number, out.size());
        if (is_first) {
            out.push_back(std::move(listed));
        } else if (weight(listed) > weight(out[place->second])) {
            out[place->second] = std::move(listed);
        }
    }
    return out;
}

std::vector<std::string> links_elsewhere(
    const drop_folder& folder,
    const log_names& names,
    const std::vector<sighting>& found,
    const std::set<std::string>& followed
) {
    namespace fs = std::filesystem;
    std::vector<std::string> out;
    for (auto& one : found) {
        if (one.kind != file_kind::symlink || !names.may_be_log(one.name)) continue;
        auto beside = fs::path(folder.path() + "/" + one.name).parent_path();
        auto target = (beside / text_of(folder, one.name)).lexically_normal();
        auto name = target.lexically_relative(fs::path(folder.path()).lexically_normal());
        if (!followed.contains(name.string())) out.push_back(one.name);
    }
    return out;
}

}  // namespace kustodrop::spool

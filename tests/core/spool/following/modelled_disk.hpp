#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

/// A file of the model: its number is free again as soon as neither a name nor a process has it.
struct modelled_file {
    std::uint64_t inode = 0;
    std::int64_t born = 0;
    std::string data;
    bool compressed = false;  // The data are the inflated ones.
    int holders = 0;
};
using modelled_ref = std::shared_ptr<modelled_file>;

/// A file system that gives the inode of a deleted file to the next one, as ext4 does.
class modelled_disk {
public:
    modelled_ref create(const std::string& name, bool compressed = false) {
        auto made = std::make_shared<modelled_file>();
        made->inode = free_.empty() ? ++last_ : free_.back();
        if (!free_.empty()) free_.pop_back();
        made->born = ++time_;
        made->compressed = compressed;
        if (auto old = find(name)) release(old);
        names_[name] = made;
        hold(made);
        return made;
    }

    void hold(const modelled_ref& file) { ++file->holders; }
    void release(const modelled_ref& file) {
        if (--file->holders == 0) free_.push_back(file->inode);
    }

    bool has(const std::string& name) const { return names_.contains(name); }
    modelled_ref find(const std::string& name) const {
        auto found = names_.find(name);
        return found == names_.end() ? nullptr : found->second;
    }
    void unlink(const std::string& name) {
        if (auto file = find(name)) {
            names_.erase(name);
            release(file);
        }
    }
    void rename(const std::string& from, const std::string& to) {
        auto file = find(from);
        if (!file) return;
        unlink(to);
        names_.erase(from);
        names_[to] = file;
    }
    void copy(const std::string& from, const std::string& to, bool half) {
        auto whole = find(from);
        if (!whole) return;
        auto made = has(to) ? find(to) : create(to);
        made->data = whole->data.substr(0, half ? whole->data.size() / 2 : std::string::npos);
    }
    void compress(const std::string& name) {
        if (!has(name) || has(name + ".gz")) return;
        create(name + ".gz", true)->data = find(name)->data;
        unlink(name);
    }

    /// As another mount of a file system whose numbers do not last.
    void renumber() {
        free_.clear();
        for (auto& [name, file] : names_) file->inode = ++last_;
    }

    const std::map<std::string, modelled_ref>& names() const { return names_; }
    std::int64_t time() const { return time_; }

private:
    std::map<std::string, modelled_ref> names_;
    std::vector<std::uint64_t> free_;
    std::uint64_t last_ = 0;
    std::int64_t time_ = 0;
};

/// The numbers of the records in these bytes: "NUMBER|…\n".
inline std::vector<int> records_of(std::string_view bytes) {
    std::vector<int> found;
    while (!bytes.empty()) {
        auto line = bytes.substr(0, bytes.find('\n'));
        bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
        auto text = line.find_first_not_of('\0');
        auto bar = line.find('|');
        if (bar == std::string_view::npos) continue;
        found.push_back(std::stoi(std::string(line.substr(text, bar - text))));
    }
    return found;
}

}  // namespace kustodrop::spool

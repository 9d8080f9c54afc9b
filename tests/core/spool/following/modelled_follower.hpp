#pragma once

#include "modelled_disk.hpp"
#include "spool/following/content/noise.hpp"
#include "spool/following/log_book.hpp"
#include "spool/following/log_records.hpp"

#include <functional>
#include <optional>
#include <utility>

namespace kustodrop::spool {

inline content_mark mark_of(std::string_view data, std::uint64_t end, std::uint64_t most) {
    auto length = std::min(end, most);
    if (length == 0) return {};
    return {end, length, content_hash(data.substr(end - length, length))};
}

/// The files of a look in memory.
struct modelled_content : log_content {
    std::vector<modelled_ref> files;
    std::set<std::size_t> unreadable;

    std::optional<std::uint64_t> hash(std::size_t file, std::uint64_t from, std::uint64_t to)
        override {
        if (unreadable.contains(file)) return std::nullopt;
        return content_hash(std::string_view(files.at(file)->data).substr(from, to - from));
    }
    std::uint64_t line_end(std::size_t file, std::uint64_t limit) override {
        auto before = std::string_view(files.at(file)->data).substr(0, limit);
        return before.rfind('\n') + 1;
    }
    bool is_noise(std::size_t file) override {
        return spool::is_noise(std::string_view(files.at(file)->data).substr(0, noise_sample_bytes)
        );
    }
};

inline log_sighting sighting_of(const std::string& name, const modelled_file& file) {
    log_sighting seen;
    seen.name = name;
    seen.family = "app.log";
    seen.rotated = name != "app.log";
    seen.compressed = file.compressed;
    seen.file = {file.inode, file.born, ""};
    seen.size_bytes = file.data.size();
    return seen;
}

/// What a follower does with the book: looks, reads whole lines, holds what it follows.
class modelled_follower {
public:
    static constexpr evidence_sizes sizes{64, 32, 64};

    explicit modelled_follower(modelled_disk& disk) : disk_(disk) {}

    /// The end of the process: what is in the journal stays.
    void kill() {
        for (auto& [key, file] : held_) disk_.release(file);
        held_.clear();
        undecided_.clear();
        book_ = log_book(options());
        std::vector<log_state> logs;
        for (auto& [number, record] : journal_) logs.push_back(state_of(record).value());
        if (begun_) book_.restore(logs, last_number_);
    }

    void look(std::optional<std::size_t> budget, time_point now) {
        modelled_content content;
        std::vector<log_sighting> files;
        auto add = [&](const std::string& name, const modelled_ref& file) {
            files.push_back(sighting_of(name, *file));
            content.files.push_back(file);
            for (auto record : records_of(file->data)) readable.insert(record);
        };
        std::set<modelled_file*> named;
        for (auto& [name, file] : disk_.names()) {
            add(name, file);
            named.insert(file.get());
        }
        for (auto& [key, file] : held_) {
            if (named.contains(file.get())) continue;
            auto undecided = undecided_.find(key);
            add(undecided == undecided_.end() ? "" : undecided->second, file);
        }
        auto found = book_.look(files, content, now);
        begun_ = true;
        for (auto& loss : found.losses) claim(loss);
        for (auto& [number, log] : book_.logs()) {
            bool undecided = log.phase == log_phase::undecided || log.copy_of > 0;
            if (!undecided) continue;
            for (auto& file : content.files) {
                if (file->inode == log.file.inode) last_data_[number] = file->data;
            }
        }
        hold_undecided(found, content, files);
        for (auto& one : found.judgements) {
            if (one.status != log_status::from_its_size) continue;
            auto position = book_.find(one.log)->position;
            auto& data = content.files[*one.file]->data;
            for (auto record : records_of(data.substr(0, position))) excluded.insert(record);
        }
        std::vector<std::pair<log_number, std::size_t>> followed;
        for (auto& [number, log] : book_.logs()) {
            if (log.phase != log_phase::followed) continue;
            for (std::size_t i = 0; i < files.size(); ++i) {
                if (!files[i].file.same_file(log.file)) continue;
                followed.emplace_back(number, i);
                break;
            }
        }
        for (auto [number, i] : followed) {
            read(number, content.files[i], files[i].name.empty(), budget);
        }
        auto changed = book_.changes();
        for (auto& log : changed.written) journal_[log.number] = record_of("app", log);
        for (auto number : changed.forgotten) journal_.erase(number);
        last_number_ = book_.last_number();
    }

    const log_book& book() const { return book_; }

    std::map<int, int> delivered;
    std::set<int> readable;  // At some look.
    std::set<int> excluded;  // There before the first start.
    std::set<int> claimed;   // In ranges that were reported as lost.
    std::set<int> doubled;   // Beyond what logs may begin with alike.
    std::size_t losses = 0;

private:
    static book_options options() {
        book_options made;
        made.watch = "app";
        made.sizes = sizes;
        return made;
    }

    void hold_undecided(
        const look_result& found,
        const modelled_content& content,
        const std::vector<log_sighting>& files
    ) {
        for (auto& [key, name] : undecided_) {
            disk_.release(held_.at(key));
            held_.erase(key);
        }
        undecided_.clear();
        for (auto& one : found.judgements) {
            if (one.status != log_status::undecided) continue;
            auto& file = content.files[*one.file];
            auto key = std::pair(file->inode, file->born);
            if (!held_.try_emplace(key, file).second) continue;
            disk_.hold(file);
            undecided_[key] = files[*one.file].name;
        }
    }

    void claim(const log_loss& loss) {
        ++losses;
        auto last = last_data_.find(loss.log);
        auto data = last == last_data_.end() ? doubted_data_ : last->second;
        if (loss.from >= data.size()) return;
        for (auto record : records_of(data.substr(loss.from))) claimed.insert(record);
    }

    void deliver(const std::string& data, std::uint64_t from, std::uint64_t to) {
        for (auto record : records_of(std::string_view(data).substr(from, to - from))) {
            bool again = ++delivered[record] > 1;
            if (again && data.find(std::to_string(record) + "|") >= sizes.least)
                doubled.insert(record);
        }
    }

    void read(
        log_number number, const modelled_ref& file, bool nameless, std::optional<std::size_t> most
    ) {
        auto log = *book_.find(number);
        auto key = std::pair(file->inode, file->born);
        if (held_.try_emplace(key, file).second) disk_.hold(file);
        auto& data = file->data;
        if (log.doubt) {
            doubted_data_ = data;
            return;
        }
        last_data_[number] = data;
        auto from = log.position;
        while (from == 0 && from < data.size() && data[from] == '\0') {
            from = std::min(data.find_first_not_of('\0'), data.size());
        }
        auto limit = most ? std::min(from + *most, data.size()) : data.size();
        auto to = std::string_view(data).substr(0, limit).rfind('\n') + 1;
        if (to > from) {
            deliver(data, from, to);
            auto first_line = std::min<std::uint64_t>(sizes.head, data.find('\n', from) + 1);
            auto head = mark_of(data, first_line, sizes.head);
            book_.cut(number, mark_of(data, to, sizes.anchor), head);
        } else if (!data.empty() && nameless && file->holders == 1) {
            book_.end(number);
            held_.erase(key);
            disk_.release(file);
        }
    }

    modelled_disk& disk_;
    log_book book_{options()};
    std::map<std::pair<std::uint64_t, std::int64_t>, modelled_ref> held_;
    std::map<std::pair<std::uint64_t, std::int64_t>, std::string> undecided_;  // Of the held.
    std::map<log_number, log_record> journal_;
    log_number last_number_ = 0;
    bool begun_ = false;
    std::map<log_number, std::string> last_data_;
    std::string doubted_data_;
};

}  // namespace kustodrop::spool

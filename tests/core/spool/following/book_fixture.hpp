#pragma once

#include "modelled_follower.hpp"

#include <string>
#include <utility>
#include <vector>

namespace kustodrop::spool {

/// A folder with one family of logs, and the book of its watch. Sizes are scaled down: heads of 64
/// bytes, anchors of 32, and 64 that prove something.
struct book_fixture {
    modelled_disk disk;
    time_point now{};
    book_options options;
    log_book book{scaled()};
    look_result found;
    std::vector<std::pair<std::string, modelled_ref>> held;
    std::set<std::string> unreadable;
    known_logs journal;

    book_options scaled() {
        options.watch = "app";
        options.boot_id = "boot";
        options.sizes = modelled_follower::sizes;
        return options;
    }

    /// Lines of which no two are equal.
    static std::string lines(int from, int to) {
        std::string text;
        for (int i = from; i <= to; ++i) text += "line number " + std::to_string(i) + "\n";
        return text;
    }

    void write(const std::string& name, const std::string& text) {
        auto file = disk.has(name) ? disk.find(name) : disk.create(name);
        file->data += text;
    }
    void hold(const std::string& name) {
        held.emplace_back(name, disk.find(name));
        disk.hold(disk.find(name));
    }

    /// Looks, and returns the statuses of the named files in their order, as "name: status".
    std::string look(duration later = 10s) {
        now += later;
        modelled_content content;
        std::vector<log_sighting> files;
        for (auto& [name, file] : disk.names()) {
            if (unreadable.contains(name)) content.unreadable.insert(files.size());
            files.push_back(sighting_of(name, *file));
            content.files.push_back(file);
        }
        for (auto& [name, file] : held) {
            if (disk.find(name) == file) continue;
            files.push_back(sighting_of("", *file));
            content.files.push_back(file);
        }
        found = book.look(files, content, now);
        std::map<std::string, std::string> said;
        for (auto& one : found.judgements) {
            auto name = one.file ? files[*one.file].name : book_name(one.log);
            said[name] = to_string(one.status);
        }
        std::string text;
        for (auto& [name, status] : said) text += (text.empty() ? "" : ", ") + name + ": " + status;
        return text;
    }

    std::string losses() const {
        std::string text;
        for (auto& loss : found.losses) {
            text += (text.empty() ? "" : ", ") + std::string(code_of(loss.cause)) + " " +
                    std::to_string(loss.from) + "-" + std::to_string(loss.to);
        }
        return text;
    }

    /// The log that is followed under this name.
    const log_state& log(const std::string& name) const {
        auto file = disk.find(name);
        for (auto& [number, log] : book.logs()) {
            bool mine = log.phase == log_phase::followed && log.file.inode == file->inode;
            if (mine && log.file.born_ns == file->born) return log;
        }
        throw std::runtime_error("no log is followed as " + name);
    }

    /// Cuts the log up to here, or to its end.
    void cut(const std::string& name, std::uint64_t to = UINT64_MAX) {
        auto& data = disk.find(name)->data;
        to = std::min<std::uint64_t>(to, data.size());
        auto first_line = std::min<std::uint64_t>(64, data.find('\n') + 1);
        book.cut(log(name).number, mark_of(data, to, 32), mark_of(data, first_line, 64));
    }

    void restart(const std::string& boot = "boot") {
        auto changed = book.changes();
        for (auto& log : changed.written) journal[log.number] = log;
        for (auto number : changed.forgotten) journal.erase(number);
        std::vector<log_state> logs;
        for (auto& [number, log] : journal) logs.push_back(log);
        options.boot_id = boot;
        book = log_book(options);
        book.restore(std::move(logs), 1000);
    }

    std::string book_name(log_number number) const {
        auto* log = book.find(number);
        return log ? log->name : "forgotten " + std::to_string(number);
    }
};

}  // namespace kustodrop::spool

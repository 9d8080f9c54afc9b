#include "pipeline/retiring/content_notes.hpp"

#include "base/text.hpp"
#include "spool/folder/open_folders.hpp"
#include "spool/reading/contents/evident_content.hpp"
#include "spool/source/source.hpp"

#include <array>
#include <fcntl.h>
#include <unistd.h>
#include <utility>
#include <variant>

namespace kustodrop::pipeline {

namespace {

// The files of a source that failed, and what the first of them that is evident is.
struct failed_files {
    std::string id;
    std::vector<spool::slice> files;
    std::string note = {};
};

}  // namespace

std::string content_note(std::string_view first_bytes, kusto::data_format format) {
    if (!kusto::is_compressible(format)) return {};
    auto evident = spool::evident_content(first_bytes);
    if (evident.empty()) return {};
    return "the format is " + std::string(kusto::to_string(format)) + ", but the file is " +
           std::string(evident);
}

static std::string head_of(const spool::slice& file, spool::open_folders& through) {
    auto opened = through.open(file.location, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!opened.is_open()) return {};
    std::array<char, spool::content_head_bytes> head;
    auto got = ::pread(opened.get(), head.data(), head.size(), 0);
    return got > 0 ? std::string(head.data(), static_cast<std::size_t>(got)) : std::string();
}

// Runs on a worker's thread.
static void look_inside(
    const spool::drop_folder& folder, std::vector<failed_files>& all, kusto::data_format format
) {
    spool::open_folders through(folder);
    for (auto& one : all) {
        for (auto& file : one.files) {
            one.note = content_note(head_of(file, through), format);
            if (one.note.empty()) continue;
            if (one.files.size() > 1) one.note = printable(file.name) + ": " + one.note;
            break;
        }
    }
}

static spool::stage::settled* failed_end_of(spool::source* what) {
    auto* end = what ? std::get_if<spool::stage::settled>(&what->stage) : nullptr;
    return end && end->record.outcome == spool::outcome::failed ? end : nullptr;
}

asio::awaitable<void> note_contents(
    roster& sources,
    worker_pool& pool,
    std::shared_ptr<spool::drop_folder> folder,
    kusto::data_format format,
    const std::vector<move_job>& jobs
) {
    auto all = std::make_shared<std::vector<failed_files>>();
    for (auto& job : jobs) {
        if (failed_end_of(sources.find(job.id))) all->push_back({job.id, job.slices});
    }
    if (all->empty()) co_return;
    auto work = [folder, all, format] { look_inside(*folder, *all, format); };
    co_await offload(pool, work);
    for (auto& one : *all) {
        auto* end = failed_end_of(sources.find(one.id));
        if (!end || one.note.empty()) continue;
        auto& details = end->record.details;
        // A move that failed is tried again.
        bool is_noted = details.find(one.note) != std::string::npos;
        if (!is_noted) details = and_also(std::move(details), one.note);
    }
}

}  // namespace kustodrop::pipeline

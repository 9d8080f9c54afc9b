#pragma once

#include "base/result.hpp"
#include "spool/folder/descriptor.hpp"
#include "spool/folder/open_folders.hpp"
#include "spool/reading/inflated/inflated_bytes.hpp"
#include "spool/source/source.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kustodrop::spool {

/// A slice's file that has grown.
struct changed_file {
    std::size_t slice = 0;  // Index in source::slices.
    file_identity now;
};

/// Where the bytes of slices come from.
struct slice_files_options {
    int root_fd = -1;
    bool may_grow = false;
    std::vector<std::shared_ptr<const std::string>> contents = {};
    std::vector<std::shared_ptr<const descriptor>> logs = {};  // See reader_options.
};

/// The files of a source's slices, one after the other, each looked at again while it is read: what
/// is not the slice's own is never passed on. Blocking. Large because each is looked at when it is
/// opened, while it is read and when it is closed.
class slice_files {
public:
    slice_files(std::vector<slice> slices, slice_files_options options);

    const std::vector<slice>& slices() const { return slices_; }
    std::uint64_t size_bytes() const;
    std::uint64_t longest_bytes() const;  ///< Of one slice; at least 1.
    bool more_follows() const;            ///< A slice that is not empty, from the current one on.
    bool at_end() const { return at_ == slices_.size(); }
    const slice& current() const { return slices_[at_]; }
    std::size_t at() const { return at_; }

    /// The bytes of the current slice's file where they are in memory; else null.
    const std::string* content() const;

    /// Whether those of every slice are, and no more than that.
    bool holds(std::uint64_t most_bytes) const;

    bool is_of_logs() const { return !options_.logs.empty(); }

    /// There is one slice, of at least so many bytes, and any part of it can be read.
    bool is_one_large(std::uint64_t least_bytes) const;

    /// The current slice was spilled: its file is compressed, and is read from front to back only.
    bool is_inflated() const;
    bool is_open() const { return opened_; }
    result<void> open();

    /// Whether the current file still is what the slice says. May be called on several threads.
    result<void> check();

    /// The next read of the current slice has reached its end, and the file was checked after it.
    void note_checked() { checked_ = true; }

    /// Closes the current slice, after a last check, and goes to the next.
    result<void> close();

    /// Some bytes of the current slice; never nothing. May be called on several threads, unless it
    /// is inflated: then each offset is where the last read ended.
    result<std::size_t> read_some(std::uint64_t offset, std::span<char> into);

    /// Fills `into` and checks the file. May be called on several threads.
    result<void> read_whole(std::uint64_t offset, std::span<char> into);

    /// The first bytes of the current slice's file, wherever the slice begins: as many as there
    /// are.
    std::size_t read_head(std::span<char> into) const;

    /// The current slice, the only one, becomes all of its file.
    void take_whole_file();

    void release() { options_.contents.clear(); }

    /// How many opens and reads have returned. From any thread, at any time.
    std::uint64_t calls() const { return calls_; }

    const std::optional<changed_file>& grown() const { return grown_; }

private:
    result<void> open_log();
    bool starts_as_cut() const;
    result<void> look();
    result<void> check_end();
    result<std::size_t> inflate(std::span<char> into);
    result<void> check_inflated_end();
    failure other_bytes() const;

    std::vector<slice> slices_;
    slice_files_options options_;
    std::size_t at_ = 0;
    descriptor file_;  // Of the current slice, once opened, unless its bytes are in memory.
    std::unique_ptr<inflated_bytes> inflated_;  // Of that file.
    bool opened_ = false;
    bool checked_ = false;  // After its last byte was read.
    std::optional<open_folders> folders_;
    std::atomic<std::uint64_t> calls_ = 0;
    std::mutex checking_;
    std::optional<changed_file> grown_;
    std::optional<file_identity> longer_;  // What the current file is now, if it has grown.
};

}  // namespace kustodrop::spool

#include "emulator/ingest/blobs/downloaded_blob.hpp"

#include <cerrno>
#include <filesystem>
#include <stdlib.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace kustodrop::emulator {

static constexpr std::size_t piece_bytes = 1u << 20u;

[[noreturn]] static void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

class downloaded_blob::unnamed_file {
public:
    unnamed_file() {
        auto name = (std::filesystem::temp_directory_path() / "kustodrop-emulator-XXXXXX").string();
        descriptor_ = mkstemp(name.data());
        if (descriptor_ < 0) fail("mkstemp");
        unlink(name.c_str());
    }
    ~unnamed_file() { close(descriptor_); }
    unnamed_file(const unnamed_file&) = delete;
    unnamed_file& operator=(const unnamed_file&) = delete;

    void append(std::string_view bytes) {
        while (!bytes.empty()) {
            auto written = write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail("write");
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    std::string_view read_at(std::uint64_t offset, std::vector<char>& buffer) const {
        for (;;) {
            auto size =
                pread(descriptor_, buffer.data(), buffer.size(), static_cast<off_t>(offset));
            if (size < 0 && errno == EINTR) continue;
            if (size < 0) fail("pread");
            return {buffer.data(), static_cast<std::size_t>(size)};
        }
    }

private:
    int descriptor_;
};

downloaded_blob::downloaded_blob() = default;
downloaded_blob::~downloaded_blob() = default;
downloaded_blob::downloaded_blob(downloaded_blob&&) noexcept = default;
downloaded_blob& downloaded_blob::operator=(downloaded_blob&&) noexcept = default;

void downloaded_blob::append(std::string bytes) {
    size_ += bytes.size();
    if (first_.empty() && !file_) {
        first_ = std::move(bytes);
        return;
    }
    if (!file_) {
        file_ = std::make_unique<unnamed_file>();
        file_->append(first_);
        first_ = {};
    }
    file_->append(bytes);
}

void downloaded_blob::read(const std::function<bool(std::string_view piece)>& take) const {
    if (!file_) {
        if (!first_.empty()) take(first_);
        return;
    }
    std::vector<char> buffer(piece_bytes);
    for (std::uint64_t at = 0; at < size_;) {
        auto piece = file_->read_at(at, buffer);
        if (piece.empty() || !take(piece)) return;
        at += piece.size();
    }
}

}  // namespace kustodrop::emulator

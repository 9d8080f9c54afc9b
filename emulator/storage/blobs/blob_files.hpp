#pragma once

#include "emulator/front/exchange.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::emulator {

/// A run of bytes of a stored file.
struct file_segment {
    std::filesystem::path path;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// Digests of stored bytes; raw ones are of what a gzip file inflates to.
struct blob_digest {
    std::string sha256;  // Lower-case hex, as the next.
    std::optional<std::string> raw_sha256;
    std::optional<std::uint64_t> raw_bytes;  // Nothing where it is not gzip, or broken gzip.
};

/// The bytes of blobs and blocks: a folder of files, each written once under a name of its own.
/// Everything here blocks and touches nothing but the folder, so it may run on any thread.
class blob_files {
public:
    explicit blob_files(std::filesystem::path folder);

    std::filesystem::path path_of(const std::string& file) const { return folder_ / file; }
    const std::filesystem::path& incoming() const { return incoming_; }

    /// Stores a request's body; gives the file's name and the bytes' digests.
    struct digests {
        bool md5 = true;
        bool crc64 = false;
    };
    struct stored {
        std::string file;
        std::string md5;    // Raw, as the next; empty unless wanted.
        std::string crc64;  // Eight bytes, little-endian.
    };
    stored store(const exchange& one, digests wanted) const;

    /// A new file from parts of others.
    std::string join(const std::vector<file_segment>& segments) const;
    void remove(const std::string& file) const;

    static blob_digest digest(const std::filesystem::path& path, bool gzip);

private:
    std::string new_name() const;

    std::filesystem::path folder_;
    std::filesystem::path incoming_;
};

}  // namespace kustodrop::emulator

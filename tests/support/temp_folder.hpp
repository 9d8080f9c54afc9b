#pragma once

#include "spool/folder/beneath.hpp"
#include "spool/folder/descriptor.hpp"
#include "spool/source/source.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kustodrop::test {

/// A real folder that is removed with its owner. Names are raw bytes, relative to it.
class temp_folder {
public:
    temp_folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "spool-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp failed");
        path_ = pattern;
        root_ = spool::descriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    temp_folder(const temp_folder&) = delete;
    ~temp_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::string& path() const { return path_; }
    std::string path(const std::string& name) const { return path_ + "/" + name; }
    int root() const { return root_.get(); }

    void write(const std::string& name, std::string_view text) const { put(name, text, O_TRUNC); }
    void append(const std::string& name, std::string_view text) const { put(name, text, O_APPEND); }

    std::string read(const std::string& name) const {
        std::ifstream in(path(name), std::ios::binary);
        if (!in) throw std::runtime_error("cannot read " + name);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    void make_folder(const std::string& name) const {
        std::filesystem::create_directories(path(name));
    }

    bool has(const std::string& name) const {
        struct ::stat facts = {};
        return ::lstat(path(name).c_str(), &facts) == 0;
    }

    spool::file_identity identity(const std::string& name) const {
        struct ::stat facts = {};
        if (::lstat(path(name).c_str(), &facts) != 0) throw std::runtime_error("no " + name);
        return spool::identity_of(facts);
    }

    /// The whole file as a slice, in place.
    spool::slice slice(const std::string& name) const {
        auto now = identity(name);
        return {name, name, 0, now.size_bytes, now};
    }

private:
    void put(const std::string& name, std::string_view text, int how) const {
        auto flags = O_WRONLY | O_CREAT | O_CLOEXEC | how;
        spool::descriptor file(::open(path(name).c_str(), flags, 0644));
        if (!spool::write_all(file.get(), text)) throw std::runtime_error("cannot write " + name);
    }

    std::string path_;
    spool::descriptor root_;
};

inline std::string random_text(std::size_t bytes, unsigned seed) {
    std::mt19937_64 random(seed);
    std::string out(bytes, '\0');
    for (auto& c : out) c = static_cast<char>(random());
    return out;
}

/// Compressible lines.
inline std::string lines(std::size_t bytes) {
    std::string out;
    for (std::size_t i = 0; out.size() < bytes; ++i) {
        out += "{\"row\":" + std::to_string(i * 2654435761u % 100'003) + ",\"level\":\"info\"}\n";
    }
    out.resize(bytes);
    return out;
}

}  // namespace kustodrop::test

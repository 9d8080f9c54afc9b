#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace kustodrop::emulator {

/// The bytes of a blob while it is ingested: in memory while they are few, then in a file that has
/// no name. Blocks where there is a file. Throws std::system_error, as a full disk does.
class downloaded_blob {
public:
    downloaded_blob();
    ~downloaded_blob();
    downloaded_blob(downloaded_blob&&) noexcept;
    downloaded_blob& operator=(downloaded_blob&&) noexcept;

    void append(std::string bytes);
    std::uint64_t size() const { return size_; }

    /// Gives all bytes in order, a piece at a time, while `take` says true.
    void read(const std::function<bool(std::string_view piece)>& take) const;

private:
    class unnamed_file;
    std::uint64_t size_ = 0;
    std::string first_;  // Everything, when there is no file.
    std::unique_ptr<unnamed_file> file_;
};

}  // namespace kustodrop::emulator

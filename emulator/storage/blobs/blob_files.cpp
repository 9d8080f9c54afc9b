#include "emulator/storage/blobs/blob_files.hpp"

#include "base/crypto/crc64.hpp"
#include "base/crypto/crypto.hpp"

#include <openssl/evp.h>

#include <array>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <zlib.h>

namespace kustodrop::emulator {

namespace fs = std::filesystem;

static constexpr std::size_t piece_bytes = 256u << 10u;

namespace {

[[noreturn]] void fail(const fs::path& path) {
    throw std::system_error(errno, std::system_category(), path.string());
}

class open_file {
public:
    open_file(const fs::path& path, int flags)
        : path_(path), number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        if (number_ < 0) fail(path);
    }
    ~open_file() { ::close(number_); }
    open_file(const open_file&) = delete;

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            auto written = ::write(number_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail(path_);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    std::size_t read_at(std::uint64_t offset, char* data, std::size_t size) {
        auto got = ::pread(number_, data, size, static_cast<off_t>(offset));
        if (got < 0) fail(path_);
        return static_cast<std::size_t>(got);
    }

private:
    fs::path path_;
    int number_;
};

// Gives every piece of a file's segment to `take`.
template <class Take>
void for_each_piece(const file_segment& segment, Take take) {
    open_file file(segment.path, O_RDONLY);
    std::string piece(piece_bytes, '\0');
    auto offset = segment.offset;
    auto rest = segment.length;
    while (rest > 0) {
        auto got = file.read_at(offset, piece.data(), std::min<std::uint64_t>(rest, piece_bytes));
        if (got == 0) return;
        take(std::string_view(piece.data(), got));
        offset += got;
        rest -= got;
    }
}

class hash {
public:
    explicit hash(const EVP_MD* kind) : context_(EVP_MD_CTX_new()) {
        EVP_DigestInit_ex(context_.get(), kind, nullptr);
    }
    void add(std::string_view bytes) {
        EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
    }
    std::string value() {
        unsigned char bytes[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        EVP_DigestFinal_ex(context_.get(), bytes, &size);
        return {reinterpret_cast<char*>(bytes), size};
    }

private:
    struct free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, free> context_;
};

// Inflates gzip of any number of members piece by piece.
class inflater {
public:
    inflater() { ok_ = inflateInit2(&stream_, 15 + 16) == Z_OK; }
    ~inflater() { inflateEnd(&stream_); }
    inflater(const inflater&) = delete;

    template <class Take>
    void add(std::string_view bytes, Take take) {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream_.avail_in = static_cast<uInt>(bytes.size());
        while (ok_ && (stream_.avail_in > 0 || full_)) {
            if (ended_) {
                inflateReset(&stream_);
                ended_ = false;
            }
            stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
            stream_.avail_out = static_cast<uInt>(out_.size());
            auto code = inflate(&stream_, Z_NO_FLUSH);
            if (code == Z_BUF_ERROR) break;
            ok_ = code == Z_OK || code == Z_STREAM_END;
            ended_ = code == Z_STREAM_END;
            full_ = ok_ && !ended_ && stream_.avail_out == 0;
            take(std::string_view(out_.data(), out_.size() - stream_.avail_out));
        }
        full_ = false;
    }
    bool complete() const { return ok_ && ended_; }

private:
    z_stream stream_{};
    std::string out_ = std::string(piece_bytes, '\0');
    bool ok_ = false;
    bool ended_ = false;
    bool full_ = false;
};

}  // namespace

blob_files::blob_files(fs::path folder) : folder_(std::move(folder)) {
    incoming_ = folder_ / "incoming";
    fs::remove_all(incoming_);  // What a killed emulator was receiving.
    fs::create_directories(incoming_);
}

std::string blob_files::new_name() const { return hex_encode(random_bytes(12)); }

blob_files::stored blob_files::store(const exchange& one, digests wanted) const {
    stored out;
    out.file = new_name();
    hash md5(EVP_md5());
    std::uint64_t crc = 0;
    auto take = [&](std::string_view piece) {
        if (wanted.md5) md5.add(piece);
        if (wanted.crc64) crc = crc64(piece, crc);
    };
    if (auto& spooled = one.request.spooled) {
        for_each_piece({spooled->path, 0, spooled->bytes}, take);
        fs::rename(spooled->path, path_of(out.file));
    } else {
        take(one.request.body);
        open_file file(path_of(out.file), O_CREAT | O_EXCL | O_WRONLY);
        file.write(one.request.body);
    }
    if (wanted.md5) out.md5 = md5.value();
    if (wanted.crc64) out.crc64 = crc64_bytes(crc);
    return out;
}

std::string blob_files::join(const std::vector<file_segment>& segments) const {
    auto name = new_name();
    open_file file(path_of(name), O_CREAT | O_EXCL | O_WRONLY);
    for (auto& segment : segments) {
        for_each_piece(segment, [&file](std::string_view piece) { file.write(piece); });
    }
    return name;
}

void blob_files::remove(const std::string& file) const {
    std::error_code ignored;
    if (!file.empty()) fs::remove(path_of(file), ignored);
}

blob_digest blob_files::digest(const fs::path& path, bool gzip) {
    hash stored(EVP_sha256());
    hash raw(EVP_sha256());
    inflater inflate;
    std::uint64_t raw_bytes = 0;
    auto take_raw = [&](std::string_view piece) {
        raw.add(piece);
        raw_bytes += piece.size();
    };
    for_each_piece({path, 0, fs::file_size(path)}, [&](std::string_view piece) {
        stored.add(piece);
        if (gzip) inflate.add(piece, take_raw);
    });
    blob_digest out;
    out.sha256 = hex_encode(stored.value());
    if (gzip && inflate.complete()) {
        out.raw_sha256 = hex_encode(raw.value());
        out.raw_bytes = raw_bytes;
    }
    return out;
}

}  // namespace kustodrop::emulator

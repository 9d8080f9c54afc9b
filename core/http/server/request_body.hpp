#pragma once

#include "async/awaitable.hpp"
#include "http/server/incoming.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace kustodrop::http {

/// A file descriptor that is closed when it goes.
class open_file {
public:
    open_file() = default;
    explicit open_file(int number) : number_(number) {}
    open_file(open_file&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    open_file& operator=(open_file&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~open_file();
    int get() const { return number_; }

private:
    int number_ = -1;
};

/// Where the body of one request goes: memory, or a file when it grows too large for that.
struct body_sink {
    std::string text;
    std::shared_ptr<spooled_body> spooled;
    open_file file;
    std::filesystem::path folder;
    std::size_t limit = 0;

    void append(const void* data, std::size_t size, boost::system::error_code& error);

private:
    void spool(boost::system::error_code& error);
    void write(const void* data, std::size_t size, boost::system::error_code& error);
};

/// Lets Beast's parser write into a body_sink.
struct sink_body {
    using value_type = body_sink;

    class reader {
    public:
        template <bool is_request, class Fields>
        reader(boost::beast::http::header<is_request, Fields>&, body_sink& sink) : sink_(sink) {}

        void init(const boost::optional<std::uint64_t>& length, boost::system::error_code& error) {
            error = {};
            // Trusts a promised length only so far.
            if (length) sink_.text.reserve(std::min<std::uint64_t>(*length, 1u << 20u));
        }
        template <class Buffers>
        std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
            error = {};
            std::size_t total = 0;
            for (auto it = asio::buffer_sequence_begin(buffers);
                 it != asio::buffer_sequence_end(buffers);
                 ++it) {
                asio::const_buffer part(*it);
                sink_.append(part.data(), part.size(), error);
                total += part.size();
            }
            return total;
        }
        void finish(boost::system::error_code& error) { error = {}; }

    private:
        body_sink& sink_;
    };
};

using request_parser = boost::beast::http::request_parser<sink_body>;

}  // namespace kustodrop::http

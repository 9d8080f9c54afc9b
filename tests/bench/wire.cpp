#include "wire.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <unistd.h>

namespace kustodrop::bench {

wire::wire(const std::string& ca_file) : context_(SSL_CTX_new(TLS_client_method())) {
    if (SSL_CTX_load_verify_locations(context_.get(), ca_file.c_str(), nullptr) != 1) {
        throw std::runtime_error("cannot read " + ca_file);
    }
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
}

line::line(const wire& to, const std::string& url) {
    static constexpr std::string_view scheme = "https://";
    if (!url.starts_with(scheme)) throw std::runtime_error("not an https URL");
    auto slash = url.find('/', scheme.size());
    host_ = url.substr(scheme.size(), slash - scheme.size());
    target_ = url.substr(slash);
    auto colon = host_.find(':');
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoul(host_.substr(colon + 1))));
    ::inet_pton(AF_INET, host_.substr(0, colon).c_str(), &address.sin_addr);
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("cannot connect to " + host_);
    }
    int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    session_.reset(SSL_new(to.context()));
    SSL_set_fd(session_.get(), socket_);
    if (SSL_connect(session_.get()) != 1) throw std::runtime_error("no TLS with " + host_);
}

line::~line() {
    session_.reset();
    ::close(socket_);
}

void line::write(std::string_view bytes) {
    std::size_t written = 0;
    if (SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &written) != 1) {
        throw std::runtime_error("the connection broke");
    }
}

void line::read_answer() {
    arrived_.clear();
    std::size_t whole = std::string::npos;
    while (arrived_.size() < whole) {
        std::array<char, 8192> piece;
        std::size_t got = 0;
        if (SSL_read_ex(session_.get(), piece.data(), piece.size(), &got) != 1) {
            throw std::runtime_error("the connection broke");
        }
        arrived_.append(piece.data(), got);
        auto end = arrived_.find("\r\n\r\n");
        if (whole != std::string::npos || end == std::string::npos) continue;
        auto length = arrived_.find("Content-Length: ");
        whole = end + 4;
        if (length < end) whole += std::stoul(arrived_.substr(length + 16));
    }
    if (arrived_.substr(9, 3) != "201") throw std::runtime_error(arrived_);
}

void line::exchange(
    std::string_view method, std::string_view more, std::string_view headers, std::string_view body
) {
    std::string head(method);
    head += " " + target_;
    head += more;
    head += " HTTP/1.1\r\nHost: " + host_ + "\r\nx-ms-version: 2021-08-06\r\n";
    head += headers;
    head += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    if (body.size() <= 16u << 10u) {
        head += body;
        body = {};
    }
    write(head);
    if (!body.empty()) write(body);
    read_answer();
}

}  // namespace kustodrop::bench

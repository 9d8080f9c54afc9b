#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

namespace kustodrop::bench {

struct release {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* session) const { SSL_free(session); }
};

/// What all connections share: trust in one authority.
class wire {
public:
    explicit wire(const std::string& ca_file);
    SSL_CTX* context() const { return context_.get(); }

private:
    std::unique_ptr<SSL_CTX, release> context_;
};

/// One blocking connection over TLS to the host of an https URL with a query (its SAS).
class line {
public:
    line(const wire& to, const std::string& url);
    ~line();
    line(const line&) = delete;

    /// One request and its answer, which must be a 201. `more` is added to the URL's query.
    void exchange(
        std::string_view method,
        std::string_view more,
        std::string_view headers,
        std::string_view body
    );

private:
    void write(std::string_view bytes);
    void read_answer();

    std::string host_;
    std::string target_;
    int socket_ = -1;
    std::unique_ptr<SSL, release> session_;
    std::string arrived_;
};

}  // namespace kustodrop::bench

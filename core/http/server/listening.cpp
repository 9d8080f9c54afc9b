#include "http/server/listening.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl.hpp>
#include <sys/stat.h>
#include <sys/un.h>

#include <system_error>
#include <unistd.h>

namespace kustodrop::http {

using boost::system::error_code;
using tcp = asio::ip::tcp;
using unix_stream = asio::local::stream_protocol;

[[noreturn]] static void refuse_to_listen(const error_code& error, const std::string& where) {
    throw std::system_error(error.value(), std::system_category(), "cannot listen on " + where);
}

tcp::acceptor listen_tcp(asio::any_io_executor executor, const server_options& options) {
    error_code error;
    auto address = asio::ip::make_address(options.address, error);
    auto where = options.address + " port " + std::to_string(options.port);
    if (error) refuse_to_listen(error, where);
    tcp::endpoint endpoint(address, options.port);
    tcp::acceptor acceptor(executor);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) refuse_to_listen(error, where);
    return acceptor;
}

// A socket file without a listener is what a killed process leaves behind.
static void remove_stale(const std::string& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0 || !S_ISSOCK(facts.st_mode)) return;
    asio::io_context io;
    unix_stream::socket probe(io);
    error_code error;
    probe.connect(unix_stream::endpoint(path), error);
    if (error == asio::error::connection_refused) ::unlink(path.c_str());
}

unix_stream::acceptor listen_unix(asio::any_io_executor executor, const std::string& path) {
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
        refuse_to_listen(make_error_code(boost::system::errc::filename_too_long), path);
    }
    remove_stale(path);
    error_code error;
    unix_stream::acceptor acceptor(executor);
    acceptor.open(unix_stream(), error);
    // The mode must be right from the first moment: fchmod on an unbound socket sets it.
    if (!error) ::fchmod(acceptor.native_handle(), 0660);
    if (!error) acceptor.bind(unix_stream::endpoint(path), error);
    if (!error) ::chmod(path.c_str(), 0660);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) refuse_to_listen(error, path);
    return acceptor;
}

asio::ssl::context tls_context(const server_options& options) {
    asio::ssl::context context(asio::ssl::context::tls_server);
    context.set_options(
        asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 |
        asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3
    );
    context.use_certificate_chain(asio::buffer(options.certificate_pem));
    context.use_private_key(asio::buffer(options.private_key_pem), asio::ssl::context::pem);
    return context;
}

}  // namespace kustodrop::http

// The non-template halves of Asio's TLS and of Beast, compiled once.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>

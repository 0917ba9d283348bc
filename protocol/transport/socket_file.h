// The file of a Unix socket that is to be made. Internal to the transport.
#pragma once

#include <sys/un.h>

#include <string>

#include "protocol/base/result.h"

namespace hotline {

// Removes a socket that a process left behind when it died. One where somebody listens, and a file
// that is no socket, are not touched: ErrorCode::conflict. `name` is `path` for the kernel.
Status clear_the_way(const std::string& path, const sockaddr_un& name);

// "cannot listen on ADDRESS: WHY".
Error cannot_listen(const std::string& address, const std::string& why, std::string hint = {});

}  // namespace hotline

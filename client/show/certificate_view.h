// A certificate on screen: who, for what, until when.
#pragma once

#include <string>

#include "certs/check.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// Lines of "  label  value", and what is about to run out at `now`.
void print_certificate(Output& output, const std::string& path,
                       const CheckedCertificate& certificate, UtcMs now);

JsonValue json_certificate(const std::string& path, const CheckedCertificate& certificate,
                           UtcMs now);

// "expires in 6 days": from 30 days before the end on; empty before that.
std::string expiry_warning(const CheckedCertificate& certificate, UtcMs now);

}  // namespace hotline::client

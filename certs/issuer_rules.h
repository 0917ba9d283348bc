// Rules for every certificate that signs others, be it the trust anchor or an intermediate one.
#pragma once

#include "certs/certificate_fields.h"
#include "certs/openssl_ptr.h"
#include "protocol/base/result.h"

namespace hotline {

// Refuses (not_allowed) what read_certificate_fields() does, weak keys and signatures, and a
// certificate that is not a CA's by basicConstraints and by keyUsage. Does not look at the time.
Status check_issuer_form(X509* issuer);

}  // namespace hotline

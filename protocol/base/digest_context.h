// The state of one digest as libcrypto computes it, freed with its owner.
#pragma once

#include <openssl/evp.h>

#include <memory>

namespace hotline {

struct FreeDigestContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigestContext>;

}  // namespace hotline

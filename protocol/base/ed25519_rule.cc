#include "protocol/base/ed25519_rule.h"

#include <string_view>

namespace hotline {
namespace {

struct Case {
  std::string_view public_key;
  std::string_view message;
  std::string_view signature;
  bool holds;
};

constexpr std::string_view kKey =
    "0f7608783489684c04726001595638e5258c2ed0bdb3d18d9e3453ea8bb458ad";
// The same with a part of small order.
constexpr std::string_view kMixedKey =
    "c668425144eca1e8f9a8e178986f150a310e6f426cbc38a42c17a9e0c0e71982";

// Some of tests/cases/ed25519_cases.csv, which tests/verifier/ed25519_cases.py computes from the
// rule. First S with the order more; then what holds with the cofactor only and what has R in a
// second encoding; at last what is rare, and holds.
constexpr Case kCases[] = {
    {kKey, "a signature like any other",
     "b31b20f50426242514d81b383548bd90de72fd0b8cf2382a88f9f52ce5076b239f408b5cbe1147f4efd419"
     "f21037e076ce4e91fdac429296449c18ba505c671d",
     false},
    {kKey, "R has a part of small order",
     "186ed2bdbd1a36f6437c5168b0221914018ea4f32a1c3fcd1c1794d64fbd596eec4143767b74190b55f66e"
     "fe1e3047188175d09bf75dab9c2a07d8f9bd5ab30a",
     false},
    {kKey, "R has small order",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037ab85e72df6fc2729d970249"
     "1bf0f8657764b9b44e7983c161e732dedb83b7d10f",
     false},
    {kKey, "R is the neutral point with p more",
     "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f67cf757f5b2a18d30bc32a"
     "47c8b4898faa14ec74f6b11c0f9343574b884aa102",
     false},
    {kKey, "R is the neutral point with a sign",
     "0100000000000000000000000000000000000000000000000000000000000080c36950a03ba3fad1ccf1a2"
     "267011e782190ca87dc18dbe0e1aeb714fcbd37806",
     false},
    {kMixedKey, "the key has a part of small order, 0",
     "b31b20f50426242514d81b383548bd90de72fd0b8cf2382a88f9f52ce5076b2334a30f51d90263f6fc73a1"
     "05b6a64e9a4eefdb4156b127a3b58c76a23c21d20d",
     false},
    {kMixedKey, "the key has a part of small order, 10",
     "b31b20f50426242514d81b383548bd90de72fd0b8cf2382a88f9f52ce5076b234fbe89c65b04d17564be3a"
     "9896f48f8cc0a646e2cfe6e0f0ec32951ce0ecf60e",
     false},
    {kKey, "R is the neutral point",
     "010000000000000000000000000000000000000000000000000000000000000018213c7b65adddf9912600"
     "05537229a7d0d0a40004adfe6b20fd1e0b153b5305",
     true},
    {kMixedKey, "the key has a part of small order, 5",
     "b31b20f50426242514d81b383548bd90de72fd0b8cf2382a88f9f52ce5076b2392e787da7f07de6d2c5731"
     "568c94ced80d3dc8ad9115a02ec510601bb4d0dd0e",
     true},
    {kMixedKey, "the key has a part of small order, 51",
     "b31b20f50426242514d81b383548bd90de72fd0b8cf2382a88f9f52ce5076b233690ee53576df878bbb905"
     "aba42cca0b7752c351e09e69e04345483e46433b00",
     true},
};

bool agrees(Ed25519Judge judge, const Case& one) {
  return judge(*from_hex(one.public_key), as_bytes(one.message), *from_hex(one.signature)) ==
         one.holds;
}

}  // namespace

bool refuses_by_the_rule(Ed25519Judge judge) {
  for (const Case& one : kCases) {
    if (!one.holds && !agrees(judge, one)) return false;
  }
  return true;
}

bool judges_by_the_rule(Ed25519Judge judge) {
  for (const Case& one : kCases) {
    if (!agrees(judge, one)) return false;
  }
  return true;
}

}  // namespace hotline
